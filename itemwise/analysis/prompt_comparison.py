"""Prompt comparison: the same rows asked with several prompts, how far that moves the accuracy, and how far the extractor does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from itemwise.analysis.extractor_comparison import ExtractorComparison, extractor_comparisons
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.results.entry import Entry
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally
from itemwise.results.statistics import SIGNIFICANT, holm

__all__ = ["PromptComparison", "prompt_comparisons"]

AS_JUDGED = "the run"  # what read the replies in the run itself, beside the other extractors


@dataclass(frozen=True)
class PromptComparison:
    """The prompts of one benchmark under one model and strategy, in running order, all on the same rows.

    A row is a case that was judged under every prompt, with one expected answer. `sides` hold these alone, labelled with the prompt;
    `asked` is the most rows that a prompt has. `extractors` are the readings of a prompt's replies.
    """

    key: Key
    asked: int
    sides: Sequence[Measurement]
    extractors: Mapping[str, ExtractorComparison]

    @property
    def rows(self) -> list[str]:
        """The cases that are compared."""
        return list(self.sides[0].entries)

    @cached_property
    def best(self) -> Measurement:
        """The prompt with most rows right; of equal ones the first."""
        return max(self.sides, key=self._share)

    @cached_property
    def worst(self) -> Measurement:
        """The prompt with fewest rows right; of equal ones the last."""
        return min(reversed(self.sides), key=self._share)

    @staticmethod
    def _share(side: Measurement) -> float:
        return side.accuracy.share or 0.0

    @cached_property
    def pairs(self) -> list[Pair]:
        """Each prompt with each that follows it."""
        return [Pair(first, second) for first, second in combinations(self.sides, 2)]

    def holm_p(self, first: Measurement, second: Measurement) -> float:
        """Exact McNemar of two prompts, corrected over all pairs of prompts, so that it holds for the two that one picks out."""
        return self._corrected[frozenset((first.label, second.label))]

    @cached_property
    def _corrected(self) -> Mapping[frozenset[str], float]:
        names = [frozenset((pair.first.label, pair.second.label)) for pair in self.pairs]
        return dict(zip(names, holm([pair.p for pair in self.pairs]), strict=True))

    @property
    def is_shown(self) -> bool:
        """Whether the best prompt is better than the worst, as far as so many rows can show."""
        return self.best is not self.worst and self.holm_p(self.best, self.worst) < SIGNIFICANT

    @cached_property
    def right_under(self) -> Mapping[str, int]:
        """For each row under how many prompts it is right; with repeats, right more often than not."""
        return {case: sum(side.is_right(case) for side in self.sides) for case in self.rows}

    @property
    def changing(self) -> list[str]:
        """The rows that are right under some prompts and not under others."""
        return [case for case, count in self.right_under.items() if 0 < count < len(self.sides)]

    def readings(self, side: Measurement) -> list[tuple[float, str]]:
        """The accuracy of all replies to a prompt by what read them, the run itself first; what raised on all of them is left out."""
        compared = self.extractors.get(side.label)
        if compared is None:
            return []
        shares = [(compared.tally.accuracy.share, AS_JUDGED), *((result.share, result.extractor) for result in compared.results)]
        return [(share, name) for share, name in shares if share is not None]


def prompt_comparisons(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[PromptComparison]:
    """One for each benchmark, model and strategy that was asked with several prompts and has a row that all of them were judged on. A
    prompt without any verdict on the model, such as one that a stopped run did not come to, is left out."""
    groups: dict[Key, list[Tally]] = {}
    for tally in tallies:
        if tally.prompt_name and tally.judged:
            groups.setdefault(tally.key._replace(prompt=""), []).append(tally)
    found = [_compared(key, group, entries) for key, group in groups.items() if len(group) > 1]
    return [comparison for comparison in found if comparison.rows]


def _compared(key: Key, tallies: Sequence[Tally], entries: Sequence[Entry]) -> PromptComparison:
    of_prompt = {tally.prompt_name: [entry for entry in entries if tally.counts_entry(entry)] for tally in tallies}
    sides = [measurement(tally.prompt_name, "", tally, of_prompt[tally.prompt_name]) for tally in tallies]
    rows = [case for case in sides[0].entries if _is_same_row([side.entries.get(case) for side in sides])]
    extractors = {tally.prompt_name: extractor_comparisons([tally], of_prompt[tally.prompt_name]) for tally in tallies}
    return PromptComparison(
        key,
        max(len(side.entries) for side in sides),
        [replace(side, entries={case: side.entries[case] for case in rows}) for side in sides],
        {prompt: compared[0] for prompt, compared in extractors.items() if compared},
    )


def _is_same_row(entries: Sequence[Entry | None]) -> bool:
    judged = [entry for entry in entries if entry and entry.verdict.is_judged]
    return len(judged) == len(entries) and len({entry.expected for entry in judged}) == 1
