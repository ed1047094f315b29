"""The replies of a run judged by several extractors, and how much of the score is the extractor."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from itemwise.analysis.named_extractors import CHOICE_EXTRACTORS, NUMBER_EXTRACTORS, STRICT_JSON, NamedExtractor
from itemwise.cases.case import Reply
from itemwise.results.entry import Entry
from itemwise.results.judge import answer_in
from itemwise.results.ledger import Tally
from itemwise.results.statistics import accuracy

__all__ = ["Judged", "Panel", "Read", "is_right", "panels", "read_reply"]

_NUMBER = re.compile(r"[-+]?[0-9][0-9.,/]*%?")


@dataclass(frozen=True, slots=True)
class Read:
    """What one extractor made of one reply: an answer, None where it read nothing, or the `fault` it raised."""

    answer: str | None
    fault: str = ""


@dataclass(frozen=True)
class Judged:
    """One extractor's reading of every stored reply of one benchmark, model and strategy."""

    extractor: str
    entries: Sequence[Entry]
    reads: Sequence[Read]

    @property
    def correct(self) -> int:
        """Replies whose answer is the expected one, as text."""
        return sum(is_right(entry, read) for entry, read in zip(self.entries, self.reads, strict=True))

    @property
    def raised(self) -> int:
        """Replies the extractor raised on: a fault of the extractor, left out of its accuracy."""
        return sum(bool(read.fault) for read in self.reads)

    @property
    def share(self) -> float | None:
        """Correct out of those it did not raise on."""
        return accuracy(self.correct, len(self.reads) - self.raised).share


@dataclass(frozen=True)
class Panel:
    """The readings of one benchmark, model and strategy: what the run's own table says of it, and each extractor's."""

    tally: Tally
    judged: Sequence[Judged]

    @property
    def spread(self) -> tuple[float, float] | None:
        """The lowest and the highest accuracy of its extractors; None where all raised on all replies."""
        shares = [judged.share for judged in self.judged if judged.share is not None]
        return (min(shares), max(shares)) if shares else None


def panels(tallies: Sequence[Tally], entries: Sequence[Entry], own_extractors: Sequence[NamedExtractor] = ()) -> list[Panel]:
    """A panel for each tally that has replies. The extractors of numbers judge only where the expected answers are numbers."""
    found = [(tally, [entry for entry in entries if tally.counts_entry(entry) and entry.cost]) for tally in tallies]
    return [Panel(tally, _judged([*_extractors(theirs), *own_extractors], theirs)) for tally, theirs in found if theirs]


def read_reply(read: Callable[[str], object], reply: Reply) -> Read:
    """What `read` makes of `reply`, by the rule of the run (`answer_in`). What it raises becomes a fault, never an answer."""

    def text_only(text: str) -> str | None:
        found = read(text)
        if found is not None and not isinstance(found, str):
            raise _NoTextError(f"{type(found).__name__} returned instead of text or None")
        return found

    try:
        answer = answer_in(text_only, reply)
    except _NoTextError as error:
        return Read(None, str(error))
    except Exception as error:  # an extractor's crash is a result here
        return Read(None, f"{type(error).__name__}: {error}")
    return Read(None if answer is None else str(answer))


class _NoTextError(Exception):
    """An extractor returned what is no text."""


def _judged(extractors: Sequence[NamedExtractor], entries: Sequence[Entry]) -> list[Judged]:
    """Each extractor's reading; a reply is looked up once for all of them."""
    replies = (entry.texts().reply for entry in entries)
    reads = [[read_reply(extractor.read, reply) for extractor in extractors] for reply in replies if reply]
    return [Judged(extractor.name, entries, theirs) for extractor, theirs in zip(extractors, zip(*reads, strict=True), strict=True)]


def _extractors(entries: Sequence[Entry]) -> Sequence[NamedExtractor]:
    if all(entry.choices for entry in entries):
        return CHOICE_EXTRACTORS
    return NUMBER_EXTRACTORS if all(_is_number(entry.expected) for entry in entries) else (STRICT_JSON,)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def is_right(entry: Entry, read: Read) -> bool:
    """Whether what was read is the expected answer, as text."""
    return not read.fault and read.answer == entry.expected
