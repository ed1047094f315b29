"""Results of scored options: how they were scored, ties, tokens shared with the prompt, and what other norms make of the same logprobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itemwise.cases.controls import CIRCULAR
from itemwise.cases.option_scores import GoldScore, OptionScores, option_scores, score_of
from itemwise.cases.reference_score import REFERENCE, reference_score
from itemwise.results.entry import Entry
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally

__all__ = ["LikelihoodResult", "ScoredCase", "gold_score", "likelihood_results", "scored_cases"]

_NORMS = ("sum", "characters", "bytes")  # that need no more than a case's logprobs and its options


@dataclass(frozen=True)
class ScoredCase:
    """A judged case with the `scores` of its options, and the index `right` of the expected one."""

    entry: Entry
    scores: OptionScores
    right: int

    def best_by(self, norm: str) -> int:
        """The index of the option that would be the best under another `norm`."""
        by = [score_of(logprob, text, norm) for logprob, text in zip(self.scores.logprobs, self.entry.choices, strict=True)]
        return by.index(max(by))


@dataclass(frozen=True)
class LikelihoodResult:
    """The scored cases of one tally, all of one `form` and `norm`."""

    tally: Tally
    form: str
    norm: str
    cases: Sequence[ScoredCase]

    @property
    def tied(self) -> int:
        """How many cases have several best options, of which the first was taken."""
        return sum(case.scores.tied > 0 for case in self.cases)

    @property
    def merged(self) -> int:
        """How many cases have an option with a token in common with the end of the prompt."""
        return sum(case.scores.merged > 0 for case in self.cases)

    @property
    def outside(self) -> int:
        """How many cases have an option whose log-probability is only the most that it may be."""
        return sum(case.scores.outside > 0 for case in self.cases)

    @property
    def by_norm(self) -> Mapping[str, float]:
        """The accuracy under each norm that needs no more than these logprobs; of letters, which are alike under all, none."""
        if self.form != "text":
            return {}
        return {norm: sum(case.best_by(norm) == case.right for case in self.cases) / len(self.cases) for norm in _NORMS}


def likelihood_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[LikelihoodResult]:
    """A result for each tally whose options were scored, without those in every order of the options, which count cases in another way."""
    found: dict[Key, list[ScoredCase]] = defaultdict(list)
    for case in scored_cases(entries):
        found[case.entry.key].append(case)
    by_key = {tally.key: tally for tally in tallies if not tally.benchmark.endswith(CIRCULAR)}
    return [
        LikelihoodResult(by_key[key], cases[0].scores.form, cases[0].scores.norm, cases) for key, cases in found.items() if key in by_key
    ]


def scored_cases(entries: Sequence[Entry]) -> list[ScoredCase]:
    """The judged cases whose options were scored."""
    return [case for entry in entries if (case := _scored(entry))]


def gold_score(entry: Entry) -> GoldScore | None:
    """How likely the expected option or the reference answer was; None where neither was scored."""
    if entry.gold:
        return entry.gold
    if reference := reference_score(entry.scored_notes()):
        return GoldScore(REFERENCE, reference.logprob, entry.texts().reply_text)
    case = _scored(entry)
    return GoldScore(case.scores.form, case.scores.logprobs[case.right]) if case else None


def _scored(entry: Entry) -> ScoredCase | None:
    """The entry with its options' scores; None where there are none."""
    scores = option_scores(entry.scored_notes()) if entry.choices else None
    right = scores.place(entry.expected) if scores else None
    return ScoredCase(entry, scores, right) if scores and right is not None else None
