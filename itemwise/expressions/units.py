"""Units: which words are the same unit, and how many of one make another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

__all__ = ["Unit", "unit_of"]

_INCH = Fraction(254, 10000)  # metres
_POUND = Fraction(45359237, 100000)  # grams
_SIZES: Mapping[str, tuple[str, Fraction]] = {
    **{name: ("length", Fraction(size)) for names, size in (
        ("mm millimeter millimetre", Fraction(1, 1000)), ("cm centimeter centimetre", Fraction(1, 100)), ("dm", Fraction(1, 10)),
        ("m meter metre", 1), ("km kilometer kilometre", 1000),
        ("in inch inche", _INCH), ("ft foot feet", 12 * _INCH), ("yd yard", 36 * _INCH), ("mi mile", 63360 * _INCH),
    ) for name in names.split()},
    **{name: ("mass", Fraction(size)) for names, size in (
        ("mg milligram", Fraction(1, 1000)), ("g gram", 1), ("kg kilogram", 1000), ("oz ounce", _POUND / 16), ("lb pound", _POUND),
    ) for name in names.split()},
    **{name: ("time", Fraction(size)) for names, size in (
        ("s sec second", 1), ("min minute", 60), ("h hr hour", 3600), ("day", 86400), ("week", 604800),
    ) for name in names.split()},
    **{name: ("money", Fraction(size)) for names, size in (("cent", Fraction(1, 100)), ("dollar usd", 1)) for name in names.split()},
    **{name: ("angle", Fraction(size)) for names, size in (("degree deg", 1),) for name in names.split()},
    **dict.fromkeys(("rad", "radian"), ("radian", Fraction(1))),
    **dict.fromkeys(("percent", "pct"), ("percent", Fraction(1))),
    "am": ("forenoon", Fraction(1)),
    "pm": ("afternoon", Fraction(1)),
}  # fmt: skip
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT = {"mph": "mile per hour", "kph": "km per hour", "sq": "square", "cu": "cubic", "percentage": "percent"}
_POWERS = {"square": 2, "squared": 2, "cubic": 3, "cubed": 3}
_EMPTY = frozenset(["a", "an", "of", "the", "each", "in", "total", "exactly", "about", "approximately"])
_WORD = re.compile(r"([A-Za-z]+)(?:\^\{?(\d)\}?)?|/")


class Unit(NamedTuple):
    """`dimensions` are those of length, mass, time, money and angle with powers, or words that are no known unit; a value times `size`
    is in the first of each kind. `known` says that no other words stand there. `scale` is what a word such as "million" stands for,
    `unnamed` the power of "units"."""

    dimensions: tuple[tuple[str, int], ...]
    size: Fraction
    known: bool
    scale: int = 1
    unnamed: int = 0


@cache
def unit_of(words: str) -> Unit:
    """The unit that words name, singular or plural; one without dimensions where they name none, such as "units"."""
    dimensions: Counter[str] = Counter()
    size, known = Fraction(1), True
    sign, power, scale, unnamed = 1, 1, 1, 0
    for word, written in _spelled(words):
        if word in ("per", "/"):
            sign = -1
        elif word in ("square", "cubic"):
            power = _POWERS[word]
        elif word in _SCALES:
            scale *= _SCALES[word]
        elif word == "unit":
            unnamed = power * written
        elif word in ("squared", "cubed") or word in _EMPTY:
            continue
        else:
            kind, factor = _SIZES.get(word, (word, Fraction(1)))
            times = sign * power * written
            dimensions[kind] += times
            size *= factor**times
            known = known and word in _SIZES
            power = 1
    return Unit(tuple(sorted((kind, times) for kind, times in dimensions.items() if times)), size, known, scale, unnamed)


def _spelled(words: str) -> list[tuple[str, int]]:
    """The words one by one in their short singular forms, each with its power."""
    text = words
    for short, long in _SHORT.items():
        text = re.sub(rf"\b{short}\b", long, text)
    found = [("/" if match.group() == "/" else _singular(match[1]), int(match[2] or 1)) for match in _WORD.finditer(text)][:12]
    return [
        (word, power * _POWERS.get(found[at + 1][0], 1) if at + 1 < len(found) and found[at + 1][0] in ("squared", "cubed") else power)
        for at, (word, power) in enumerate(found)
    ]


def _singular(word: str) -> str:
    lower = word.lower() if len(word) > 1 else word
    if lower in _SIZES:
        return lower
    bare = lower.removesuffix("s") if len(lower) > 2 and not lower.endswith("ss") else lower
    return bare if bare in _SIZES or len(bare) > 2 else lower
