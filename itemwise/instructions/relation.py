"""Counts held against what was asked: at least so many, or fewer."""

from itemwise.instructions.instruction import Arguments

__all__ = ["counted", "least"]


def counted(found: int, what: str, wanted: int, relation: str) -> str:
    """What is wrong with a count of `found` where ``at least`` or ``less than`` `wanted` was asked; empty where nothing is.

    Raises ValueError for another relation.
    """
    if relation not in ("at least", "less than"):
        raise ValueError(f"a relation is 'at least' or 'less than', got {relation!r}.")
    is_met = found >= wanted if relation == "at least" else found < wanted
    return "" if is_met else f"{found} {what}, not {relation} {wanted}"


def least(found: int, what: str, arguments: Arguments, name: str) -> str:
    """What is wrong with a count where at least the argument `name` was asked."""
    return counted(found, what, arguments[name], "at least")
