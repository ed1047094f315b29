"""How much likelier the expected option, or the reference answer, became between two measurements of the same cases: far more sensitive
than accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

from itemwise.analysis.likelihood_results import gold_score
from itemwise.analysis.model_pairs import model_pairs
from itemwise.analysis.paired_change import PairedChange
from itemwise.analysis.pairs import Measurement, Pair
from itemwise.cases.option_scores import GoldScore
from itemwise.cases.reference_score import REFERENCE
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import CONFIDENCE, Interval, mean_flip

__all__ = ["GoldChange", "gold_change", "gold_changes"]


OPTION = "expected option"
_WHAT = {REFERENCE: "reference answer"}  # by the form that was scored


@dataclass(frozen=True)
class GoldChange(PairedChange):
    """The change of the log-probability of `what` is expected, with Student's interval."""

    interval: Interval
    what: str = OPTION
    unit = "nats a case"


def gold_change(pair: Pair) -> GoldChange | None:
    """What became of the expected options or reference answers of a pair; None where fewer than two cases were scored on both sides, in the
    same form and, as far as it is known, of the same text."""
    first, second = (_gold(side) for side in (pair.first, pair.second))
    both = [(first[case], second[case]) for case in pair.judged if case in first and case in second]
    alike = [(before, after) for before, after in both if before.is_like(after)]
    return _change(alike) if len(alike) > 1 else None


def gold_changes(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[tuple[Tally, Tally, GoldChange]]:
    """The change from the first model that a run asked to each other, in the same way and on the same cases."""
    return [(first, tally, change) for first, tally, pair in model_pairs(tallies, entries) if (change := gold_change(pair))]


def _gold(side: Measurement) -> dict[str, GoldScore]:
    """The score of what is expected by case, of those that have one."""
    return {name: score for name, entry in side.entries.items() if (score := gold_score(entry))}


def _change(scores: Sequence[tuple[GoldScore, GoldScore]]) -> GoldChange:
    from scipy.stats import t

    differences = [after.logprob - before.logprob for before, after in scores]
    cases, middle = len(differences), mean(differences)
    reach = float(t.ppf((1 + CONFIDENCE) / 2, cases - 1)) * stdev(differences) / sqrt(cases)
    return GoldChange(cases, middle, Interval(middle - reach, middle + reach), mean_flip(differences), _WHAT.get(scores[0][0].form, OPTION))
