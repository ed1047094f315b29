"""Splits of an accuracy by the cases' tags: subject, grade, or whatever a benchmark says of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, tallied

__all__ = ["Split", "splits"]


@dataclass(frozen=True)
class Split:
    """The cases of a tally in which `tag` has `value`."""

    whole: Tally
    tag: str
    value: str
    part: Tally


def splits(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[Split]:
    """For each tally a part for each value of each tag, in order of tags and values; left out are tags of one value only, and those
    that say which cases belong together."""
    return [split for tally in tallies for split in _of(tally, [entry for entry in entries if tally.counts_entry(entry)])]


def _of(tally: Tally, entries: Sequence[Entry]) -> list[Split]:
    results = []
    rows = entries[0].rows if entries else {}
    together = {rows.get("cluster", ""), *rows.get("whole", "").split(", ")}
    for tag in dict.fromkeys(tag for entry in entries for tag in entry.tags if tag not in together):
        parts: dict[str, list[Entry]] = {}
        for entry in entries:
            if tag in entry.tags:
                parts.setdefault(entry.tags[tag], []).append(entry)
        if len(parts) > 1:
            results += [Split(tally, tag, value, replace(tallied(part)[0], sample_size=len(part))) for value, part in sorted(parts.items())]
    return results
