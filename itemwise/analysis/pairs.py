"""Two accuracies on the same cases, case by case: what was gained, what was lost, and whether that shows a difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from itemwise.cases.case import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import mcnemar

__all__ = ["Pair", "Series", "TwiceError", "items_differ", "series"]

_NAMED = 3  # cases named where items differ
_SAME_ROWS = ("source", "sha256", "revision", "rows", "seed")  # of run.json's rows; the prompt's wording may differ


class TwiceError(Exception):
    """A case is there twice, so it cannot be paired; the message names it and says what to do instead."""


@dataclass(frozen=True)
class Series:
    """The cases of one benchmark under one model and strategy in one run, by their ids."""

    label: str
    run: str
    tally: Tally
    entries: Mapping[str, Entry]

    @property
    def rows(self) -> Mapping[str, str]:
        """Where the cases come from, as run.json tells."""
        return next(iter(self.entries.values())).rows


@dataclass(frozen=True)
class Pair:
    """Two series on the same items. A case that is an error on either side is left out of everything else."""

    first: Series
    second: Series

    @cached_property
    def judged(self) -> list[str]:
        """The cases with a verdict on both sides."""
        return [case for case in self.first.entries if Verdict.ERROR not in self._verdicts(case)]

    @property
    def left_out(self) -> list[str]:
        """The cases that an error of ours spoiled on either side."""
        return [case for case in self.first.entries if Verdict.ERROR in self._verdicts(case)]

    @cached_property
    def gained(self) -> list[str]:
        """The cases that only the second series got right."""
        return [case for case in self.judged if self._right(case) == (False, True)]

    @cached_property
    def lost(self) -> list[str]:
        """The cases that only the first series got right."""
        return [case for case in self.judged if self._right(case) == (True, False)]

    @property
    def change(self) -> float | None:
        """How much better the second series is, as a share of the judged cases; None where there are none."""
        return (len(self.gained) - len(self.lost)) / len(self.judged) if self.judged else None

    @property
    def p(self) -> float:
        """Exact McNemar, not yet corrected for being one of several."""
        return mcnemar(len(self.gained), len(self.lost))

    def _verdicts(self, case: str) -> tuple[Verdict, Verdict]:
        return self.first.entries[case].verdict, self.second.entries[case].verdict

    def _right(self, case: str) -> tuple[bool, bool]:
        first, second = self._verdicts(case)
        return first is Verdict.CORRECT, second is Verdict.CORRECT


def series(label: str, run: str, tally: Tally, entries: Sequence[Entry]) -> Series:
    """The `entries` that `tally` counts in `run`, by case. Raises TwiceError where one is there twice."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.case in found:
            raise TwiceError(
                f"{run} holds case {entry.case} of {entry.benchmark} twice ({found[entry.case].node_id} and {entry.node_id}), "
                "so it cannot be paired; run one of the two test functions alone."
            )
        found[entry.case] = entry
    return Series(label, run, tally, found)


def items_differ(first: Series, second: Series) -> str:
    """How the items of two series differ, in words; empty where they are the same.

    An item is its case id and its expected answer, from the same rows; how the prompt words it may differ.
    """
    mine, others = first.entries, second.entries
    regraded = [f"{case} ({mine[case].expected} and {others[case].expected})" for case in _expected_otherwise(mine, others)]
    found = [
        _rows_differ(first.rows, second.rows),
        _some(f"only in {first.label}", [case for case in mine if case not in others]),
        _some(f"only in {second.label}", [case for case in others if case not in mine]),
        _some("with another expected answer", regraded),
    ]
    return "; ".join(words for words in found if words)


def _expected_otherwise(mine: Mapping[str, Entry], others: Mapping[str, Entry]) -> Iterator[str]:
    return (case for case in mine if case in others and mine[case].expected != others[case].expected)


def _rows_differ(first: Mapping[str, str], second: Mapping[str, str]) -> str:
    """A file is the same by its hash, wherever it lies; a seed makes rows only where they are made."""
    asked = [name for name in _SAME_ROWS if name in first and name in second]
    if "sha256" in asked:
        asked.remove("source")
    if "seed" in asked and not first.get("source", "").startswith("synthetic"):
        asked.remove("seed")
    return ", ".join(f"{name} of the rows {first[name]} and {second[name]}" for name in asked if first[name] != second[name])


def _some(what: str, cases: Sequence[str]) -> str:
    if not cases:
        return ""
    named = ", ".join(cases[:_NAMED]) + (", ..." if len(cases) > _NAMED else "")
    return f"{len(cases)} {'case' if len(cases) == 1 else 'cases'} {what}: {named}"
