"""``comment.md``: what a pull request is told of a run, short whatever the run holds: the verdict in one line, tables, gates with flips."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itemwise.analysis.pairs import Pair
from itemwise.cases.reply import Verdict
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.baseline_section import outcome
from itemwise.reporting.sections.section import Note, Section
from itemwise.reporting.table import accuracy_text, interval_text, points_text
from itemwise.reporting.writers.markdown import escaped, section_lines
from itemwise.results.ledger import Tally

__all__ = ["LIMIT", "MARK", "comment_md"]

MARK = "<!-- itemwise -->"  # by which a later run finds the comment that it takes the place of
LIMIT = 60_000  # bytes; a comment of GitHub may have 65,536 characters, and whoever posts this one may add to it
_SHOWN = ("accuracy", "baseline", "gates")  # the sections; summary.md has all
_ROWS, _NOTES = 20, 20
_CELL, _NOTE, _LINE = 80, 900, 400  # characters


def comment_md(run: RunRecord) -> str:
    """The comment, in at most LIMIT bytes. Names and replies make no link, mention or markup of it, as in `summary_md`."""
    sections = {section.id: section for section in run.sections}
    lines = [MARK, f"### itemwise: {_gates(run)}", "", escaped(_short(_verdict(run), _LINE)), ""]
    for name in _SHOWN:
        if name in sections:
            lines += [*section_lines(_bounded(sections[name])), *([""] if sections[name].notes else [])]
    return "\n".join(_within(lines)).rstrip("\n") + "\n"


def _gates(run: RunRecord) -> str:
    count, passed = len(run.decisions), sum(decision.passed for decision in run.decisions)
    return f"{'✅' if passed == count else '❌'} {passed} of {count} gates passed" if count else "no gate"


def _verdict(run: RunRecord) -> str:
    """What the run shows, in one line."""
    pairs = run.against_baseline
    errors = sum(tally.counts[Verdict.ERROR] for tally in run.tallies)
    told = _of_pairs(pairs) if pairs else _of_tallies(run.tallies)
    return told + (f"; {errors} cases ended in an infrastructure error" if errors else "")


def _of_pairs(pairs: Sequence[Pair]) -> str:
    worst = min(pairs, key=lambda pair: pair.change or 0.0)
    if len(pairs) == 1:
        return _of_pair(worst)
    outcomes = [outcome(pair) for pair in pairs]
    counts = ", ".join(f"{outcomes.count(kind)} {kind}" for kind in ("worse", "better", "no difference shown") if kind in outcomes)
    return f"{len(pairs)} measurements against the baseline: {counts}. The lowest: {_of_pair(worst)}"


def _of_pair(pair: Pair) -> str:
    before, now = (accuracy_text(side.accuracy)[0] for side in (pair.first, pair.second))
    change = pair.change or 0.0
    moved = "fell" if change < 0 else "rose" if change > 0 else "stayed"
    by = f" by {points_text(abs(change)).removeprefix('+')}" if change else ""
    shown = "a difference is shown" if pair.is_shown else "no difference is shown, as flips like these can be chance"
    return (
        f"{_name(pair.second.tally)} {moved}{by} from {before} to {now} (95% interval of the difference {interval_text(pair.interval)}): "
        f"{shown} (p = {pair.p:.3g}, {len(pair.lost)} lost and {len(pair.gained)} gained of {len(pair.judged)})"
    )


def _of_tallies(tallies: Sequence[Tally]) -> str:
    if len(tallies) != 1:
        return f"{len(tallies)} measurements, compared with no baseline"
    share, interval = accuracy_text(tallies[0].accuracy)
    return f"{_name(tallies[0])}: {share} (95% interval {interval}) of {tallies[0].judged}, compared with no baseline"


def _name(tally: Tally) -> str:
    return f"{tally.benchmark} ({', '.join(tally.key.names[1:])})"


def _bounded(section: Section) -> Section:
    """The section with what a comment has room for, and a line for what it has not."""
    rows = [row._replace(cells=[_short(cell, _CELL) for cell in row.cells]) for row in section.rows[:_ROWS]]
    notes = [note._replace(text=_short(note.text, _NOTE)) for note in sorted(section.notes, key=lambda note: note.passed is True)[:_NOTES]]
    more = [(len(section.rows) - _ROWS, "rows"), (len(section.notes) - _NOTES, "lines")]
    notes += [Note(f"{count} more {what} are in summary.md") for count, what in more if count > 0]
    return replace(section, rows=rows, notes=notes)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."


def _within(lines: Sequence[str]) -> Iterator[str]:
    """The lines that fit, and one that says that there were more."""
    left = LIMIT
    for number, line in enumerate(lines):
        left -= len(line.encode("utf-8", "backslashreplace")) + 1
        if left < 0:
            yield f"\ncut off here: {len(lines) - number} more lines are in summary.md"
            return
        yield line
