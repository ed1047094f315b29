"""Plain data checked: texts that loaders give, and records read back from JSON, each value of the kind that is expected."""

import reprlib
from collections.abc import Mapping
from typing import Any

from itemwise.cases.surrogates import half_character

__all__ = ["Kinds", "known_fields", "plain_text", "require_kinds", "shown_value", "without_empty", "without_zero"]

Kinds = Mapping[str, type | tuple[type, ...]]


def require_kinds(record: Any, kinds: Kinds) -> None:
    """Raise TypeError where `record` is no object, or has a value under one of these names that is of another kind."""
    if not isinstance(record, Mapping):
        raise TypeError(f"{type(record).__name__} instead of an object")
    for name, kind in kinds.items():
        if name in record and not isinstance(record[name], kind):
            raise TypeError(f"{name!r} is {str(record[name])[:80]!r}")


def known_fields(noun: type[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record is a field of `noun`; a later version may note more."""
    return {name: record[name] for name in noun.__dataclass_fields__ if name in record}


def without_empty(record: Mapping[str, Any], *rare: str) -> dict[str, Any]:
    """The record without those of its `rare` values that are empty."""
    return {name: value for name, value in record.items() if value or name not in rare}


def without_zero(record: Mapping[str, Any], rare: str) -> dict[str, Any]:
    """The record without its value `rare` where that is 0; None says that it is not known, and stays."""
    return {name: value for name, value in record.items() if name != rare or value != 0}


def shown_value(value: object) -> str:
    """A value in a message: short, whatever it is."""
    return str(reprlib.repr(value))


def plain_text(value: object, what: str, advice: str = "") -> str:
    """`value` as a plain str, also where it is of a subclass. Raises ValueError where it is no text that can be sent and written."""
    if not isinstance(value, str):
        raise ValueError(f"{what} must be text (str), got {shown_value(value)} ({type(value).__name__}){advice and '; '}{advice}.")
    if half := half_character(value):
        raise ValueError(f"{what} holds {half}, which no model or file can take; decode the row anew, or leave it out.")
    return str.__str__(value)
