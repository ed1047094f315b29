"""Checks of plain data that was read back from JSON: each value is of the kind that the noun made of it expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Kinds", "require_kinds"]

Kinds = Mapping[str, type | tuple[type, ...]]


def require_kinds(record: Any, kinds: Kinds) -> None:
    """Raise TypeError where `record` is no object, or has a value under one of these names that is of another kind."""
    if not isinstance(record, Mapping):
        raise TypeError(f"{type(record).__name__} instead of an object")
    if wrong := next((name for name, kind in kinds.items() if name in record and not isinstance(record[name], kind)), None):
        raise TypeError(f"{wrong!r} is {str(record[wrong])[:80]!r}")
