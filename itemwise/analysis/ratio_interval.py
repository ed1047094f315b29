"""Interval of a ratio of two mean shares over the same items (Fieller), and of the mean of several such ratios."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

from itemwise.results.statistics import CONFIDENCE, Interval

__all__ = ["mean_ratio_interval", "ratio_interval"]


def ratio_interval(base: Sequence[Fraction], other: Sequence[Fraction]) -> Interval | None:
    """The 95 % interval of the mean of `other` over the mean of `base`: for each independent item the shares of its replies that are
    correct, 0 or 1 where it was asked once. None where the base's mean is so near to 0, or the items so few, that the ratio has no bound.

    It is Fieller's (1954, J. R. Statist. Soc. B 16:175) over pairs, with Student's quantile: the ratios r at which the mean of
    other - r base is not told from 0. As for a difference (`difference_interval`) half a case is added to each of the four ways in which
    a pair can come out, without which it would have no width where no case flipped. In simulations of 30 to 500 pairs at accuracies
    from 10 to 95 % it held the true ratio in 94 % of runs or more, but for 92 % at 30 pairs of which a tenth are lost and none gained;
    a percentile bootstrap over items held it in 63 to 100 %.

    >>> tuple(round(end, 2) for end in ratio_interval([Fraction(1)] * 80 + [Fraction(0)] * 20, [Fraction(1)] * 76 + [Fraction(0)] * 24))
    (0.89, 1.01)
    """
    from scipy.stats import t

    items = len(base)
    if items < 2:  # one item has no variance
        return None
    count = items + 2
    mean, mean_other = (float((sum(shares) + 1) / Fraction(count)) for shares in (base, other))
    square, square_other = (float((sum(share**2 for share in shares) + 1) / Fraction(count)) for shares in (base, other))
    product = float((sum(first * second for first, second in zip(base, other, strict=True)) + Fraction(1, 2)) / Fraction(count))
    reach = float(t.ppf((1 + CONFIDENCE) / 2, items - 1)) ** 2 / count
    a = mean**2 - reach * (square - mean**2)
    b = mean * mean_other - reach * (product - mean * mean_other)
    c = mean_other**2 - reach * (square_other - mean_other**2)
    if a <= 0:
        return None
    root = sqrt(max(0.0, b * b - a * c))
    return Interval(max(0.0, (b - root) / a), (b + root) / a)


def mean_ratio_interval(ratios: Sequence[float], intervals: Sequence[Interval]) -> Interval:
    """The 95 % interval of the mean of independent `ratios`, each with its interval: their distances to either end are added as standard
    errors are (Zou & Donner 2008, Statist. Med. 27:1693)."""
    count = len(ratios)
    mean = sum(ratios) / count
    below = sqrt(sum((ratio - interval.low) ** 2 for ratio, interval in zip(ratios, intervals, strict=True))) / count
    above = sqrt(sum((interval.high - ratio) ** 2 for ratio, interval in zip(ratios, intervals, strict=True))) / count
    return Interval(max(0.0, mean - below), mean + above)
