"""Variants: the names of renumbered problems, the same problem with other numbers, and of the problem each was made from."""

from __future__ import annotations

import re

__all__ = ["RENUMBERED", "original_of", "twin_of"]

RENUMBERED = "renumbered"  # ends the label under which twins are counted
_TWIN = re.compile(r"(.+)-twin[1-9][0-9]*", re.DOTALL)


def twin_of(original: str, number: int) -> str:
    """The name of an original's twin, numbered from 1.

    >>> twin_of("synthetic-42-7", 1)
    'synthetic-42-7-twin1'
    """
    return f"{original}-twin{number}"


def original_of(case_name: str) -> str | None:
    """The case whose twin this one is, by the end of its name; None for an original.

    >>> original_of("gsm8k-synthetic-42-7-twin1")
    'gsm8k-synthetic-42-7'
    """
    match = _TWIN.fullmatch(case_name)
    return match.group(1) if match else None
