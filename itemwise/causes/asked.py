"""A case with its reply, for the causes that only numbers can show: what was expected and what was read, as values."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from itemwise.extractors import last_number
from itemwise.extractors.visible import folded

__all__ = ["Asked", "answer_value", "plain_number"]

_LONGEST_NUMBER = 60
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?")
_GROUPING = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")


class Asked(NamedTuple):
    """A case with its reply: the prompt, the reply's text, what was expected and what was read, as values."""

    prompt: str
    text: str
    expected: Fraction
    answer: Fraction | None
    written: str  # the answer as it was read

    @property
    def words(self) -> str:
        """Prompt and reply, folded and in lower case."""
        return folded(f"{self.prompt}\n{self.text}").lower()


def plain_number(written: str) -> Fraction | None:
    """The value of a plain number, None for anything else."""
    plain = _GROUPING.sub("", written.strip()[: _LONGEST_NUMBER + 1])
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        return None
    try:
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):  # 1.5/2, 1/0
        return None


def answer_value(answer: str | None) -> Fraction | None:
    """The value of an answer however it is written: "$18", "18.0", "18 dollars"."""
    if answer is None:
        return None
    plain = plain_number(answer)
    reading = last_number(answer) if plain is None else None
    return plain_number(reading) if reading is not None else plain
