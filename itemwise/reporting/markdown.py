"""``summary.md``: the table as Markdown, for pull requests and CI step summaries."""

from __future__ import annotations

from itemwise.reporting.run import RunRecord
from itemwise.reporting.table import COLUMNS, cells

__all__ = ["summary_md"]


def summary_md(run: RunRecord) -> str:
    """The table, what was measured, and the gates."""
    lines = [_row(COLUMNS), _row(["---"] * 3 + ["---:"] * (len(COLUMNS) - 3)), *(_row(cells(tally)) for tally in run.tallies), ""]
    for name, model in run.measured.items():
        lines.append(f"- **{_escaped(name)}**: " + _escaped(", ".join(f"{key} {value}" for key, value in model.items() if key != "model")))
    for label, rows in run.rows.items():
        lines.append(f"- **{_escaped(label)}**: " + _escaped(", ".join(f"{key} {value}" for key, value in rows.items())))
    lines.append(f"- {run.generated} replies generated, {run.recalled} from the store")
    lines += [f"- {'✅' if decision.passed else '❌'} {_escaped(decision.text)}" for decision in run.decisions]
    return "\n".join(lines) + "\n"


def _row(texts: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(_escaped(text) for text in texts) + " |"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\r", " ").replace("\n", " ")
