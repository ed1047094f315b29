"""``python -m itemwise benchmarks``: every benchmark of a folder with its version, size, licence, source, suites and published numbers."""

from collections.abc import Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from itemwise.cases.benchmark import MARK, Benchmark
from itemwise.cases.card import Card
from itemwise.commands import CommandError, terminal_width
from itemwise.commands.copy_benchmarks import benchmark_files
from itemwise.reporting.narrow import fitted, wrapped
from itemwise.results.safe_text import printable

__all__ = ["benchmark_lines", "benchmarks", "benchmarks_in"]

_HEADS = ("name", "version", "rows", "measures", "suites", "licence", "source")
_REVISION = 12  # characters of a commit


def benchmarks(folder: str | None = None) -> None:
    """Print the benchmarks of `folder`, of the installation where none is given. Raises CommandError where there is none."""
    files = sorted(Path(folder).glob("test_*.py")) if folder else benchmark_files()
    if not files:
        raise CommandError(f"{folder} holds no file test_*.py; give the folder of the benchmarks.")
    for line in benchmark_lines([found for file in files for found in benchmarks_in(file)], terminal_width()):
        print(line)


def benchmark_lines(named: Sequence[tuple[str, Benchmark]], width: int = 0) -> list[str]:
    """A table of benchmarks by their names, and below it the numbers that others published of them, in lines of at most `width`
    characters, 0 for any."""
    table = fitted([_HEADS, *(_row(name, benchmark.card) for name, benchmark in named)], len(_HEADS), width)
    published = [f"{name}: {line}" for name, found in named if found.card for line in found.card.published]
    heading = ["", "Published numbers (how to compare with them: docs/published-numbers.md):"] if published else []
    return [part for line in [*table, *heading, *published] for part in wrapped(printable(line), width)]


def _row(name: str, card: Card | None) -> tuple[str, ...]:
    if card is None:
        return name, "-", "-", "it has no card", "-", "-", "-"
    commit = f"@{card.hub.revision[:_REVISION]}" if card.hub.revision else ", not pinned"
    return name, str(card.version), card.rows, card.measures, ", ".join(card.suites), card.licence, f"{card.hub.path}{commit}"


def benchmarks_in(file: Path) -> Iterator[tuple[str, Benchmark]]:
    """The benchmarks that a file declares, by name. Raises CommandError where it cannot be imported."""
    spec = spec_from_file_location(f"itemwise_benchmarks.{file.stem}", file)
    assert spec is not None, "a file whose name ends in .py"
    assert spec.loader is not None, "as above"
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a file of the user's raises
        raise CommandError(f"{file} cannot be read: {type(error).__name__}: {error}") from error
    for name, value in vars(module).items():
        for mark in getattr(value, "pytestmark", ()) if name.startswith("test_") else ():
            if mark.name == MARK:
                yield name.removeprefix("test_"), mark.kwargs["benchmark"]
