"""``python -m itemwise show RUN``: what was asked for, what answered, on what, and what it came to."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.commands import terminal_width
from itemwise.language import ENGLISH, Language
from itemwise.reporting.narrow import fitted, wrapped
from itemwise.reporting.sections.accuracy_section import accuracy_table
from itemwise.results.baseline_file import read_verdicts
from itemwise.results.run_folder import RunFolder
from itemwise.results.safe_text import printable

__all__ = ["show", "show_lines"]

_SUMMED_UP = ("results", "gates")  # shown as the table and the words below it
_BY_NAME = {"models": 1, "rows": 1, "strategies": 2}  # below which keys are names, on so many levels


def show(name: str, say: Language = ENGLISH) -> None:
    """Print a run, or a saved baseline. Raises RunFolderError where it cannot be read."""
    for line in show_lines(read_verdicts(name), say, terminal_width()):
        print(line)


def show_lines(run: RunFolder, say: Language = ENGLISH, width: int = 0) -> list[str]:
    """Everything run.json holds, then the table and what the gates said, in lines of at most `width` characters, 0 for any, but for what is
    one word."""
    told = {name: value for name, value in run.record.items() if name not in _SUMMED_UP}
    lines = [say("run: {name}", name=run.name), *_told(told, "", say), ""]
    table = accuracy_table(run.tallies).told(say)
    lines += fitted(table.table(), table.words, width, say)
    lines += [str(gate["text"]) for gate in run.record.get("gates", []) if isinstance(gate, dict) and "text" in gate]
    return [part for line in lines for part in wrapped(printable(line), width)]


def _told(values: Mapping[str, Any], indent: str, say: Language, names: int = 0) -> Iterator[str]:
    for name, value in values.items():
        called = f"{indent}{name if names else say(name)}"
        if isinstance(value, dict) and value:
            yield called
            yield from _told(value, indent + "  ", say, names - 1 if names else _BY_NAME.get(name, 0))
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield called
            yield from (f"{indent}  {_text(each, say)}" for each in value)
        else:
            yield f"{called}: {_text(value, say)}"


def _text(value: Any, say: Language) -> str:
    """A value in a line; of an object its names and values."""
    if isinstance(value, dict) and value:
        return "; ".join(f"{say(name)} {_text(each, say)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_text(each, say) for each in value) or say("none")
    return say("not given") if value is None or value == {} else str(value).replace("\n", " ")
