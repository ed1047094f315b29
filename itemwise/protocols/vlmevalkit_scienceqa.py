"""VLMEvalKit's ScienceQA_TEST (e8e78f05): hint, question and options, read under its policy of exact matching.

Its token limit is that of each model's wrapper; here it is Qwen2-VL's. Not followed: sentences of refusal, which it counts as wrong.
"""

import re
from collections.abc import Iterator, Sequence

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.protocol import Protocol
from itemwise.protocols.scienceqa_rows import scienceqa_cases

__all__ = ["MATCHING", "MAX_NEW_TOKENS", "REQUEST", "hint_first"]

MAX_NEW_TOKENS = 2048
REQUEST = "Please select the correct answer from the options above."
_MARKS = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_LAST_WORDS = 5  # a letter before them is no answer
_STATED = re.compile(r"(?:correct\s+)?answer\s+is\s+\**([ABCD])\**", re.IGNORECASE)


def scienceqa(source: Source) -> Iterator[Case]:
    """A row with its picture; a blank and a line end are the last of its words."""
    return scienceqa_cases(source, lambda *parts: f"{hint_first(*parts)}{REQUEST} \n")


def hint_first(hint: str, question: str, options: str) -> str:
    """The lines before the request."""
    return f"{f'Hint: {hint}' + chr(10) if hint else ''}Question: {question}\nOptions:\n{options}\n"


def option_by_letter_or_text(text: str, options: Sequence[str]) -> str | None:
    """The only option letter among the words, near the end; else that of an "answer is"; else of the only option whose text stands in a
    reply that is not twice as long as all of them."""
    letters = LETTERS[: len(options)]
    words = text.translate(_MARKS).split()
    found = [letter for letter in letters if letter in words]
    if len(found) == 1 and words.index(found[0]) > len(words) - _LAST_WORDS:
        return found[0]
    if (stated := _STATED.search(text)) and stated[1].upper() in letters:
        return stated[1].upper()
    if len(text) > 2 * sum(map(len, options)):
        return None
    told = [letter for letter, option in zip(letters, options, strict=True) if option.lower() in text.lower()]
    return told[0] if len(told) == 1 else None


MATCHING = NamedExtractor("vlmevalkit-option", option_by_letter_or_text)
PROTOCOL = Protocol("vlmevalkit/scienceqa", "scienceqa", scienceqa, "{question}", Examples(()), "turns", MAX_NEW_TOKENS, MATCHING)
