"""Results of reference answers that were scored: bits per byte and nats a case over all of a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean

from itemwise.analysis.bits_per_byte import bits_interval, bits_per_byte
from itemwise.cases.reference_score import ReferenceScore, reference_score
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Interval

__all__ = ["ReferenceResult", "reference_results"]


@dataclass(frozen=True)
class ReferenceResult:
    """The scored reference answers of one tally."""

    tally: Tally
    answers: Sequence[ReferenceScore]

    @property
    def bytes(self) -> int:
        """Of all answers, in UTF-8."""
        return sum(answer.bytes for answer in self.answers)

    @property
    def merged(self) -> int:
        """How many answers have a token in common with the end of the prompt."""
        return sum(answer.merged > 0 for answer in self.answers)

    @property
    def nats(self) -> float:
        """The mean log-probability of an answer."""
        return mean(answer.logprob for answer in self.answers)

    @property
    def bits_per_byte(self) -> float:
        """Over all answers together."""
        return bits_per_byte(self.answers)

    @cached_property
    def interval(self) -> Interval | None:
        """Its 95 % bootstrap interval over answers; None of fewer than two, or of answers that are all alike."""
        return bits_interval(self.answers)

    def record(self) -> dict[str, object]:
        """The figures as run.json has them."""
        return {"n": len(self.answers), **{name: getattr(self, name) for name in ("bytes", "nats", "bits_per_byte", "interval", "merged")}}


def reference_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[ReferenceResult]:
    """A result for each tally whose reference answers were scored."""
    scored = [(entry.key, score) for entry in entries if (score := reference_score(entry.scored_notes()))]
    found = [ReferenceResult(tally, [score for key, score in scored if key == tally.key]) for tally in tallies]
    return [result for result in found if result.answers]
