"""How likely a model finds a case's reference answer, as the strategy `reference` notes it beside its reply and reports read it back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itemwise.cases.plain_data import Kinds, require_kinds

__all__ = ["REFERENCE", "ReferenceScore", "reference_score"]

REFERENCE = "reference"  # under which it stands in a reply's notes, and the form of what was scored
_KINDS: Kinds = {"logprob": float, "bytes": int, "merged": int}


@dataclass(frozen=True)
class ReferenceScore:
    """The natural `logprob` of a reference answer of so many `bytes` in UTF-8, behind the prompt as the reply. `merged` is 1 where its
    first token is part of the prompt's end; there it is scored from that token on."""

    logprob: float
    bytes: int
    merged: int = 0

    @property
    def bits(self) -> float:
        """How many bits the model needs for the answer."""
        return -self.logprob / math.log(2)

    @property
    def text(self) -> str:
        """The score in words."""
        return f"log-likelihood of the reference answer: {self.logprob:.3f} nats, {self.bits / self.bytes:.4f} bits per byte"

    def notes(self) -> dict[str, Any]:
        """The notes of a reply that hold this."""
        return {REFERENCE: vars(self)}


def reference_score(notes: Mapping[str, Any]) -> ReferenceScore | None:
    """What a reply's notes hold of it; None where no reference answer was scored, or by another version in another way."""
    record: Any = notes.get(REFERENCE)
    try:
        require_kinds(record, _KINDS)
        found = ReferenceScore(**{name: record[name] for name in _KINDS})
    except (KeyError, TypeError):
        return None
    return found if math.isfinite(found.logprob) and found.bytes > 0 else None
