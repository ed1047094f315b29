"""Perplexity of a measurement: bits per byte over all its documents with an interval, and how two measurements of them differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from itemwise.analysis.bits_per_byte import bits_interval, bits_per_byte
from itemwise.analysis.model_pairs import model_pairs
from itemwise.analysis.paired_change import PairedChange
from itemwise.analysis.pairs import Pair
from itemwise.cases.text_score import TextScore, text_score
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Interval, bootstrap_interval, mean_flip

__all__ = ["BitsChange", "PerplexityResult", "bits_change", "bits_changes", "perplexity_results"]


@dataclass(frozen=True)
class PerplexityResult:
    """The scored `documents` of one tally, by case."""

    tally: Tally
    documents: Mapping[str, TextScore]

    @property
    def tokens(self) -> int:
        """Of all documents, by the model's own tokenizer."""
        return sum(document.tokens for document in self.documents.values())

    @property
    def bytes(self) -> int:
        """Of all documents, in UTF-8."""
        return sum(document.bytes for document in self.documents.values())

    @cached_property
    def bits_per_byte(self) -> float:
        """Over all documents together."""
        return bits_per_byte(self.documents.values())

    @property
    def interval(self) -> Interval | None:
        """Its 95 % bootstrap interval over documents; None of fewer than two, or of documents that are all alike."""
        return bits_interval(self.documents.values())

    @property
    def token_perplexity(self) -> float:
        """The exponential of the mean of minus log-probability over tokens; of one tokenizer only."""
        return self._perplexity(self.tokens)

    @property
    def word_perplexity(self) -> float:
        """The same over words."""
        return self._perplexity(sum(document.words for document in self.documents.values()))

    @property
    def windows(self) -> str:
        """The size of the windows, in tokens."""
        return ", ".join(map(str, sorted({document.window for document in self.documents.values()})))

    def _perplexity(self, parts: int) -> float:
        exponent = -sum(document.logprob for document in self.documents.values()) / parts
        return math.exp(exponent) if exponent < 700 else math.inf

    def record(self) -> dict[str, object]:
        """The figures as run.json has them."""
        names = ("tokens", "bytes", "bits_per_byte", "interval", "token_perplexity", "word_perplexity", "windows")
        return {"documents": len(self.documents), **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True)
class BitsChange(PairedChange):
    """The change of bits per byte, each document (of `cases`) weighed by its bytes."""

    unit, counted = "bits per byte", "documents"


def perplexity_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[PerplexityResult]:
    """A result for each tally whose texts were scored."""
    found = [PerplexityResult(tally, _scored({entry.case: entry for entry in entries if tally.counts_entry(entry)})) for tally in tallies]
    return [result for result in found if result.documents]


def bits_change(pair: Pair) -> BitsChange | None:
    """What became of the texts of a pair; None where none was scored on both sides, in windows of one size."""
    first, second = (_scored(side.entries) for side in (pair.first, pair.second))
    both = [(first[case], second[case]) for case in pair.judged if case in first and case in second]
    both = [(before, after) for before, after in both if (before.bytes, before.window) == (after.bytes, after.window)]
    if not both:
        return None
    points, parts = [after.bits - before.bits for before, after in both], [float(before.bytes) for before, _ in both]
    is_even = len({point / part for point, part in zip(points, parts, strict=True)}) == 1
    interval = None if is_even else bootstrap_interval(points, parts)
    return BitsChange(len(both), sum(points) / sum(parts), interval, mean_flip(points))


def bits_changes(results: Sequence[PerplexityResult], entries: Sequence[Entry]) -> list[tuple[Tally, Tally, BitsChange]]:
    """The change from the first model that a run asked to each other, on the same documents."""
    tallies = [result.tally for result in results]
    return [(first, tally, change) for first, tally, pair in model_pairs(tallies, entries) if (change := bits_change(pair))]


def _scored(entries: Mapping[str, Entry]) -> dict[str, TextScore]:
    """The scores of texts by case, of those that have one."""
    return {name: score for name, entry in entries.items() if (score := text_score(entry.scored_notes()))}
