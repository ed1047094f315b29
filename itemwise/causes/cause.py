"""`Cause`: why a reply is not correct, one of `KINDS`, with the words of the reply that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itemwise.cases.plain_data import require_kinds

__all__ = [
    "KINDS", "TRUNCATED", "NO_JSON", "BROKEN_JSON", "NOT_GIVEN", "OTHER_FORM", "SLIP", "NO_CALL", "CALL_FAILED", "WRONG_ARGUMENT",
    "IGNORED", "REASONING",
    "AROUND", "LONGEST", "Cause", "cause", "quote",
]  # fmt: skip

TRUNCATED = "truncated"
NO_JSON = "no JSON"
BROKEN_JSON = "broken JSON"
NOT_GIVEN = "right value not given as the answer"
OTHER_FORM = "right value in another form"
SLIP = "arithmetic slip"
NO_CALL = "no tool call"
CALL_FAILED = "tool call failed"
WRONG_ARGUMENT = "tool argument wrong"
IGNORED = "tool result ignored"
REASONING = "reasoning"
KINDS = (TRUNCATED, NO_JSON, BROKEN_JSON, NOT_GIVEN, OTHER_FORM, SLIP, NO_CALL, CALL_FAILED, WRONG_ARGUMENT, IGNORED, REASONING)

LONGEST = 200  # characters of evidence
AROUND = 30  # characters quoted before and after


@dataclass(frozen=True)
class Cause:
    """One of `KINDS`, and the `evidence`: words of at most 200 characters that quote what shows it."""

    kind: str
    evidence: str

    @classmethod
    def from_record(cls, record: Mapping[str, str]) -> Cause:
        """The cause whose `vars` are `record`. Raises KeyError or TypeError for what is none."""
        require_kinds(record, {"kind": str, "evidence": str})
        return cls(record["kind"], record["evidence"])


def cause(kind: str, evidence: str) -> Cause:
    """The cause with its evidence on one line, cut where it is too long."""
    evidence = " ".join(evidence.split())
    return Cause(kind, evidence if len(evidence) <= LONGEST else evidence[: LONGEST - 3] + "...")


def quote(text: str, start: int, end: int) -> str:
    """text[start:end] with a few words around it."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    return ("..." if first else "") + text[first:last] + ("..." if last < len(text) else "")
