"""``python -m itemwise panel RUN``: the stored replies judged by several readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from itemwise.analysis.extractor_comparison import panels
from itemwise.analysis.named_extractors import Reader, reader_named
from itemwise.commands import CommandError
from itemwise.import_string import NamedError
from itemwise.reporting.read_folder import RunFolder, read_run
from itemwise.reporting.sections.extractors_section import panel_lines
from itemwise.reporting.text import printable

__all__ = ["panel", "run_panel"]


def panel(name: str, own_readers: Sequence[str], most: int) -> None:
    """Print the panel over a run. Raises CommandError where the run or a reader cannot be had."""
    try:
        readers = [reader_named(text, [Path.cwd()]) for text in own_readers]
    except NamedError as error:
        raise CommandError(str(error)) from None
    for line in run_panel(read_run(name), readers, most):
        print(line)


def run_panel(run: RunFolder, own_readers: Sequence[Reader] = (), most: int = 20) -> list[str]:
    """The panel's lines. Raises CommandError where the run holds no reply."""
    found = panels(run.tallies, run.entries, own_readers)
    if not found:
        raise CommandError(f"{run.name} holds no replies to read.")
    return [printable(line) for line in [f"run: {run.name}", *panel_lines(found, most)]]
