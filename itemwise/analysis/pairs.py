"""Paired comparison of two accuracies on the same cases: what was gained, what was lost, and McNemar's test on these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import mcnemar

__all__ = ["Measurement", "Pair", "TwiceError", "items_differ", "measurement"]

_NAMED = 3  # cases named where items differ
_SAME_ROWS = ("source", "sha256", "revision", "rows", "seed")  # of run.json's rows; the prompt's wording may differ


class TwiceError(Exception):
    """A case is there twice, so it cannot be paired; the message names it and says what to do instead."""


@dataclass(frozen=True)
class Measurement:
    """The cases of one benchmark under one model and strategy in one run, by their ids."""

    label: str
    run: str
    tally: Tally
    entries: Mapping[str, Entry]

    @property
    def rows(self) -> Mapping[str, str]:
        """Where the cases come from, as run.json tells."""
        return next(iter(self.entries.values())).rows

    @property
    def model(self) -> Mapping[str, str]:
        """What answered, as run.json tells."""
        return next(iter(self.entries.values())).model


@dataclass(frozen=True)
class Pair:
    """Two measurements of the same items. A case that is an error on either side is left out of everything else."""

    first: Measurement
    second: Measurement

    @cached_property
    def judged(self) -> list[str]:
        """The cases with a verdict on both sides."""
        return [case for case in self.first.entries if Verdict.ERROR not in self._verdicts(case)]

    @property
    def left_out(self) -> list[str]:
        """The cases that ended in an infrastructure error on either side."""
        return [case for case in self.first.entries if Verdict.ERROR in self._verdicts(case)]

    @cached_property
    def gained(self) -> list[str]:
        """The cases that only the second side got right."""
        return [case for case in self.judged if self._right(case) == (False, True)]

    @cached_property
    def lost(self) -> list[str]:
        """The cases that only the first side got right."""
        return [case for case in self.judged if self._right(case) == (True, False)]

    @property
    def change(self) -> float | None:
        """How much better the second side is, as a share of the judged cases; None where there are none."""
        return (len(self.gained) - len(self.lost)) / len(self.judged) if self.judged else None

    @property
    def p(self) -> float:
        """Exact McNemar, not yet corrected for being one of several."""
        return mcnemar(len(self.gained), len(self.lost))

    def record(self) -> dict[str, object]:
        """Its figures as run.json has them, with the flipped cases by id."""
        return {"cases": len(self.judged), "change": self.change, "gained": self.gained, "lost": self.lost, "p": self.p}

    def _verdicts(self, case: str) -> tuple[Verdict, Verdict]:
        return self.first.entries[case].verdict, self.second.entries[case].verdict

    def _right(self, case: str) -> tuple[bool, bool]:
        first, second = self._verdicts(case)
        return first is Verdict.CORRECT, second is Verdict.CORRECT


def measurement(label: str, run: str, tally: Tally, entries: Sequence[Entry]) -> Measurement:
    """The `entries` that `tally` counts in `run`, by case. Raises TwiceError where one is there twice."""
    by_case: dict[str, Entry] = {}
    for entry in entries:
        if entry.case in by_case:
            raise TwiceError(
                f"{run} holds case {entry.case} of {entry.benchmark} twice ({by_case[entry.case].node_id} and {entry.node_id}), "
                "so it cannot be paired; run one of the two test functions alone."
            )
        by_case[entry.case] = entry
    return Measurement(label, run, tally, by_case)


def items_differ(first: Measurement, second: Measurement) -> str:
    """How the items of two measurements differ, in words; empty where they are the same.

    An item is its case id and its expected answer, from the same rows; how the prompt words it may differ.
    """
    left, right = first.entries, second.entries
    regraded = [case for case in left if case in right and left[case].expected != right[case].expected]
    differences = [
        _rows_differ(first.rows, second.rows),
        _some(f"only in {first.label}", [case for case in left if case not in right]),
        _some(f"only in {second.label}", [case for case in right if case not in left]),
        _some("with another expected answer", [f"{case} ({left[case].expected} and {right[case].expected})" for case in regraded]),
    ]
    return "; ".join(words for words in differences if words)


def _rows_differ(first: Mapping[str, str], second: Mapping[str, str]) -> str:
    """A file is the same by its hash, wherever it lies; a seed makes rows only where they are made."""
    names = [name for name in _SAME_ROWS if name in first and name in second]
    if "sha256" in names:
        names.remove("source")
    if "seed" in names and not first.get("source", "").startswith("synthetic"):
        names.remove("seed")
    return ", ".join(f"{name} of the rows {first[name]} and {second[name]}" for name in names if first[name] != second[name])


def _some(what: str, cases: Sequence[str]) -> str:
    if not cases:
        return ""
    listed = ", ".join(cases[:_NAMED]) + (", ..." if len(cases) > _NAMED else "")
    return f"{len(cases)} {'case' if len(cases) == 1 else 'cases'} {what}: {listed}"
