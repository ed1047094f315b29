"""Baselines of multiple choice: chance, and always giving the same letter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from itemwise.analysis.control_results import ControlResult, controlled_by
from itemwise.cases.case import LETTERS
from itemwise.cases.controls import original_and_control
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import mcnemar

__all__ = ["ChoiceResult", "choice_results"]


@dataclass(frozen=True)
class ChoiceResult:
    """The judged choices of one benchmark, model and strategy.

    `chance` is the expected share of a blind guess, `letter` the one letter that is right most often and `constant` its
    share of the cases; `p` is exact McNemar between the model's verdicts and always giving that letter. `controls` are
    what became of the same cases under the run's controls.
    """

    tally: Tally
    chance: float
    letter: str
    constant: float
    p: float
    controls: Sequence[ControlResult]


def choice_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[ChoiceResult]:
    """A result for each tally of choices, controls themselves left out."""
    results = []
    for tally in tallies:
        judged = [entry for entry in entries if tally.counts_entry(entry) and entry.choices and entry.verdict is not Verdict.ERROR]
        if judged and not original_and_control(judged[0].case):
            results.append(_result(tally, judged, controlled_by(tally, tallies, entries)))
    return results


def _result(tally: Tally, entries: Sequence[Entry], controls: Sequence[ControlResult]) -> ChoiceResult:
    right = Counter(entry.expected for entry in entries)
    letter = max(LETTERS, key=lambda letter: right[letter])  # of equal ones the first
    gained = sum(entry.verdict is Verdict.CORRECT and entry.expected != letter for entry in entries)
    lost = sum(entry.verdict is not Verdict.CORRECT and entry.expected == letter for entry in entries)
    chance = sum(1 / len(entry.choices) for entry in entries) / len(entries)
    return ChoiceResult(tally, chance, letter, right[letter] / len(entries), mcnemar(gained, lost), controls)
