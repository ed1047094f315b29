"""``python -m itemwise panel RUN``: the stored replies judged by several readers, and how much of the score is the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from itemwise.benchmark import accepted
from itemwise.case import Verdict
from itemwise.commands import CommandError
from itemwise.commands.readers import NUMBER_READERS, STRICT_JSON, Reader, reader_named
from itemwise.commands.run_folder import RunFolder, read_run
from itemwise.ledger import Entry, Tally
from itemwise.reporting.table import accuracy_text, aligned
from itemwise.reporting.text import printable, shortened
from itemwise.statistics import accuracy

__all__ = ["COLUMNS", "Judged", "Read", "panel", "panel_lines", "read_reply"]

COLUMNS = ("benchmark", "model, strategy", "reader", "accuracy", "95% interval", "correct", "wrong", "no answer", "raised", "replies")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,/]*%?")
_SHOWN = 60  # characters of an answer or a fault in the list of disagreements


def panel(name: str, own_readers: Sequence[str], most: int) -> None:
    """Print the panel over a run. Raises CommandError where the run or a reader cannot be had."""
    for line in panel_lines(read_run(name), [reader_named(text) for text in own_readers], most):
        print(line)


@dataclass(frozen=True)
class Read:
    """What one reader made of one reply: an answer, None where it read nothing, or the `fault` it raised."""

    answer: str | None
    fault: str = ""

    @property
    def text(self) -> str:
        """For people: the answer in quotes, nothing, or the fault."""
        if self.fault:
            return f"raised {shortened(self.fault, _SHOWN)!r}"
        return "nothing" if self.answer is None else repr(shortened(self.answer, _SHOWN))


@dataclass(frozen=True)
class Judged:
    """One reader's reading of every stored reply of one benchmark, model and strategy."""

    reader: str
    entries: Sequence[Entry]
    reads: Sequence[Read]

    @property
    def correct(self) -> int:
        """Replies whose answer is the expected one, as text."""
        return sum(_right(entry, read) for entry, read in zip(self.entries, self.reads, strict=True))

    @property
    def raised(self) -> int:
        """Replies the reader raised on: a fault of the reader, left out of its accuracy."""
        return sum(bool(read.fault) for read in self.reads)

    @property
    def share(self) -> float | None:
        """Correct out of those it did not raise on."""
        return accuracy(self.correct, len(self.reads) - self.raised).share


def panel_lines(run: RunFolder, own_readers: Sequence[Reader] = (), most: int = 20) -> list[str]:
    """Accuracy by reader, their spread, and the cases they read in more than one way, at most `most` of each part.

    The readers of numbers judge only benchmarks whose expected answers are numbers. Raises CommandError where the run
    holds no reply.
    """
    parts = [(tally, entries) for tally in run.tallies if (entries := [entry for entry in run.entries_of(tally) if entry.reply])]
    if not parts:
        raise CommandError(f"{run.name} holds no replies to read.")
    judged = [(tally, [_judged(reader, entries) for reader in [*_readers(entries), *own_readers]]) for tally, entries in parts]
    rows = [row for tally, panel_of in judged for row in _rows(tally, panel_of)]
    lines = [f"run: {run.name}", *aligned([COLUMNS, *rows])]
    for tally, panel_of in judged:
        lines += ["", *_summary(tally, panel_of), *_disagreements(panel_of, most)]
    return [printable(line) for line in lines]


def read_reply(read: Callable[[str], object], entry: Entry) -> Read:
    """What `read` makes of the entry's reply, by the rule of the run: in a reply that the token limit cut off, a number
    that was merely the last one (``stated`` is False) is no answer. What it raises becomes a fault, never an answer."""
    try:
        found = read(entry.reply["text"])
    except Exception as error:  # a reader's crash is a result here
        return Read(None, f"{type(error).__name__}: {error}")
    if found is not None and not isinstance(found, str):
        return Read(None, f"{type(found).__name__} returned instead of text or None")
    answer = accepted(found, truncated=entry.reply.get("finish_reason") == "length")
    return Read(None if answer is None else str(answer))


