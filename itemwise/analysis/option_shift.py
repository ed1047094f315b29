"""How far the probabilities of the options moved between two measurements of the same cases, whichever way: what a quantisation changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import mean

from itemwise.analysis.likelihood_results import ScoredCase, scored_cases
from itemwise.analysis.pairs import Measurement, Pair
from itemwise.language import phrase
from itemwise.results.statistics import CONFIDENCE, Interval, bootstrap_interval

__all__ = ["OptionShift", "option_shift"]

ROUNDING = 1e-15  # of a divergence in float64: what is smaller is none


@dataclass(frozen=True)
class OptionShift:
    """Between the two sides of a pair, on `cases` whose options were scored on both, in the same form and by the same norm.

    `kl` is the mean Kullback-Leibler divergence of the options' probabilities, first side to second, in nats a case, and `interval` its
    95 % bootstrap's. `moved` is the mean share of probability that went from some options
    to others (total variation), `other_best` how many cases have another best option. None of them says that a side is worse.
    """

    cases: int
    kl: float
    interval: Interval
    moved: float
    other_best: int

    @property
    def text(self) -> str:
        """The figures in a sentence's part."""
        low, high = self.interval
        return phrase(
            "KL {kl:.3g} nats a case ({interval}), {moved:.1%} of the probability moved, {other} of {n} have another best option",
            kl=self.kl,
            interval=phrase("{share:.0%} interval {low:.2g} to {high:.2g}", share=CONFIDENCE, low=low, high=high),
            moved=self.moved,
            other=self.other_best,
            n=self.cases,
        )

    def record(self) -> dict[str, object]:
        """The shift as run.json has it."""
        return {**vars(self), "interval": list(self.interval)}


def option_shift(pair: Pair) -> OptionShift | None:
    """How far the options of a pair moved; None where no case was scored on both sides in the same way."""
    first, second = (_scored(side) for side in (pair.first, pair.second))
    found = [(first[case], second[case]) for case in pair.judged if case in first and case in second]
    both = [(before.scores, after.scores) for before, after in found if _are_alike(before, after)]
    if not both:
        return None
    logs = [(before.log_probabilities, after.log_probabilities) for before, after in both]
    sums = (sum(exp(old) * (old - new) for old, new in zip(*pair, strict=True)) for pair in logs)
    divergences = [divergence if divergence > ROUNDING else 0.0 for divergence in sums]
    moved = mean(sum(abs(exp(old) - exp(new)) for old, new in zip(*pair, strict=True)) / 2 for pair in logs)
    other_best = sum(before.best != after.best for before, after in both)
    return OptionShift(len(both), mean(divergences), _interval(divergences), moved, other_best)


def _scored(side: Measurement) -> Mapping[str, ScoredCase]:
    scored = {case.entry.case: case for case in scored_cases(list(side.entries.values()))}
    return {name: scored[entry.case] for name, entry in side.entries.items() if entry.case in scored}


def _are_alike(before: ScoredCase, after: ScoredCase) -> bool:
    """Whether both scored the same options in the same order and way."""
    ways = ((case.scores.form, case.scores.norm, case.entry.choices) for case in (before, after))
    return len(set(ways)) == 1


def _interval(values: Sequence[float]) -> Interval:
    if min(values) == max(values):
        return Interval(values[0], values[0])
    low, high = bootstrap_interval(values, [1.0] * len(values))
    return Interval(max(0.0, low), high)
