"""Results on multiple choice beside chance and the best constant letter, and under the controls (ablations): is the picture used?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import mean

from itemwise.analysis.pairs import Pair, measurement
from itemwise.analysis.yes_no_results import YES_NO
from itemwise.cases.case import LETTERS
from itemwise.cases.controls import BLANK, CIRCULAR, CONTROLS, SHUFFLED, original_and_control
from itemwise.cases.repeats import repeat_name
from itemwise.language import phrase
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, deciding, item_counts, tallied
from itemwise.results.statistics import SIGNIFICANT, Accuracy, sign_flip

__all__ = ["ChoiceResult", "ControlResult", "choice_results", "controlled_by"]


@dataclass(frozen=True)
class ControlResult:
    """A control of one benchmark, model and strategy: `pair` has the cases as they are first, under the control second.

    `same_letter` and `same_option` are the shares of cases answered both times in which the letter, or the option behind
    it, was the same. Under ``circular-options`` a case is right where it is in every order of its options; `chance` is then the share of
    a blind guess in each.
    """

    control: str
    tally: Tally
    pair: Pair
    same_letter: float | None
    same_option: float | None
    chance: float | None = None

    @property
    def finding(self) -> str:
        """In words, what the difference shows."""
        if self.control == CIRCULAR:
            right = [case for case in self.pair.judged if self.pair.first.is_right(case)]
            kept = sum(self.pair.second.is_right(case) for case in right)
            return phrase("of the {n} right as they are, {kept} are right in every order of their options", n=len(right), kept=kept)
        shown = self.pair.p < SIGNIFICANT
        if self.control == BLANK:
            used = shown and self.pair.is_worse
            return phrase("the picture is used" if used else "no use of the picture is shown")
        return phrase("the order of the options matters" if shown else "no effect of the options' order is shown")


def controlled_by(tally: Tally, tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[ControlResult]:
    """What the run's controls made of the cases that `tally` counts."""
    results, by_key = [], {other.key: other for other in tallies}
    originals = {entry.case: entry for entry in entries if tally.counts_entry(entry)}
    for control in CONTROLS:
        other = by_key.get(tally.key._replace(benchmark=f"{tally.benchmark}-{control}"))
        if other:
            changed = [_uncontrolled(entry, control) for entry in deciding(filter(other.counts_entry, entries))]
            changed = [entry for entry in changed if entry.case in originals]
            first = [originals[entry.case] for entry in changed]
            pair = Pair(measurement("as it is", "", tally, first), measurement(control, "", other, changed))
            guessed = [len(entry.choices) ** -len(entry.choices) for entry in changed] if control == CIRCULAR else []
            results.append(ControlResult(control, other, pair, *_sameness(first, changed, control), mean(guessed) if guessed else None))
    return results


def _uncontrolled(entry: Entry, control: str) -> Entry:
    """The entry under the name of the case that it is a control of."""
    return replace(entry, case=repeat_name(entry.item.removesuffix(f"-{control}"), entry.repeat))


def _sameness(first: Sequence[Entry], second: Sequence[Entry], control: str) -> tuple[float | None, float | None]:
    """How often the letter, and how often the option, stayed the same; None where nothing was answered both times."""
    both = [(left, right) for left, right in zip(first, second, strict=True) if _option(left) and _option(right)]
    if not both or control != SHUFFLED:
        return None, None
    letters = sum(left.answer == right.answer for left, right in both)
    options = sum(_option(left) == _option(right) for left, right in both)
    return letters / len(both), options / len(both)


def _option(entry: Entry) -> str | None:
    index = LETTERS.find(entry.answer) if entry.answer and len(entry.answer) == 1 else -1
    return entry.choices[index] if 0 <= index < len(entry.choices) else None


@dataclass(frozen=True)
class ChoiceResult:
    """The judged choices of one benchmark, model and strategy; questions of yes or no are choices too.

    `accuracy` is theirs, which may be `fewer` than the tally's cases. `chance` is the expected share of a blind guess, `letter` the one
    letter (or yes or no) that is right most often and `constant` its share of the cases; `p` is exact McNemar (with repeats or clusters: by
    these) between the model's verdicts and always giving that letter. `controls` are what became of the same cases under the run's
    controls.
    """

    tally: Tally
    accuracy: Accuracy
    fewer: int | None
    chance: float
    letter: str
    constant: float
    p: float
    controls: Sequence[ControlResult]


def choice_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[ChoiceResult]:
    """A result for each tally of choices, controls themselves left out."""
    results = []
    for tally in tallies:
        counted = [entry for entry in entries if tally.counts_entry(entry) and entry.verdict.is_judged]
        judged = [entry for entry in counted if entry.choices or entry.expected in YES_NO]
        if judged and not original_and_control(judged[0].item):
            fewer = len(judged) if len(judged) < len(counted) else None
            results.append(_result(tally, judged, fewer, controlled_by(tally, tallies, entries)))
    return results


def _right(entry: Entry) -> frozenset[str]:
    """The letters that are right, several where the expected answer names them all: ``ACD``."""
    letters = frozenset(entry.expected)
    return letters if letters <= set(LETTERS[: len(entry.choices)]) else frozenset({entry.expected})


def _result(tally: Tally, entries: Sequence[Entry], fewer: int | None, controls: Sequence[ControlResult]) -> ChoiceResult:
    right = Counter(letter for entry in entries for letter in _right(entry))
    letter = max((*LETTERS, *YES_NO), key=lambda letter: right[letter])  # of equal ones the first
    of_item = {entry.item: entry for entry in entries}
    clusters = dict.fromkeys((entry.cluster for entry in entries), Fraction(0))
    for item, count in item_counts(entries).items():
        clusters[of_item[item].cluster] += Fraction(*count) - (letter in _right(of_item[item]))
    chance = sum(len(_right(entry)) / len(entry.choices or YES_NO) for entry in entries) / len(entries)
    of_these = tallied(entries)[0].accuracy
    return ChoiceResult(tally, of_these, fewer, chance, letter, right[letter] / len(entries), sign_flip([*clusters.values()]), controls)
