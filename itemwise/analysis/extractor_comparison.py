"""Extractor comparison: the same stored replies read by several extractors, and how far that moves the accuracy."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from itemwise.analysis.named_extractors import CHOICE_EXTRACTORS, NUMBER_EXTRACTORS, STRICT_JSON
from itemwise.cases.option_scores import option_scores
from itemwise.cases.reply import Reply, Verdict
from itemwise.extractors import stated_expression
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols import extractors_of_protocols, protocols
from itemwise.results.entry import Entry
from itemwise.results.judge import answer_in
from itemwise.results.labels import Label
from itemwise.results.ledger import Tally, item_counts
from itemwise.results.statistics import Accuracy, accuracy, item_accuracy

__all__ = ["ExtractorResult", "ExtractorComparison", "Extraction", "asks_for_json", "is_right", "extractor_comparisons", "extract_from"]

_NUMBER = re.compile(r"[-+]?[0-9][0-9.,/]*%?")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one extractor made of one reply: an answer, None where it read nothing, or the `fault` it raised."""

    answer: str | None
    fault: str = ""


@dataclass(frozen=True)
class ExtractorResult:
    """One extractor's reading of every stored reply of one benchmark, model and strategy."""

    extractor: str
    entries: Sequence[Entry]
    extractions: Sequence[Extraction]

    @property
    def correct(self) -> int:
        """Replies whose answer is the expected one, as text."""
        return sum(is_right(entry, extraction) for entry, extraction in zip(self.entries, self.extractions, strict=True))

    @property
    def raised(self) -> int:
        """Replies the extractor raised on: a fault of the extractor, left out of its accuracy."""
        return sum(bool(extraction.fault) for extraction in self.extractions)

    @property
    def share(self) -> float | None:
        """Correct out of those it did not raise on."""
        return self.accuracy.share

    @property
    def accuracy(self) -> Accuracy:
        """That share with its interval, which is of items where they were asked several times, or in every order of their options."""
        if all(entry.repeat == entry.orders == 1 for entry in self.entries):
            return accuracy(self.correct, len(self.extractions) - self.raised)
        read = (
            replace(entry, verdict=_verdict(entry, extraction)) for entry, extraction in zip(self.entries, self.extractions, strict=True)
        )
        return item_accuracy([*item_counts(read).values()])


@dataclass(frozen=True)
class ExtractorComparison:
    """The readings of one benchmark, model and strategy: what the run's own table says of it, and each extractor's."""

    tally: Tally
    results: Sequence[ExtractorResult]

    @property
    def spread(self) -> tuple[float, float] | None:
        """The lowest and the highest accuracy of its extractors; None where all raised on all replies."""
        shares = [result.share for result in self.results if result.share is not None]
        return (min(shares), max(shares)) if shares else None

    @property
    def brief(self) -> list[ExtractorResult]:
        """Without those of protocols that its cases were not asked by."""
        told = self.results[0].entries[0].rows.get("protocol", "") if self.results else ""
        asked = protocols().get(told.removeprefix("changed from ").partition(":")[0])
        shown = {extractor.name for extractor in (*NUMBER_EXTRACTORS, *CHOICE_EXTRACTORS, *(asked.extractors if asked else ()))}
        apart = {extractor.name for extractor in extractors_of_protocols()} - shown
        return [result for result in self.results if result.extractor not in apart]


def extractor_comparisons(
    tallies: Sequence[Tally], entries: Sequence[Entry], own_extractors: Sequence[NamedExtractor] = ()
) -> list[ExtractorComparison]:
    """One for each tally that has generated replies: by the package's own extractors, those of the protocols of its benchmark, and
    `own_extractors`. Of the package's those judge that are of its kind of answers: for choices, for numbers, and for any other strict JSON
    where the prompts ask for JSON."""
    answered = [(tally, [entry for entry in entries if tally.counts_entry(entry) and entry.cost]) for tally in tallies]
    generated = [(tally, group) for tally, group in answered if group and not _is_scored(tally, group)]
    asked = [(tally, group, [*_extractors(tally, group), *own_extractors]) for tally, group in generated]
    return [ExtractorComparison(tally, _results(extractors, group)) for tally, group, extractors in asked if extractors]


def asks_for_json(entries: Iterable[Entry]) -> bool:
    """Whether every prompt asks for JSON."""
    return all("json" in entry.texts().prompt.lower() for entry in entries)


def extract_from(read: Callable[[str], object], reply: Reply) -> Extraction:
    """What `read` makes of `reply`, by the rule of the run (`answer_in`). What it raises becomes a fault, never an answer."""

    def text_only(text: str) -> str | None:
        answer = read(text)
        if answer is not None and not isinstance(answer, str):
            raise _NoTextError(f"{type(answer).__name__} returned instead of text or None")
        return answer

    try:
        answer = answer_in(text_only, reply)
    except _NoTextError as error:
        return Extraction(None, str(error))
    except Exception as error:  # an extractor's crash is a result here
        return Extraction(None, f"{type(error).__name__}: {error}")
    return Extraction(None if answer is None else str(answer))


class _NoTextError(Exception):
    """An extractor returned what is no text."""


def _results(extractors: Sequence[NamedExtractor], entries: Sequence[Entry]) -> list[ExtractorResult]:
    """Each extractor's reading; a reply is looked up once for all of them."""
    replies = ((entry, entry.texts().reply) for entry in entries)
    rows = [[_extraction(extractor, reply, entry) for extractor in extractors] for entry, reply in replies if reply]
    columns = zip(*rows, strict=True)
    return [ExtractorResult(extractor.name, entries, column) for extractor, column in zip(extractors, columns, strict=True)]


def _extraction(extractor: NamedExtractor, reply: Reply, entry: Entry) -> Extraction:
    return extract_from(partial(extractor.answer, expected=entry.expected, choices=entry.choices), reply)


def _is_scored(tally: Tally, entries: Sequence[Entry]) -> bool:
    """Whether options or texts were scored, so that there is nothing to read."""
    return not tally.is_answered or any(option_scores(entry.scored_notes()) for entry in entries)


def _extractors(tally: Tally, entries: Sequence[Entry]) -> Sequence[NamedExtractor]:
    if any(entry.rows.get("reader") == stated_expression.__name__ for entry in entries):  # which are the same by value, not as text
        return extractors_of_protocols(Label.parse(tally.benchmark).name)
    ours: Sequence[NamedExtractor] = ()
    if all(entry.choices for entry in entries):
        ours = CHOICE_EXTRACTORS
    elif all(_NUMBER.fullmatch(entry.expected) for entry in entries):
        ours = NUMBER_EXTRACTORS
    elif asks_for_json(entries):
        ours = (STRICT_JSON,)
    theirs = extractors_of_protocols(Label.parse(tally.benchmark).name)
    return [*ours, *(extractor for extractor in theirs if extractor not in ours)]


def _verdict(entry: Entry, extraction: Extraction) -> Verdict:
    """What the extractor alone makes of a reply; where it raised it says nothing of the model."""
    return Verdict.ERROR if extraction.fault else Verdict.CORRECT if is_right(entry, extraction) else Verdict.WRONG


def is_right(entry: Entry, extraction: Extraction) -> bool:
    """Whether what was read is the expected answer, as text."""
    return not extraction.fault and extraction.answer == entry.expected
