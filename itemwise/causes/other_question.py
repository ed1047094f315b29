"""The cause "answered another question": the reply calculates with none of the question's numbers, or asks a question of its own."""

import re

from itemwise.causes.cause import OTHER_QUESTION, Cause, cause, quote
from itemwise.causes.copied_example import examples_in
from itemwise.causes.numeric_reply import numbers_in, numbers_told
from itemwise.causes.thinking import said_aloud
from itemwise.extractors.plain_characters import folded
from itemwise.language import phrase

__all__ = ["other_question"]

_LEAST = 4  # long words that a question of its own needs to be told from the one asked
_CALCULATION = re.compile(r"[0-9][0-9.,]{0,20} ?[-+*/x×÷] ?[$€£¥]?[0-9][0-9.,]{0,20}[^=\n]{0,20}= ?[$€£¥]?[0-9]")  # noqa: RUF001
_OWN_QUESTION = re.compile(r"[#* ]{0,9}(?:question|problem|q|题目|问题)[ \d*]{0,9}:[\s*]{0,9}(?P<words>[^\n]{20,400})", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{5,}")


def other_question(prompt: str, text: str) -> Cause | None:
    """The reply calculates, with none of the numbers and few of the words of the prompt, or it begins with another question.

    The examples of the prompt are left out. A question of less than two numbers shows nothing.
    """
    spoken = said_aloud(text)
    own, first = _OWN_QUESTION.match(spoken.lstrip()), _CALCULATION.search(spoken)
    if own is None and first is None:
        return None
    prompt = folded(prompt)
    for example in examples_in(prompt):
        prompt = prompt.replace(example, " ")
    if own and len(set(_WORD.findall(own["words"]))) >= _LEAST and _shared(own["words"], prompt) < 1 / 3:
        return cause(OTHER_QUESTION, phrase("it asks: {words}", words=own["words"]))
    if first is None:
        return None
    asked = {value for value in numbers_in(prompt) if value > 1}
    if len(asked) < 2 or asked & numbers_told(spoken) or _shared(prompt, spoken) > 1 / 4:
        return None
    return cause(OTHER_QUESTION, phrase("none of the question's numbers: {words}", words=quote(spoken, *first.span())))


def _shared(words: str, text: str) -> float:
    """The share of the words, short ones left out, that stand in the text."""
    distinct, known = set(_WORD.findall(words.lower())), set(_WORD.findall(text.lower()))
    return len(distinct & known) / len(distinct) if distinct else 1.0
