"""Normalises the gold answer of a row to the form of the extractors: `#### 7.0`, `$7` and 7 are all "7"."""

import math
import re
import reprlib
from decimal import Decimal
from numbers import Rational, Real

from itemwise.extractors.number.plain_number import plain_number

__all__ = ["gold_answer", "gold_number"]

_DIGITS = re.compile("[1-9][0-9]{0,16}")  # the number itself, as most golds are, so that nothing of them need be read


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
    last = text.rpartition("####")[2]
    digits = _DIGITS.fullmatch(last.strip())
    number = digits[0] if digits else plain_number(last)
    if number is None:
        shown = reprlib.repr(value)
        raise ValueError(
            f"{shown} ends in no single plain number; give the gold as a number such as 18, -3, 0.5 or 3/4, or leave the row out."
        )
    return number


def gold_answer(value: str) -> str:
    """A gold of any kind as `stated_answer` gives it: a plain number in its canonical form, ``yes`` or ``no``, else the words.

    >>> [gold_answer(gold) for gold in ("4.0", "YES", " South Africa ")]
    ['4', 'yes', 'South Africa']
    """
    words = value.strip()
    return plain_number(words) or (words.lower() if words.lower() in ("yes", "no") else words)


def _plain(value: Decimal | Real) -> str:
    """A number in digits, without an exponent."""
    return str(value) if isinstance(value, Rational) else f"{Decimal(str(value)):f}"
