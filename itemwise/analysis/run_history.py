"""The history of a measurement: its accuracy over many runs, each held against the run before on the same cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from itemwise.analysis.pairs import Measurement, Pair, TwiceError, items_differ, measurement
from itemwise.analysis.provenance import OF_THE_JOB, Part, Provenance, differing, provenance_of
from itemwise.analysis.score_results import ScoreResult
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder, RunFolderError, read_run

__all__ = ["History", "Point", "Shown", "Stability", "histories", "read_histories"]


class Shown(Enum):
    """What a run shows against the one before."""

    FIRST = "first"
    OTHER_CASES = "other cases"
    ASKED_OTHERWISE = "asked otherwise"
    WORSE = "worse"
    BETTER = "better"
    SAME = "no difference shown"


@dataclass(frozen=True)
class Point:
    """A measurement in one run, beside the same in the run `before`, of which it holds what differs in the settings: `changed`."""

    run: RunFolder
    tally: Tally
    measured: Measurement
    before: Measurement | None
    changed: Mapping[Part, Sequence[str]]

    @property
    def commit(self) -> str:
        """The commit of the suite, as far as it is known."""
        suite = self.run.record.get("environment", {}).get("suite")
        return str(suite.get("commit", ""))[:10] if isinstance(suite, dict) else ""

    @property
    def asked_otherwise(self) -> Sequence[str]:
        """What differs in how it was asked and read, so that no difference of accuracy is the model's."""
        return self.changed.get(Part.HARNESS, ())

    def score(self, name: str) -> ScoreResult | None:
        """The score of that name; None where none was recorded."""
        items = self.measured.scores.get(name)
        return ScoreResult(self.tally, name, items) if items else None

    @cached_property
    def pair(self) -> Pair | None:
        """Both runs on the same cases; None where these differ."""
        return None if self.before is None or items_differ(self.before, self.measured) else Pair(self.before, self.measured)

    @cached_property
    def shown(self) -> Shown:
        """What it shows: by exact McNemar, unless it was asked otherwise or of other cases."""
        if self.before is None:
            return Shown.FIRST
        if self.pair is None:
            return Shown.OTHER_CASES
        if self.asked_otherwise:
            return Shown.ASKED_OTHERWISE
        if not self.pair.is_shown:
            return Shown.SAME
        return Shown.WORSE if self.pair.is_worse else Shown.BETTER


@dataclass(frozen=True)
class Stability:
    """How the cases fared in `runs` runs in a row that asked the same: names of those that were right and wrong by turns, and counts
    of the others. Errors count as neither."""

    runs: int
    always_right: int
    always_wrong: int
    by_turns: Sequence[str]


@dataclass(frozen=True)
class History:
    """One benchmark under one model, strategy and prompt over all runs, the oldest first."""

    key: Key
    points: Sequence[Point]

    @property
    def score_names(self) -> list[str]:
        """The names of all scores that a run of it recorded."""
        return sorted({name for point in self.points for name in point.measured.scores})

    @cached_property
    def stability(self) -> Stability | None:
        """Of the newest runs that asked the same cases in the same way; None where these are fewer than two."""
        alike = _alike(self.points)
        if len(alike) < 2:
            return None
        outcomes = {case: _outcomes([point.measured for point in alike], case) for case in alike[0].measured.entries}
        turns = [case for case, outcome in outcomes.items() if len(outcome) > 1]
        always_right, always_wrong = (sum(outcome == {value} for outcome in outcomes.values()) for value in (True, False))
        return Stability(len(alike), always_right, always_wrong, turns)


def _outcomes(measured: Sequence[Measurement], case: str) -> set[bool]:
    """Whether the case was right, in the runs that judged it; with repeats, more often than not."""
    return {side.is_right(case) for side in measured if side.entries[case].verdict.is_judged}


def histories(runs: Iterable[RunFolder]) -> list[History]:
    """The history of each measurement of `runs`, which are the oldest first; measurements in the order of the newest run. A run that
    holds a case twice is left out of it."""
    points: dict[Key, list[Point]] = {}
    told: dict[Key, Provenance] = {}
    for run in runs:
        for tally in run.tallies:
            try:
                measured = measurement(run.name, run.name, tally, run.entries_of(tally))
            except TwiceError:
                continue
            earlier = points.setdefault(tally.key, [])
            provenance = provenance_of(run.record, tally)
            changed = _differing(told[tally.key], provenance) if earlier else {}
            earlier.append(Point(run, tally, measured, earlier[-1].measured if earlier else None, changed))
            told[tally.key] = provenance
    ordered = sorted(points, key=lambda key: points[key][-1].run.record.get("started", ""), reverse=True)
    return [History(key, points[key]) for key in ordered]


def read_histories(folders: Iterable[Path]) -> tuple[list[History], list[str]]:
    """The histories in the runs of `folders`, the oldest first, and a line for each run that cannot be read."""
    found = [_read(folder) for folder in folders]
    return histories(run for run in found if isinstance(run, RunFolder)), [f"left out: {run}" for run in found if isinstance(run, str)]


def _read(folder: Path) -> RunFolder | str:
    """The run, or what is wrong with it."""
    try:
        return read_run(str(folder), with_replies=False)
    except RunFolderError as error:
        return str(error)


def _differing(before: Provenance, now: Provenance) -> dict[Part, list[str]]:
    found = {part: [name for name in names if name not in OF_THE_JOB] for part, names in differing(before, now).items()}
    return {part: names for part, names in found.items() if names}


def _alike(points: Sequence[Point]) -> list[Point]:
    """The newest points that asked the same cases in the same way."""
    alike = list(points[-1:])
    for point in reversed(points[:-1]):
        newer = alike[0]
        if newer.pair is None or newer.asked_otherwise or set(newer.measured.entries) != set(point.measured.entries):
            break
        alike.insert(0, point)
    return alike
