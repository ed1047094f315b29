"""``comment.md``: what a pull request is told of a run, short whatever the run holds: the verdict in one line, tables, gates with flips."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itemwise.analysis.pairs import Pair
from itemwise.cases.reply import Verdict
from itemwise.language import Language, joined, phrase
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.baseline_section import outcome
from itemwise.reporting.sections.section import Note, Section
from itemwise.reporting.table import accuracy_text, interval_text
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
    sections, say = {section.id: section for section in run.told}, run.language
    lines = [MARK, f"### itemwise: {say(_gates(run))}", "", escaped(_short(say(_verdict(run)), _LINE)), ""]
    for name in _SHOWN:
        if name in sections:
            lines += [*section_lines(_bounded(sections[name], say), say), *([""] if sections[name].notes else [])]
    return "\n".join(_within(lines, say)).rstrip("\n") + "\n"


def _gates(run: RunRecord) -> str:
    count, passed = len(run.decisions), sum(decision.passed for decision in run.decisions)
    if not count:
        return phrase("no gate")
    return phrase("{mark} {passed} of {n} {n:gate|gates} passed", mark="✅" if passed == count else "❌", passed=passed, n=count)


def _verdict(run: RunRecord) -> str:
    """What the run shows, in one line."""
    pairs = run.against_baseline
    errors = sum(tally.counts[Verdict.ERROR] for tally in run.tallies)
    told = _of_pairs(pairs) if pairs else _of_tallies(run.tallies)
    return joined([told, phrase("{n} {n:case|cases} ended in an infrastructure error", n=errors)], "; ") if errors else told


def _of_pairs(pairs: Sequence[Pair]) -> str:
    worst = min(pairs, key=lambda pair: pair.change or 0.0)
    if len(pairs) == 1:
        return _of_pair(worst)
    outcomes = [outcome(pair) for pair in pairs]
    kinds = [phrase(kind) for kind in ("worse", "better", "no difference shown") if kind in outcomes]
    counts = joined(phrase("{n} {outcome}", n=outcomes.count(kind), outcome=kind) for kind in kinds)
    told = "{n} {n:measurement|measurements} against the baseline: {counts}. The lowest: {pair}"
    return phrase(told, n=len(pairs), counts=counts, pair=_of_pair(worst))


def _of_pair(pair: Pair) -> str:
    before, now = (accuracy_text(side.accuracy)[0] for side in (pair.first, pair.second))
    change = pair.change or 0.0
    moved = "{name} fell by {points:.1f} points from {before} to {now}" if change < 0 else "{name} stayed from {before} to {now}"
    if change > 0:
        moved = "{name} rose by {points:.1f} points from {before} to {now}"
    return phrase(
        "{moved} (95% interval of the difference {interval}): {shown} (p = {p:.3g}, {lost} lost and {gained} gained of {n})",
        moved=phrase(moved, name=_name(pair.second.tally), points=100 * abs(change), before=before, now=now),
        interval=interval_text(pair.interval),
        shown=phrase("a difference is shown" if pair.is_shown else "no difference is shown, as flips like these can be chance"),
        p=pair.p,
        lost=len(pair.lost),
        gained=len(pair.gained),
        n=len(pair.judged),
    )


def _of_tallies(tallies: Sequence[Tally]) -> str:
    if len(tallies) != 1:
        return phrase("{n} {n:measurement|measurements}, compared with no baseline", n=len(tallies))
    share, interval = accuracy_text(tallies[0].accuracy)
    told = "{name}: {share} (95% interval {interval}) of {n}, compared with no baseline"
    return phrase(told, name=_name(tallies[0]), share=share, interval=interval, n=tallies[0].judged)


def _name(tally: Tally) -> str:
    return f"{tally.benchmark} ({', '.join(tally.key.names[1:])})"


def _bounded(section: Section, say: Language) -> Section:
    """The section with what a comment has room for, and a line for what it has not."""
    rows = [row._replace(cells=[_short(cell, _CELL) for cell in row.cells]) for row in section.rows[:_ROWS]]
    notes = [note._replace(text=_short(note.text, _NOTE)) for note in sorted(section.notes, key=lambda note: note.passed is True)[:_NOTES]]
    rows_left, notes_left = len(section.rows) - _ROWS, len(section.notes) - _NOTES
    notes += [Note(say("{n} more {n:row is|rows are} in summary.md", n=rows_left))] if rows_left > 0 else []
    notes += [Note(say("{n} more {n:line is|lines are} in summary.md", n=notes_left))] if notes_left > 0 else []
    return replace(section, rows=rows, notes=notes)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."


def _within(lines: Sequence[str], say: Language) -> Iterator[str]:
    """The lines that fit, and one that says that there were more."""
    left = LIMIT
    for number, line in enumerate(lines):
        left -= len(line.encode("utf-8", "backslashreplace")) + 1
        if left < 0:
            yield "\n" + say("cut off here: {n} more {n:line is|lines are} in summary.md", n=len(lines) - number)
            return
        yield line
