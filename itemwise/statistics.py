"""How sure a pass rate is, and whether two of them on the same cases differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

__all__ = ["SIGNIFICANT", "Accuracy", "Interval", "SmallestDifference", "accuracy", "holm", "mcnemar", "smallest_difference"]

CONFIDENCE = 0.95
SIGNIFICANT = 0.05  # a difference is shown where p is below this


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


class SmallestDifference(NamedTuple):
    """The least number of one-sided flips that shows a difference, and its share of the paired cases."""

    flips: int
    share: float


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


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided p-value of McNemar's exact conditional test (McNemar 1947, Psychometrika 12:153).

    `gained` cases were wrong before and right after, `lost` ones the other way round. If nothing changed, each flip is
    a fair coin: SciPy's binomial test of the flips against one half. Cases that did not flip say nothing; with no flip
    at all p is 1.

    >>> mcnemar(0, 6)
    0.03125
    """
    if gained == lost == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(min(gained, lost), gained + lost, 0.5).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values, in their order, corrected for being one of several tests (Holm 1979, Scand. J. Statist. 6:65).

    The smallest is multiplied by the number of tests, the next by one less, and so on; none falls below a smaller
    one's, none exceeds 1. Rejecting where the result is below 0.05 keeps the chance of any false rejection below 0.05,
    however the tests depend on each other. (SciPy's ``false_discovery_control`` controls another, weaker rate.)

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    steps = (min(1.0, (len(order) - rank) * p_values[place]) for rank, place in enumerate(order))
    corrected = dict(zip(order, accumulate(steps, max), strict=True))
    return [corrected[place] for place in range(len(order))]


def smallest_difference(cases: int, tests: int = 1) -> SmallestDifference | None:
    """The smallest difference that this many paired cases can show at p < 0.05, exactly from McNemar's binomial.

    It is reached where all flips go one way; where some go the other way it takes more. `tests` is the number of tests
    that Holm corrects for: the smallest p-value of them is multiplied by it. None where even `cases` flips are too few.

    >>> smallest_difference(50)
    SmallestDifference(flips=6, share=0.12)
    """
    for flips in range(1, cases + 1):
        if mcnemar(flips, 0) * tests < SIGNIFICANT:
            return SmallestDifference(flips, flips / cases)
    return None
