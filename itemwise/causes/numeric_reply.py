"""A reply to a case whose gold is a number, with both as exact values, for the causes that only numbers show."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from itemwise.extractors import last_number
from itemwise.extractors.plain_characters import folded

__all__ = ["WRITTEN", "NumericReply", "answer_value", "numbers_in", "numbers_told", "parse_number"]

WRITTEN = re.compile(r"(?<![0-9.,/:^A-Za-z_])(?:[0-9]{1,3}(?:,[0-9]{3}){1,9}|[0-9]{1,40})(?:\.[0-9]{1,40})?(?![0-9])")
_LONGEST_NUMBER = 60
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?")
_GROUPING = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
_SPELLED = dict(zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), range(11), strict=True))
_SPELLED |= dict(zip("零一二三四五六七八九十", range(11), strict=True)) | {"eleven": 11, "twelve": 12}
_SPELLED |= {"a": 1, "once": 1, "single": 1, "half": 2, "twice": 2, "double": 2, "couple": 2, "pair": 2, "两": 2, "半": 2, "third": 3}
_SPELLED |= {"triple": 3, "quarter": 4, "week": 7, "year": 12, "dozen": 12, "day": 24, "hour": 60, "minute": 60, "percent": 100, "%": 100}
_WORD = re.compile(r"[a-z]+|[零一二三四五六七八九十两半%]")


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
    plain = written.strip()[: _LONGEST_NUMBER + 1]
    if "," in plain:
        plain = _GROUPING.sub("", plain)
    return None if len(plain) > _LONGEST_NUMBER else _value(plain)


@lru_cache(maxsize=4096)  # the small numbers of word problems come again and again
def _value(plain: str) -> Fraction | None:
    if not _NUMBER.fullmatch(plain):
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


def numbers_in(text: str) -> set[Fraction]:
    """The numbers that stand in `text` in digits, without their signs."""
    values = map(parse_number, set(WRITTEN.findall(folded(text))))
    return {value for value in values if value is not None}


def numbers_told(text: str) -> set[Fraction]:
    """The numbers in `text`, in digits and in words."""
    words = set(_WORD.findall(folded(text).lower()))
    words.update([word[:-1] for word in words if word[-1] == "s"])
    return numbers_in(text) | {Fraction(_SPELLED[word]) for word in words & _SPELLED.keys()}
