"""How a figure of the same cases differs between two measurements: what all such changes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from itemwise.language import phrase
from itemwise.results.statistics import CONFIDENCE, SIGNIFICANT, Interval

__all__ = ["PairedChange"]


@dataclass(frozen=True)
class PairedChange:
    """The mean of the paired differences of a figure over `cases`, second less first, with its 95 % interval, None where there is none;
    `p` is the two-sided sign-flip test's of that mean (a paired permutation test)."""

    cases: int
    mean: float
    interval: Interval | None
    p: float

    unit: ClassVar[str] = ""  # of the mean
    counted: ClassVar[str] = "cases"  # what the cases are, and what a record calls them

    @property
    def is_shown(self) -> bool:
        """Whether a difference is shown."""
        return self.p < SIGNIFICANT

    @property
    def text(self) -> str:
        """The figures in a sentence's part."""
        told = "{mean:+.3g} {unit} ({interval}) over {n} {counted}, p {p:.3g}"
        words = {"unit": phrase(self.unit), "counted": phrase(self.counted), "interval": self._interval_text}
        return phrase(told, mean=self.mean, n=self.cases, p=self.p, **words)

    @property
    def _interval_text(self) -> str:
        if self.interval is None:
            return phrase("no interval")
        return phrase("{share:.0%} interval {low:+.3g} to {high:+.3g}", share=CONFIDENCE, low=self.interval.low, high=self.interval.high)

    def record(self) -> dict[str, object]:
        """The change as run.json has it."""
        return {self.counted: self.cases, "mean": self.mean, "interval": self.interval, "p": self.p}
