"""Bits per byte of texts that a model scored, over all of them together: comparable between tokenizers, and a long text counts for more."""

from collections.abc import Collection

from itemwise.cases.reference_score import ReferenceScore
from itemwise.cases.text_score import TextScore
from itemwise.results.statistics import Interval, bootstrap_interval

__all__ = ["bits_interval", "bits_per_byte"]

Scores = Collection[TextScore] | Collection[ReferenceScore]


def bits_per_byte(scores: Scores) -> float:
    """The bits of all texts by their bytes."""
    return sum(score.bits for score in scores) / sum(score.bytes for score in scores)


def bits_interval(scores: Scores) -> Interval | None:
    """Its 95 % bootstrap interval over texts; None of fewer than two, or of texts that are all alike."""
    if len({score.bits / score.bytes for score in scores}) < 2:
        return None
    return bootstrap_interval([score.bits for score in scores], [float(score.bytes) for score in scores])
