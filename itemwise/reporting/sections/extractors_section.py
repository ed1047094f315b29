"""The same replies under several extractors: accuracy by extractor, the spread, and the replies that they read differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itemwise.analysis.extractor_comparison import Judged, Panel, Read, is_right, panels
from itemwise.cases.case import Verdict
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import OnPage, Row, Section, figures, named, words
from itemwise.reporting.table import accuracy_text, aligned
from itemwise.results.entry import Entry
from itemwise.results.safe_text import shortened
from itemwise.results.statistics import accuracy

__all__ = ["build", "extractors_table", "panel_lines", "spread_text"]

_COLUMNS = (
    *words("benchmark", "model, strategy", "extractor"),
    *figures("accuracy", "95% interval", "correct", "wrong", "no answer", "raised", "replies"),
)
_SHOWN = 60  # characters of an answer or a fault in the list of disagreements


def build(run: RunFacts) -> Iterator[Section]:
    """What other extractors make of the run's replies; in a terminal a line for each benchmark, model and strategy."""
    yield extractors_table(panels(run.plain_tallies, run.entries))


def extractors_table(compared: Sequence[Panel]) -> Section:
    """A row for the run's own reading of each benchmark, model and strategy, and one for each extractor."""
    return Section(
        "readers",
        "The same replies under other extractors",
        _COLUMNS,
        [Row(cells) for panel in compared for cells in _rows(panel)],
        brief=[_brief(panel) for panel in compared],
        record={"readers": [record for panel in compared for record in _record(panel)]},
        page=OnPage(title="Other extractors"),
    )


def _rows(panel: Panel) -> Iterator[tuple[str, ...]]:
    tally = panel.tally
    name = (tally.benchmark, f"{tally.model_name}, {tally.strategy}")
    counts = [tally.counts[verdict] for verdict in (Verdict.CORRECT, Verdict.WRONG)]
    nothing = tally.counts[Verdict.NO_ANSWER] + tally.counts[Verdict.TRUNCATED]
    yield (*name, "as the run judged", *accuracy_text(tally.accuracy), *map(str, counts), str(nothing), "-", str(tally.judged))
    for judged in panel.judged:
        judgeable = len(judged.reads) - judged.raised
        nothing = sum(read.answer is None and not read.fault for read in judged.reads)
        counts = [judged.correct, judgeable - judged.correct - nothing, nothing, judged.raised, len(judged.reads)]
        yield (*name, judged.extractor, *accuracy_text(accuracy(judged.correct, judgeable)), *map(str, counts))


def _brief(panel: Panel) -> str:
    shares = ", ".join(f"{judged.extractor} {'-' if judged.share is None else f'{judged.share:.1%}'}" for judged in panel.judged)
    return f"the same replies read by other extractors: {', '.join(panel.tally.key)}: {shares}"


def _record(panel: Panel) -> list[dict[str, object]]:
    """Each extractor's accuracy as plain data."""
    return [
        {
            **named(panel.tally.key),
            "reader": judged.extractor,
            "accuracy": judged.share,
            "correct": judged.correct,
            "raised": judged.raised,
            "n": len(judged.reads),
        }
        for judged in panel.judged
    ]


def panel_lines(compared: Sequence[Panel], most: int) -> list[str]:
    """Accuracy by extractor, their spread, and the cases they read in more than one way, at most `most` of each panel."""
    table = extractors_table(compared)
    lines = aligned(table.table(), table.words)
    for panel in compared:
        lines += ["", *_summary(panel), *_disagreements(panel.judged, most)]
    return lines


def spread_text(panel: Panel) -> str:
    """How far the extractors move the score, and which of them give its ends; empty where there is nothing to say."""
    if panel.spread is None:
        return ""
    low, high = panel.spread
    return f"the extractor moves the score by {100 * (high - low):.1f} points: {_by(panel.judged, low)}; {_by(panel.judged, high)}"


def _summary(panel: Panel) -> Iterator[str]:
    yield f"{panel.tally.benchmark}, {panel.tally.model_name}, {panel.tally.strategy}"
    if spread := spread_text(panel):
        yield f"  {spread}"
    indices = [index for index, entry in enumerate(panel.judged[0].entries) if entry.verdict is not Verdict.ERROR]
    for judged in panel.judged:
        same = sum(judged.reads[index].answer == judged.entries[index].answer for index in indices)
        yield f"  {judged.extractor} reads as the run did in {same} of {len(indices)} judged replies"


def _by(panel_of: Sequence[Judged], share: float) -> str:
    return f"{share:.1%} by {', '.join(judged.extractor for judged in panel_of if judged.share == share)}"


def _disagreements(panel_of: Sequence[Judged], most: int) -> Iterator[str]:
    """The replies on which extractors part ways, the telling ones first: a fault, two answers, then an answer by some only."""
    reads = zip(*(judged.reads for judged in panel_of), strict=True)
    names = [judged.extractor for judged in panel_of]
    differing = [(entry, read) for entry, read in zip(panel_of[0].entries, reads, strict=True) if len(set(read)) > 1]
    differing.sort(key=lambda pair: _read_by_some_only(pair[1]))
    some_only = sum(_read_by_some_only(read) for _, read in differing)
    yield f"  {len(differing)} replies are read in more than one way, {some_only} of them read by some and not by others"
    for entry, read in differing[:most]:
        yield f"  {entry.case}, expected {entry.expected!r}: {_by_answer(entry, names, read)}"
    if len(differing) > most:
        yield f"  and {len(differing) - most} more; --most {len(differing)} lists all"


def _read_by_some_only(read: Sequence[Read]) -> bool:
    return not any(one.fault for one in read) and len({one.answer for one in read} - {None}) == 1


def _by_answer(entry: Entry, names: Sequence[str], read: Sequence[Read]) -> str:
    extractors: dict[Read, list[str]] = {}
    for name, one in zip(names, read, strict=True):
        extractors.setdefault(one, []).append(name)
    right = {one: " (right)" if is_right(entry, one) else "" for one in extractors}
    return "; ".join(f"{_read_text(one)}{right[one]} by {', '.join(by)}" for one, by in extractors.items())


def _read_text(read: Read) -> str:
    """The answer in quotes, nothing, or the fault."""
    if read.fault:
        return f"raised {shortened(read.fault, _SHOWN)!r}"
    return "nothing" if read.answer is None else repr(shortened(read.answer, _SHOWN))
