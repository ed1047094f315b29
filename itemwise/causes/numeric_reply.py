"""A reply to a case whose gold is a number, with both as exact values, for the causes that only numbers show."""

import re
from fractions import Fraction
from typing import NamedTuple

from itemwise.extractors import last_number
from itemwise.extractors.plain_characters import folded

__all__ = ["NumericReply", "answer_value", "parse_number"]

_LONGEST_NUMBER = 60
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?")
_GROUPING = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")


class NumericReply(NamedTuple):
    """The prompt, the reply's text, the gold and the extracted answer as exact values; `answer` is None where nothing was read."""

    prompt: str
    text: str
    expected: Fraction
    answer: Fraction | None
    written: str  # the answer as text

    @property
    def words(self) -> str:
        """Prompt and reply, folded and in lower case."""
        return folded(f"{self.prompt}\n{self.text}").lower()


def parse_number(written: str) -> Fraction | None:
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
    value = parse_number(answer)
    reading = last_number(answer) if value is None else None
    return value if reading is None else parse_number(reading)