def _judged(reader: Reader, entries: Sequence[Entry]) -> Judged:
    return Judged(reader.name, entries, [read_reply(reader.read, entry) for entry in entries])


def _readers(entries: Sequence[Entry]) -> Sequence[Reader]:
    return NUMBER_READERS if all(_is_number(entry.expected) for entry in entries) else (STRICT_JSON,)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _right(entry: Entry, read: Read) -> bool:
    return not read.fault and read.answer == entry.expected


def _rows(tally: Tally, panel_of: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    named = (tally.benchmark, f"{tally.model_name}, {tally.strategy}")
    counts = [tally.counts[verdict] for verdict in (Verdict.CORRECT, Verdict.WRONG)]
    nothing = tally.counts[Verdict.NO_ANSWER] + tally.counts[Verdict.TRUNCATED]
    yield (*named, "as the run judged", *accuracy_text(tally.accuracy), *map(str, counts), str(nothing), "-", str(tally.judged))
    for judged in panel_of:
        read = len(judged.reads) - judged.raised
        nothing = sum(each.answer is None and not each.fault for each in judged.reads)
        counts = [judged.correct, read - judged.correct - nothing, nothing, judged.raised, len(judged.reads)]
        yield (*named, judged.reader, *accuracy_text(accuracy(judged.correct, read)), *map(str, counts))


def _summary(tally: Tally, panel_of: Sequence[Judged]) -> Iterator[str]:
    yield f"{tally.benchmark}, {tally.model_name}, {tally.strategy}"
    if shares := [judged.share for judged in panel_of if judged.share is not None]:
        low, high = min(shares), max(shares)
        yield f"  the reader moves the score by {100 * (high - low):.1f} points: {_by(panel_of, low)}; {_by(panel_of, high)}"
    asked = [place for place, entry in enumerate(panel_of[0].entries) if entry.verdict is not Verdict.ERROR]
    for judged in panel_of:
        same = sum(judged.reads[place].answer == judged.entries[place].answer for place in asked)
        yield f"  {judged.reader} reads as the run did in {same} of {len(asked)} judged replies"


def _by(panel_of: Sequence[Judged], share: float) -> str:
    return f"{share:.1%} by {', '.join(judged.reader for judged in panel_of if judged.share == share)}"


def _disagreements(panel_of: Sequence[Judged], most: int) -> Iterator[str]:
    """The replies on which readers part ways, the telling ones first: a fault, two answers, then an answer by some only."""
    reads = zip(*(judged.reads for judged in panel_of), strict=True)
    names = [judged.reader for judged in panel_of]
    found = [(entry, read) for entry, read in zip(panel_of[0].entries, reads, strict=True) if len(set(read)) > 1]
    found.sort(key=lambda parting: _read_by_some_only(parting[1]))
    some_only = sum(_read_by_some_only(read) for _, read in found)
    yield f"  {len(found)} replies are read in more than one way, {some_only} of them read by some and not by others"
    for entry, read in found[:most]:
        yield f"  {entry.case}, expected {entry.expected!r}: {_by_answer(entry, names, read)}"
    if len(found) > most:
        yield f"  and {len(found) - most} more; --most {len(found)} lists all"


def _read_by_some_only(read: Sequence[Read]) -> bool:
    return not any(each.fault for each in read) and len({each.answer for each in read} - {None}) == 1


def _by_answer(entry: Entry, names: Sequence[str], read: Sequence[Read]) -> str:
    readers: dict[Read, list[str]] = {}
    for name, each in zip(names, read, strict=True):
        readers.setdefault(each, []).append(name)
    right = {each: " (right)" if _right(entry, each) else "" for each in readers}
    return "; ".join(f"{each.text}{right[each]} by {', '.join(by)}" for each, by in readers.items())
