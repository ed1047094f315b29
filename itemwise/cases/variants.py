"""Variants: made problems told with other numbers (GSM-Symbolic, Mirzadeh et al. 2024, arXiv:2410.05229), by the end of their names."""

import re

__all__ = ["RENUMBERED", "original_of", "variant_name"]

RENUMBERED = "renumbered"  # ends the label under which variants are counted
_VARIANT = re.compile(r"(.+)-twin[1-9][0-9]*", re.DOTALL)  # as they were called at first: names of cases stay


def variant_name(original: str, number: int) -> str:
    """The name of an original's variant, numbered from 1.

    >>> variant_name("synthetic-42-7", 1)
    'synthetic-42-7-twin1'
    """
    return f"{original}-twin{number}"


def original_of(case_name: str) -> str | None:
    """The case whose variant this one is, by the end of its name; None for an original.

    >>> original_of("gsm8k-synthetic-42-7-twin1")
    'gsm8k-synthetic-42-7'
    """
    match = _VARIANT.fullmatch(case_name)
    return match.group(1) if match else None
