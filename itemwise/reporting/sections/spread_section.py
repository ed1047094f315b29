"""Histograms of tokens and seconds, drawn on the page alone: how they spread over a tally's cases, in bins of a round width."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import OnPage, Section
from itemwise.reporting.table import short_names
from itemwise.results.entry import Entry, ReplyCost
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally

__all__ = ["Distribution", "Spread", "build", "figure", "spreads"]

_LEAST = 1e-9  # what an axis can tell from nothing
_BINS = 30  # at most, and one for what lies on the border of the last


@dataclass(frozen=True)
class Distribution:
    """`values` in ascending order, their axis from 0 to `end` in bins of `step`; `limit` is the token limit of one reply."""

    unit: str
    values: Sequence[float]
    step: float
    end: float
    limit: int | None = None

    @property
    def quantiles(self) -> dict[str, float]:
        """Least, median, the value that 90% do not exceed (nearest rank), and most; empty without a value."""
        if not self.values:
            return {}
        p90 = self.values[math.ceil(0.9 * len(self.values)) - 1]
        return {"min": self.values[0], "median": median(self.values), "p90": p90, "max": self.values[-1]}

    @property
    def text(self) -> str:
        """The quantiles in a line."""
        return joined(phrase("{name} {value}", name=phrase(name), value=figure(value)) for name, value in self.quantiles.items())

    @property
    def counts(self) -> list[int]:
        """How many values lie in each bin; one that lies on the border of two is in the upper one, the axis' end in the last."""
        if not self.values:
            return []
        bins = max(round(self.end / self.step), 1)
        counts = Counter(min(int(value / self.step), bins - 1) for value in self.values)
        return [counts[index] for index in range(bins)]

    @property
    def limit_position(self) -> float | None:
        """Where on the axis the limit lies, from 0 to 1; None where it is not known or beyond."""
        return self.limit / self.end if self.limit is not None and self.limit <= self.end else None


@dataclass(frozen=True)
class Spread:
    """The two distributions of a tally. `seconds` are those of replies made in this run; `stored` counts the others."""

    tally: Tally
    tokens: Distribution
    seconds: Distribution
    stored: int


def build(run: RunFacts) -> Iterator[Section]:
    """A pair of histograms for each tally with a reply."""
    names = short_names(run.tallies)
    charts = [(names[spread.tally.key], spread) for spread in spreads(run.tallies, run.entries)]
    yield Section("spread", "Tokens and seconds", page=OnPage("above", layout="spread", data=charts))


def spreads(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[Spread]:
    """For each tally with a reply that was asked for here; those of one benchmark share their axes, so that they can be compared."""
    replies: dict[Key, list[ReplyCost]] = defaultdict(list)
    limits: dict[Key, int] = {}
    for entry in entries:
        if entry.cost and not entry.is_given:
            replies[entry.key].append(entry.cost)
            if (known := entry.model.get("max new tokens", "")).isdecimal():
                limits[entry.key] = int(known)
    tokens = {key: sorted(float(cost.completion_tokens) for cost in of_key) for key, of_key in replies.items()}
    seconds = {key: sorted(cost.seconds for cost in of_key if _is_of_this_run(cost)) for key, of_key in replies.items()}
    made = []
    for tally in tallies:
        key = tally.key
        if key in replies:
            limit = limits.get(key)
            tokens_axis = _axis(_most(tokens, tally.benchmark), limit, least_step=1.0)
            seconds_axis = _axis(_most(seconds, tally.benchmark))
            of_tokens = Distribution("completion tokens", tokens[key], *tokens_axis, limit)
            of_seconds = Distribution("seconds", seconds[key], *seconds_axis)
            made.append(Spread(tally, of_tokens, of_seconds, len(replies[key]) - len(seconds[key])))
    return made


def figure(value: float) -> str:
    """A whole number as it is, any other in two significant digits below 10 and in whole ones above."""
    if value == int(value) or value >= 10:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.2g}"


def _is_of_this_run(cost: ReplyCost) -> bool:
    """Whether all of its turns were made in this run; a turn from the store took no time."""
    return cost.generated > 0 and cost.generated_tokens == cost.completion_tokens


def _most(values: Mapping[Key, Sequence[float]], benchmark: str) -> float:
    return max((of_key[-1] for key, of_key in values.items() if key.benchmark == benchmark and of_key), default=0.0)


def _axis(most: float, limit: int | None = None, *, least_step: float = 0.0) -> tuple[float, float]:
    """Step and end of an axis on which `most` lies, and `limit` too where it does not push everything into a corner."""
    top = max(most, limit) if limit is not None and limit <= 2 * most else most
    if top < _LEAST:
        return 1.0, 1.0
    scale = 10.0 ** math.floor(math.log10(top / _BINS))
    step = max(next((scale * width for width in (1, 2, 5) if top / (scale * width) <= _BINS), 10 * scale), least_step)
    return step, step * (math.floor(top / step) + 1)
