"""Everything a report may speak of: the run, its settings and its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.gates import Decision
from itemwise.ledger import Entry, Tally

__all__ = ["RunRecord"]


@dataclass(frozen=True)
class RunRecord:
    """A finished (or stopped) run. `measured` describes each model that answered, `rows` each benchmark's rows."""

    started: str
    seconds: float
    command: str
    settings: Mapping[str, Any]
    measured: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, Mapping[str, str]]
    environment: Mapping[str, Any]
    entries: Sequence[Entry]
    tallies: Sequence[Tally]
    decisions: Sequence[Decision]

    @property
    def generated(self) -> int:
        """Replies that this run asked the model for."""
        return sum(tally.generated for tally in self.tallies)

    @property
    def recalled(self) -> int:
        """Replies that were known before."""
        return sum(bool(entry.reply) for entry in self.entries) - self.generated
