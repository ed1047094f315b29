"""Normalises the gold answer of a row to the form of the extractors: `#### 7.0`, `$7` and 7 are all "7"."""

import math
import re
import reprlib
from decimal import Decimal
from numbers import Rational, Real

from itemwise.extractors.number.numeral import NUMERAL, canonical, opposite
from itemwise.extractors.plain_characters import folded

__all__ = ["gold_number"]

_CURRENCY = r"(?:[$€£¥₹₩₽]|\\\$|us\$|usd|eur|gbp|rs\.?)"
_UNIT = r"\ ?(?:%|\\%|‰|°\ ?[cf]?|[€£¥₹₩₽]|(?:[a-z]{2,20}|[ghls]|[元个人岁米天斤千克只支本块]{1,2})(?:[ -][a-z]{2,20}){0,3}\.?)"
_GOLD = re.compile(
    rf"(?P<open>\$?)(?P<sign>[-+]?)\ ?{_CURRENCY}?\ ?(?P<inner>-?)(?P<number>{NUMERAL})(?P<unit>{_UNIT})?\ ?\.?(?P<close>\$?)",
    re.VERBOSE,
)
_BOXED = re.compile(r"\$?\\(?:boxed|fbox)\{(.+)\}\$?\.?", re.DOTALL)
# Words behind a number that make it another one, or more than one.
_NO_UNIT = re.compile(
    r"\b(?:and|or|to|than|plus|minus|times|over|divided|multiplied|squared|cubed|factorial|pi|half|halves|quarters?|thirds?|fourths?|fifths?"
    r"|sixths?|sevenths?|eighths?|ninths?|tenths?|hundredths?|thousandths?|dozens?|scores?|pairs?|hundred|thousand|million|billion|trillion"
    r"|mn|bn|am|pm|mod|sqrt|by|at|least|most|about|ish|remainder|root|log|sin|cos|tan|negative)\b"
)
_LONGEST = 1000  # characters


def gold_number(value: object) -> str:
    """A row's gold as the text that `last_number` returns for it, so that a test can compare with ``==``.

    Takes one plain number: an int, a float that is finite, or text such as ``7.0``, ``.5``, ``-4`` (also with U+2212),
    ``1,234``, ``1 234``, ``$4``, ``50%``, ``4 apples``, ``3/4`` or ``\\boxed{7}``; what follows the last ``####`` where there is one,
    as in GSM8K. Currency, percent sign and unit are left out, as the extractor leaves them out.

    Raises ValueError, with the value, for what is no single plain number: a range, an expression, two numbers, words, a ratio
    or time such as ``3:00``, an amount such as ``1.5M`` or ``5 dozen``, a bool, NaN, None.

    >>> [gold_number(gold) for gold in ("6*7=42\\n#### 42.0", "$1,430.", 7.0, "4 apples")]
    ['42', '1430', '7', '4']
    """
    if isinstance(value, bool) or not isinstance(value, (str, Decimal, Real)):  # Real: numpy's too, which are no int
        raise ValueError(f"{reprlib.repr(value)} ({type(value).__name__}) is no number and no text; give one plain number, such as 7.")
    if isinstance(value, (Decimal, Real)) and not math.isfinite(value):
        raise ValueError(f"{value} is no number that a reply can give; leave the row out.")
    text = value if isinstance(value, str) else _plain(value)
    number = _number(text.rpartition("####")[2])
    if number is None:
        shown = reprlib.repr(value)
        raise ValueError(
            f"{shown} ends in no single plain number; give the gold as a number such as 18, -3, 0.5 or 3/4, or leave the row out."
        )
    return number


def _plain(value: Decimal | Real) -> str:
    """A number in digits, without an exponent."""
    return str(value) if isinstance(value, Rational) else f"{Decimal(str(value)):f}"


def _number(text: str) -> str | None:
    plain = " ".join(folded(text).lower().split()) if len(text) <= _LONGEST else ""
    boxed = _BOXED.fullmatch(plain)
    gold = _GOLD.fullmatch(boxed[1].strip() if boxed else plain)
    if gold is None or any(gold[part] for part in ("clock", "power", "braced")):
        return None
    if (gold["sign"] and gold["inner"]) or (gold["close"] and not gold["open"]):
        return None
    if gold["unit"] and (_NO_UNIT.search(gold["unit"]) or gold["scale"]):
        return None
    number = canonical(gold)
    negative = (gold["sign"] or gold["inner"]) == "-"
    return opposite(number) if number and negative else number
