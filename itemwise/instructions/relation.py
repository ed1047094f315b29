"""Counts held against what was asked: at least so many, or fewer."""

from itemwise.instructions.instruction import Arguments
from itemwise.language import phrase

__all__ = ["counted", "least"]


def counted(found: int, what: str, wanted: int, relation: str) -> str:
    """What is wrong with a count of `found` where ``at least`` or ``less than`` `wanted` was asked; empty where nothing is.

    Raises ValueError for another relation.
    """
    if relation not in ("at least", "less than"):
        raise ValueError(f"a relation is 'at least' or 'less than', got {relation!r}.")
    if relation == "at least":
        return "" if found >= wanted else phrase("{found} {fault}, not at least {wanted}", found=found, fault=what, wanted=wanted)
    return "" if found < wanted else phrase("{found} {fault}, not less than {wanted}", found=found, fault=what, wanted=wanted)


def least(found: int, what: str, arguments: Arguments, name: str) -> str:
    """What is wrong with a count where at least the argument `name` was asked."""
    return counted(found, what, arguments[name], "at least")
