"""Compares an answer with the gold: exactly by value, or with one of the named leniencies (`within`, `same_share`, ...).

Kept apart from extraction on purpose: an extractor that forgives hides a wrong answer, a comparison that forgives says so by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from itemwise.extractors.number.plain_number import plain_number

if TYPE_CHECKING:
    from fractions import Fraction


def same_number(answer: str | None, gold: str) -> bool:
    """Whether both are one number, exactly: "18.00" is 18 and "1/2" is 0.5, but 0.333 is not 1/3. None is no number.

    Raises ValueError where the gold is no number: a broken benchmark is not a wrong answer.
    """
    value, true = _value(answer), _gold(gold)
    return value is not None and value == true


def within(answer: str | None, gold: str, *, relative: str = "0", absolute: str = "0") -> bool:
    """Whether the answer is off by no more than a share of the gold or an amount, both as exact text: relative="0.01"."""
    value, true = _value(answer), _gold(gold)
    return value is not None and abs(value - true) <= max(_gold(relative) * abs(true), _gold(absolute))


def same_share(answer: str | None, gold: str) -> bool:
    """Whether the two are one share, as a percentage or as a fraction of one: 35 for 0.35, 0.35 for 35."""
    return any(same_after_scaling(answer, gold, factor=factor) for factor in ("1", "100", "1/100"))


def same_after_scaling(answer: str | None, gold: str, *, factor: str) -> bool:
    """Whether the answer times the factor is the gold: factor="1/100" takes cents for dollars."""
    value, true = _value(answer), _gold(gold)
    return value is not None and value * _gold(factor) == true


def _gold(text: str) -> Fraction:
    value = _value(text)
    if value is None:
        raise ValueError(f"{text!r} is no number; give the gold as a number such as '18', '-3', '0.5' or '1/3'.")
    return value


def _value(text: str | None) -> Fraction | None:
    from fractions import Fraction  # its import costs as much as that of all extractors, which do without it

    number = plain_number(text) if text else None
    return Fraction(number) if number else None
