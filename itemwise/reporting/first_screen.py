"""What the first screen of report.html answers: what was measured, each accuracy with what it is to be held against."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from itemwise.cases.reply import Verdict
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.table import short_names
from itemwise.results.labels import rows_of
from itemwise.results.ledger import Tally

__all__ = ["FirstScreen", "Level", "ShownAccuracy", "first_screen"]

_OF_MODELS = ("quantisation", "dtype", "decoding")


@dataclass(frozen=True)
class Level:
    """An accuracy to hold another against: that of chance, of a gate or of a baseline. `name` says which."""

    name: str
    share: float


@dataclass(frozen=True)
class ShownAccuracy:
    """A line of the chart: a tally under its short name, and the levels to draw beside its accuracy."""

    name: str
    tally: Tally
    levels: Sequence[Level]

    @property
    def counted(self) -> str:
        """How many cases are correct of how many, and how many of the sample are not judged."""
        missing = self.tally.sample_size - self.tally.judged
        correct = phrase("{n} of {all} correct", n=self.tally.counts[Verdict.CORRECT], all=self.tally.judged)
        return joined([correct, phrase("{n} not judged", n=missing)]) if missing else correct


@dataclass(frozen=True)
class FirstScreen:
    """`measured` says in few words what was measured, by what it is about."""

    measured: Sequence[tuple[str, str]]
    accuracies: Sequence[ShownAccuracy]

    @property
    def level_names(self) -> list[str]:
        """The names of the levels there are."""
        return list(dict.fromkeys(level.name for shown in self.accuracies for level in shown.levels))


def first_screen(run: RunFacts) -> FirstScreen:
    """The first screen of a run."""
    chances = {result.tally.key: Level("chance", result.chance) for result in run.choices}
    names = short_names(run.tallies)
    accuracies = [
        ShownAccuracy(
            names[tally.key],
            tally,
            [
                *([chances[tally.key]] if tally.key in chances else []),
                *(Level(each.level_name, each.level) for each in run.decisions if each.key == tally.key and each.level is not None),
            ],
        )
        for tally in run.tallies
    ]
    return FirstScreen([*_benchmarks(run), *_models(run)], accuracies)


def _benchmarks(run: RunFacts) -> Iterator[tuple[str, str]]:
    """Each benchmark with the size of its sample and where its rows are from."""
    for benchmark in dict.fromkeys(tally.benchmark for tally in run.tallies):
        tallies = [tally for tally in run.tallies if tally.benchmark == benchmark]
        rows = [found for tally in tallies if (found := rows_of(tally.key, run.rows))]
        sizes = sorted({len(tally.items) or tally.sample_size for tally in tallies})
        yield benchmark, joined(filter(None, (_items(sizes, rows), _source(rows), *_read(rows))))


def _items(sizes: Sequence[int], rows: Sequence[Mapping[str, str]]) -> str:
    """How many items there are, from the fewest to the most, of how many rows."""
    size = f"{sizes[0]:,}" if len(sizes) == 1 else phrase("{low:,} to {high:,}", low=sizes[0], high=sizes[-1])
    wholes = {found.get("rows", "") for found in rows}
    if len(wholes) == 1 and (whole := wholes.pop()).isdigit():
        return phrase("{n} of {all:,} {all:item|items}", n=size, all=int(whole))
    return phrase("{n} {n:item|items}", n=size)


def _source(rows: Sequence[Mapping[str, str]]) -> str:
    sources = dict.fromkeys(found.get("hub") or PurePath(found.get("source", "")).name for found in rows)
    return joined(filter(None, sources), " and ")


def _read(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The prompts and the extractors."""
    prompts, extractors = (list(dict.fromkeys(found[name] for found in rows if found.get(name))) for name in ("prompt", "reader"))
    if prompts:
        yield phrase("prompts {names}" if len(prompts) > 1 else "prompt {names}", names=", ".join(prompts))
    if extractors:
        yield phrase("read by {names}", names=", ".join(extractors))


def _models(run: RunFacts) -> Iterator[tuple[str, str]]:
    for name, model in run.measured.items():
        told = {**model, "quantisation": phrase("not quantised")} if model.get("quantisation") == "none" else model
        yield name, model.get("replies") or joined(told[part] for part in _OF_MODELS if told.get(part))
