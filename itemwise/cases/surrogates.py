"""Finds lone surrogates (halves of characters), which JSON and file names can spell and UTF-8 cannot encode."""

import re

__all__ = ["SURROGATES", "encodable", "half_character"]

SURROGATES = "\ud800-\udfff"  # for a class of a regular expression
_SURROGATE = re.compile(f"[{SURROGATES}]")


def half_character(text: str) -> str | None:
    """The first half of a character in `text` and its index, as words for a message; None where there is none."""
    match = _SURROGATE.search(text)
    return f"half a character ({match.group()!a} at {match.start()})" if match else None


def encodable(text: str) -> str:
    """`text` with lone surrogates spelled out, so that UTF-8 can hold it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
