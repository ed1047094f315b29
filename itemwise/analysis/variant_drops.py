"""From a run's verdicts on problems and on their renumbered twins to the drop between the two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from itemwise.cases.case import Verdict
from itemwise.cases.variants import RENUMBERED, Drop, drop
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally

__all__ = ["RenumberedDrop", "drops"]


@dataclass(frozen=True)
class RenumberedDrop:
    """The drop of one benchmark, model and strategy; `tally` is that of the problems themselves."""

    tally: Tally
    drop: Drop


def drops(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[RenumberedDrop]:
    """A drop for each tally whose twins were judged too. Cases that ended in an error of ours are left out."""
    found = []
    for tally in tallies:
        label = f"{tally.benchmark}-{RENUMBERED}"
        twins = _right(entry for entry in entries if entry.key == (label, *tally.key[1:]))
        originals = _right(entry for entry in entries if tally.counts_entry(entry))
        if twins and (between := drop(originals, twins)):
            found.append(RenumberedDrop(tally, between))
    return found


def _right(entries: Iterable[Entry]) -> dict[str, bool]:
    return {entry.case: entry.verdict is Verdict.CORRECT for entry in entries if entry.verdict is not Verdict.ERROR}
