"""From a benchmark and a run's settings to the cases that are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from itemwise.benchmark import Benchmark, BenchmarkError
from itemwise.case import Case
from itemwise.rows import RowsError, draw, sha256_of
from itemwise.settings import Settings

__all__ = ["Sample", "sampled"]


@dataclass(frozen=True)
class Sample:
    """The cases of one benchmark in a run. `label` names what was measured (a synthetic score never carries the plain
    name of a dataset); `rows` says where the cases come from, as words; `prompt` is the name of the prompt used."""

    label: str
    cases: Sequence[Case]
    rows: Mapping[str, str]


def sampled(name: str, benchmark: Benchmark, settings: Settings) -> Sample:
    """The sample of `benchmark` that `settings` ask for, drawn before anything heavy is read.

    Raises BenchmarkError where the cases cannot be had, with words fit to be shown.
    """
    source = settings.source
    prompt = benchmark.prompt_name(settings.prompt)
    endless = source.endless and benchmark.takes_source
    if endless and settings.sample is None:
        raise BenchmarkError(f"{name}: --sample all has no end with --source {source.text}; give a number such as --sample 1319.")
    try:
        found = benchmark.cases(source, prompt)
        if endless:
            cases = list(islice(found, settings.sample))
        else:
            population = list(found)
            cases = population if settings.sample is None else draw(population, settings.sample, settings.seed)
    except (RowsError, OSError) as error:  # anything else is the loader's own fault and shows its own line
        raise BenchmarkError(f"{name}: {error}") from error
    _check_names(name, cases)
    rows = {"source": _source_text(benchmark, settings), "prompt": prompt or "own", "seed": str(settings.seed)}
    if not endless:
        rows["rows"] = str(len(population))
    if source.path and benchmark.takes_source:
        rows["sha256"] = sha256_of(source.path)
    return Sample(_label(name, benchmark, settings), cases, rows)


def _label(name: str, benchmark: Benchmark, settings: Settings) -> str:
    if not benchmark.takes_source or settings.source.kind != "synthetic":
        return name
    half = settings.source.half
    return f"{name}-synthetic" if half == "seen" else f"{name}-synthetic-{half}"


def _source_text(benchmark: Benchmark, settings: Settings) -> str:
    return settings.source.text if benchmark.takes_source else "the benchmark's own"


def _check_names(name: str, cases: Sequence[Case]) -> None:
    if not cases:
        raise BenchmarkError(f"{name}: the source holds no case.")
    names = [case.name for case in cases]
    if len(set(names)) < len(names):
        seen: set[str] = set()
        twice = next(text for text in names if text in seen or seen.add(text))  # type: ignore[func-returns-value]
        raise BenchmarkError(f"{name}: two cases are called {twice!r}; a case's name must be its own, it is its node id.")
