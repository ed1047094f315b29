"""LLaVA's ScienceQA (llava/eval/model_vqa_science.py and eval_science_qa.py): hint, question, options and a request for the letter.

It asks in Vicuna's template, which is that of LLaVA-1.5; another model is asked in its own.
"""

import re
from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.protocol import Protocol
from itemwise.protocols.scienceqa_rows import scienceqa_cases

__all__ = ["LLAVA_LETTER", "context_first", "llava_letter"]

_REQUEST = "Answer with the option's letter from the given choices directly."


def scienceqa(source: Source) -> Iterator[Case]:
    """A row with its picture."""
    return scienceqa_cases(source, context_first)


def context_first(hint: str, question: str, options: str) -> str:
    """A hint stands as Context before the question, and no line where there is none."""
    return f"{f'Context: {hint}' + chr(10) if hint else ''}{question}\n{options}\n{_REQUEST}"


def llava_letter(text: str) -> str | None:
    """The letter as LLaVA reads it in replies to ScienceQA: the whole reply, or before ". " at its beginning, or in the only
    "The answer is X." (llava/eval/eval_science_qa.py)."""
    if begun := re.match(r"([A-E])(?:\. |$)", text):
        return begun[1]
    stated = re.findall(r"The answer is ([A-Z]).", text)
    return stated[0] if len(stated) == 1 else None


LLAVA_LETTER = NamedExtractor("llava-letter", llava_letter)
PROTOCOL = Protocol("llava/scienceqa", "scienceqa", scienceqa, "{question}", Examples(()), "turns", 1024, LLAVA_LETTER)
