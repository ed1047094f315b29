"""Calibration of scored options: whether of the answers given with a confidence of 70% seven in ten are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.analysis.likelihood_results import ScoredCase
from itemwise.results.statistics import CONFIDENCE, Interval, bootstrap_interval, wilson

__all__ = ["Bin", "Calibration", "calibration"]

BINS = 10
LEAST = 20  # cases in a bin, as far as there are so many; with fewer chance alone makes most of the error (docs/strategies.md)
RESAMPLES = 1000
EVEN = 1e-9  # a difference of squared errors that is rounding


@dataclass(frozen=True)
class Bin:
    """Cases of about one confidence: its mean, and the share that is right."""

    confidence: float
    share: float
    cases: int

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval of the share."""
        return wilson(self.share, self.cases)


@dataclass(frozen=True)
class Calibration:
    """Of `cases` with scored options, where the confidence of an answer is its share of the options' probability.

    `brier` is the mean over cases of the squared error summed over options, from 0 to 2 (Brier 1950, Mon. Weather Rev. 78:1), its interval
    a bootstrap's over cases, None where all have the same. `ece` is the expected calibration error: the mean distance of confidence and
    share over `bins` of equally many cases, weighted by these (Naeini et al. 2015, AAAI). Its `interval` is the percentile bootstrap's,
    less the bias of that (draws make bins noisier), not below 0. It is above 0 by chance alone (Roelofs et al. 2022, AISTATS): were each
    answer right with the probability of its confidence, it would be `if_calibrated` on average, and at most `by_chance` in 95 % of samples.
    """

    cases: int
    confidence: float
    brier: float
    brier_interval: Interval | None
    ece: float
    interval: Interval
    if_calibrated: float
    by_chance: float
    bins: Sequence[Bin]


def calibration(cases: Sequence[ScoredCase]) -> Calibration:
    """The calibration of at least one case."""
    import numpy

    probabilities = [case.scores.probabilities for case in cases]
    squares = [
        sum((share - (place == case.right)) ** 2 for place, share in enumerate(shares))
        for case, shares in zip(cases, probabilities, strict=True)
    ]
    confidences = numpy.array([shares[case.scores.best] for case, shares in zip(cases, probabilities, strict=True)])
    right = numpy.array([case.scores.best == case.right for case in cases], dtype=float)
    rng = numpy.random.default_rng(0)
    drawn = rng.integers(len(cases), size=(RESAMPLES, len(cases)))
    by_chance = rng.random((RESAMPLES, len(cases))) < confidences
    ece = float(_errors(confidences[None], right[None])[0])
    again = _errors(confidences[drawn], right[drawn])
    calibrated = _errors(numpy.broadcast_to(confidences, by_chance.shape), by_chance.astype(float))
    low, high = numpy.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]) - (again.mean() - ece)
    return Calibration(
        len(cases),
        float(confidences.mean()),
        sum(squares) / len(squares),
        bootstrap_interval(squares, [1.0] * len(squares)) if max(squares) - min(squares) > EVEN else None,
        ece,
        Interval(max(0.0, float(low)), float(high)),
        float(calibrated.mean()),
        float(numpy.quantile(calibrated, CONFIDENCE)),
        [Bin(float(confidences[part].mean()), float(right[part].mean()), len(part)) for part in _parts(confidences.argsort(kind="stable"))],
    )


def _parts(order: Any) -> list[Any]:
    """`order`, [..., cases], cut into bins of equally many."""
    import numpy

    cases = order.shape[-1]
    return numpy.array_split(order, max(1, min(BINS, cases // LEAST)), axis=-1)


def _errors(confidences: Any, right: Any) -> Any:
    """The expected calibration error of each row, [rows, cases]."""
    import numpy

    order = confidences.argsort(axis=-1, kind="stable")
    gaps = numpy.take_along_axis(confidences - right, order, axis=-1)
    return sum(abs(part.sum(axis=-1)) for part in _parts(gaps)) / confidences.shape[-1]
