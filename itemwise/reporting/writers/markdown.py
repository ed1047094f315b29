"""``summary.md``: the table as Markdown, for pull requests and CI step summaries."""

from __future__ import annotations

from collections.abc import Sequence

from itemwise.engine.batch_check import invariance_lines
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.choices_section import CHOICE_COLUMNS, SPLIT_COLUMNS, choice_rows, control_lines, short_splits, split_rows
from itemwise.reporting.sections.drops_section import drop_text
from itemwise.reporting.sections.extractors_section import PANEL_COLUMNS, panel_rows
from itemwise.reporting.sections.ladder_section import LADDER_COLUMNS, ladder_rows, ladder_summary
from itemwise.reporting.sections.pins import pin_lines
from itemwise.reporting.sections.snapshots_section import snapshot_lines, snapshot_table
from itemwise.reporting.table import COLUMNS, cause_table, cells
from itemwise.snapshots import FileChanges

__all__ = ["summary_md"]

_SPLIT_BY = 200  # values of a tag that the summary shows; a step summary of GitHub holds 1 MiB


def summary_md(run: RunRecord) -> str:
    """The table, the causes, the ladder, the panel of extractors, what was measured, and the gates."""
    lines = _table([COLUMNS, *(cells(tally) for tally in run.tallies)])
    lines += [*(f"- {_escaped(note)}" for note in run.notes), ""] if run.notes else []
    if run.choices:
        lines += ["### Choices beside chance", "", *_table([CHOICE_COLUMNS, *choice_rows(run.choices)])]
        lines += [*(f"- {_escaped(line)}" for line in control_lines(run.choices)), ""]
    if run.splits:
        short, long = short_splits(run.splits, _SPLIT_BY)
        lines += ["### By tag", "", *(_table([SPLIT_COLUMNS, *split_rows(short)]) if short else [])]
        lines += [*(f"- {_escaped(line)}" for line in long), ""] if long else []
    if causes := cause_table(run.tallies):
        lines += ["### Why cases are not correct", "", *_table(causes)]
    for ladder in run.ladders:
        lines += [f"### The ladder of {_escaped(ladder.benchmark)}", "", *_table([LADDER_COLUMNS, *ladder_rows(ladder)])]
        lines += [*(_escaped(line) for line in ladder_summary(ladder)), ""]
    if run.drops:
        lines += ["### From made problems to renumbered ones", "", *(f"- {_escaped(drop_text(drop))}" for drop in run.drops), ""]
    if run.panels:
        judged = [row for panel in run.panels for row in panel_rows(panel)]
        lines += ["### The same replies under other extractors", "", *_table([PANEL_COLUMNS, *judged])]
    if run.snapshots:
        lines += ["### How replies changed since they were kept", "", *_snapshots(run.snapshots)]
    lines += ["### What was measured", ""]
    for name, model in run.measured.items():
        lines.append(f"- **{_escaped(name)}**: " + _escaped(", ".join(f"{key} {value}" for key, value in model.items() if key != "model")))
    for label, rows in run.rows.items():
        lines.append(f"- **{_escaped(label)}**: " + _escaped(", ".join(f"{key} {value}" for key, value in rows.items())))
    lines += [f"- {_escaped(line)}" for line in pin_lines(run.rows)]
    lines += [f"- {_escaped(line.strip())}" for line in invariance_lines(run.batch_check)]
    lines.append(f"- {run.generated} replies generated, {run.recalled} from the store")
    lines += [f"- {'✅' if decision.passed else '❌'} {_escaped(decision.text)}" for decision in run.decisions]
    return "\n".join(lines) + "\n"


def _snapshots(files: Sequence[FileChanges]) -> list[str]:
    counted, told = snapshot_table(files), snapshot_lines(files)
    return [*(_table(counted, words=1) if counted else []), *(f"- {_escaped(line)}" for line in told), *([""] if told else [])]


def _table(rows: Sequence[Sequence[str]], words: int = 3) -> list[str]:
    head, *rest = rows
    return [_row(head), _row(["---"] * words + ["---:"] * (len(head) - words)), *(_row(row) for row in rest), ""]


def _row(texts: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(text) for text in texts) + " |"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\r", " ").replace("\n", " ")
