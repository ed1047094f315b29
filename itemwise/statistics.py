"""How sure a pass rate is."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Accuracy", "Interval", "accuracy"]

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A confidence interval of a proportion, both ends within 0 to 1."""

    low: float
    high: float


class Accuracy(NamedTuple):
    """Correct cases out of those judged, as a share with its interval; None where nothing was judged."""

    correct: int
    judged: int
    share: float | None
    interval: Interval | None


def accuracy(correct: int, judged: int) -> Accuracy:
    """The accuracy with its 95 % Wilson score interval (Wilson 1927, JASA 22:209), from SciPy's binomial test.

    >>> accuracy(43, 50).share
    0.86
    """
    if judged == 0:
        return Accuracy(0, 0, None, None)
    from scipy.stats import binomtest

    found = binomtest(correct, judged).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return Accuracy(correct, judged, correct / judged, Interval(float(found.low), float(found.high)))
