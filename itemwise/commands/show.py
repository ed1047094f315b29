"""``python -m itemwise show RUN``: what was asked for, what answered, on what, and what it came to."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.language import ENGLISH, Language
from itemwise.reporting.sections.accuracy_section import accuracy_table
from itemwise.reporting.table import aligned
from itemwise.results.baseline_file import read_verdicts
from itemwise.results.run_folder import RunFolder
from itemwise.results.safe_text import printable

__all__ = ["show", "show_lines"]

_SUMMED_UP = ("results", "gates")  # shown as the table and the words below it


def show(name: str, say: Language = ENGLISH) -> None:
    """Print a run, or a saved baseline. Raises RunFolderError where it cannot be read."""
    for line in show_lines(read_verdicts(name), say):
        print(line)


def show_lines(run: RunFolder, say: Language = ENGLISH) -> list[str]:
    """Everything run.json holds, then the table and what the gates said."""
    told = {name: value for name, value in run.record.items() if name not in _SUMMED_UP}
    lines = [say("run: {name}", name=run.name), *_told(told, ""), ""]
    table = accuracy_table(run.tallies).told(say)
    lines += aligned(table.table(), table.words)
    lines += [str(gate["text"]) for gate in run.record.get("gates", []) if isinstance(gate, dict) and "text" in gate]
    return [printable(line) for line in lines]


def _told(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{name}"
            yield from _told(value, indent + "  ")
        else:
            yield f"{indent}{name}: {_text(value)}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value) or "none"
    return "not given" if value is None or value == {} else str(value).replace("\n", " ")
