"""Sanitises text from models for terminals and XML: control, bidirectional and surrogate characters, and length."""

from __future__ import annotations

import re

from itemwise.cases.surrogates import SURROGATES

__all__ = ["printable", "shortened", "untagged", "xml_safe"]

_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069{SURROGATES}]")
_LOG_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\w*\[[A-Za-z])", re.MULTILINE)  # ::error::, ##[error], ##vso[...]
_TAG = re.compile(r"\[\[(?=/?[A-Za-z]+[|\]])")  # how dashboards are told to attach a file or to set a property
_NOT_XML = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{SURROGATES}\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` with control, direction and surrogate characters spelled out, so that it cannot steer a terminal.

    So are the first characters of what a CI would read in its log as a command to itself; and it is `untagged`, as pytest's own JUnit
    file holds what pytest prints.
    """
    return untagged(_LOG_COMMAND.sub(_command_spelled, _CONTROL.sub(_spelled, text)))


def untagged(text: str) -> str:
    """`text` without a tag that a dashboard would follow: a reply must not name a file of the CI machine to be attached."""
    return _TAG.sub("[ [", text)


def xml_safe(text: str) -> str:
    """`text` with the characters XML 1.0 forbids spelled out."""
    return _NOT_XML.sub(_spelled, text)


def shortened(text: str, most: int) -> str:
    """`text`, or its two ends around a note where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}\n[... {len(text) - most} characters left out ...]\n{text[-most // 2 :]}"


def _command_spelled(match: re.Match[str]) -> str:
    return "\\x23" if match[1] is None else f"{match[1]}\\x3a"


def _spelled(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
