"""``python -m tools.read_golds FOLDER``: how often each benchmark's extractor reads its own golds, in five renderings, on all rows.

FOLDER has a folder for each benchmark, called after it. What is no 100% is a gold that the extractor reads otherwise: each is named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import LETTERS, Case
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.commands.benchmarks import benchmarks_in
from itemwise.commands.copy_benchmarks import benchmark_files

NUMBERS = ("{}", "3 + 4 = 7\n#### {}", "So \\boxed{{{}}}.", '{{"steps": ["3+4=7"], "answer": "{}"}}', "3 + 4 = 7\nThe answer is {}.")
CHOICES = ("{}", "({})", "So \\boxed{{{}}}.", '{{"answer": "{}"}}', "The answer is {}.")
_NAMED = 5  # golds of a benchmark that are read otherwise


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each benchmark that FOLDER has rows of; 1 where one reads a gold otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tools.read_golds", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args(arguments).folder
    missed = 0
    for name, benchmark in (found for file in benchmark_files() for found in benchmarks_in(file)):
        if (folder / name).is_dir():
            missed += _report(name, benchmark, Source("file", path=folder / name))
    return int(missed > 0)


def _report(name: str, benchmark: Benchmark, source: Source) -> int:
    """Print what was read of a benchmark's golds; how many renderings were read otherwise, and how many configurations not at all."""
    rows, missed, faults = 0, [], []
    for config in benchmark.configs or ("",):
        cases, fault = _cases(benchmark.of_config(config), source)
        rows += len(cases)
        missed += [line for case in cases for line in _read_otherwise(benchmark, case)]
        faults += [fault] if fault else []
    total = rows * len(NUMBERS)
    print(f"{name}: {rows} rows, {total - len(missed)} of {total} renderings read as the gold")
    for line in [*faults, *islice(missed, _NAMED)]:
        print(f"  {line}")
    return len(missed) + len(faults)


def _cases(benchmark: Benchmark, source: Source) -> tuple[list[Case], str]:
    """The cases of `source`, and what is wrong with its rows, if anything is."""
    try:
        return list(benchmark.cases(source, benchmark.prompt_name(None))), ""
    except RowsError as error:
        return [], str(error)


def _read_otherwise(benchmark: Benchmark, case: Case) -> Iterator[str]:
    read = benchmark.extractor(case)
    for rendering in CHOICES if case.choices else NUMBERS:
        reply = rendering.format(case.answer)
        if case.choices and rendering == CHOICES[1]:
            reply += f" {case.choices[LETTERS.index(case.answer)]}"
        if (answer := read(reply)) != case.answer:
            yield f"{case.name}: {reply!r} is read as {answer!r}"


if __name__ == "__main__":
    sys.exit(main())
