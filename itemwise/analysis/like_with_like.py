"""Like with like: which measurements of two runs are a pair, as they differ in nothing but what the two runs differ in."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from itemwise.analysis.pairs import Measurement, Pair

__all__ = ["LOADED", "WEIGHTS", "WORDINGS", "all_pairs", "like_pairs"]

WEIGHTS = ("location", "revision", "system", "prompting")  # of a model's record: what answers, and its template
LOADED = {
    "adapter": "the adapter",
    "quantisation": "the quantisation",
    "dtype": "the compute type",
    "thinking": "thinking",
    "max thinking tokens": "the thought's budget",
    "decoding": "the decoding",
    "max new tokens": "the token limit",
}
WORDINGS: Mapping[str, Mapping[str, str | None]] = {  # of its rows, with what stands for none
    "the prompt": {"prompt": None},
    "the examples": {"shots": "0", "examples": None},
    "the form": {"prompt form": "turns"},
}


def all_pairs(runs: Sequence[Sequence[Measurement]]) -> list[Pair]:
    """Each measurement with each that follows it, of the same benchmark."""
    measurements = [side for run in runs for side in run]
    return [Pair(*sides) for sides in combinations(measurements, 2) if _is_one_benchmark(*sides)]


def like_pairs(runs: Sequence[Sequence[Measurement]]) -> list[Pair]:
    """Of each two runs the measurements of one benchmark that are called the same, and those that differ only in what the two runs differ
    in: a setting has the same value on both sides, or on either side a value that the other run has nowhere. Of a single run those that
    differ in the model alone, the strategy alone or the prompt alone."""
    if len(runs) == 1:
        return [pair for pair in all_pairs(runs) if _steps(pair) == 1]
    return [pair for two in combinations(runs, 2) for pair in _between(*two)]


def _between(first: Sequence[Measurement], second: Sequence[Measurement]) -> Iterator[Pair]:
    for benchmark in dict.fromkeys(side.tally.benchmark for side in first):
        runs = [[side for side in run if side.tally.benchmark == benchmark] for run in (first, second)]
        settings = [[_settings(side) for side in run] for run in runs]
        for (left, ours), (right, theirs) in product(*(list(zip(*each, strict=True)) for each in zip(runs, settings, strict=True))):
            if left.tally.key == right.tally.key or all(_is_like(name, ours, theirs, *settings) for name in ours):
                yield Pair(left, right)


def _is_like(name: str, ours: Mapping[str, object], theirs: Mapping[str, object], *runs: Sequence[Mapping[str, object]]) -> bool:
    """Whether the setting `name` is the same, or each side's value is nowhere in the other side's run."""
    own, other = ({settings[name] for settings in run} for run in runs)
    return ours[name] == theirs[name] or (ours[name] not in other and theirs[name] not in own)


def _settings(side: Measurement) -> dict[str, object]:
    """What tells the measurements of one run apart: names, weights, how they are loaded and decoded, the wording."""
    wordings = {name: none for names in WORDINGS.values() for name, none in names.items()}
    return {
        "model": side.tally.model_name,
        "strategy": side.tally.strategy,
        **{name: side.model.get(name) for name in (*WEIGHTS, *LOADED)},
        **{name: side.rows.get(name, none) for name, none in wordings.items()},
    }


def _steps(pair: Pair) -> int:
    """In how many of model, strategy and prompt the two differ."""
    return sum(ours != theirs for ours, theirs in zip(pair.first.tally.key, pair.second.tally.key, strict=True))


def _is_one_benchmark(first: Measurement, second: Measurement) -> bool:
    return first.tally.benchmark == second.tally.benchmark
