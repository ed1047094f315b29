"""``python -m tools.read_golds FOLDER``: of each benchmark the rows in FOLDER, and how many golds its extractor reads in six renderings.

FOLDER has a folder for each benchmark, called after it. The table is Markdown; below it each gold that is read otherwise is named.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import LETTERS, Case
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.commands.benchmarks import benchmarks_in
from itemwise.commands.copy_benchmarks import benchmark_files
from itemwise.extractors import stated_expression
from itemwise.extractors.words.stated_answer import OR
from tools.check_math_equality import own

RENDERINGS: Mapping[str, Callable[[str], str]] = {
    "bare": "{}".format,
    "sentence": "3 + 4 = 7\nThe answer is {}.".format,
    "boxed": "So \\boxed{{{}}}.".format,
    "JSON": lambda answer: json.dumps({"steps": ["3+4=7"], "answer": answer}, ensure_ascii=False),
    "bold": "The answer is **{}**.".format,
}
OF_CHOICES: Callable[[str, str], str] = "({}) {}".format  # a letter with its option's text
OF_OTHERS: Callable[[str], str] = "3 + 4 = 7\n#### {}".format
_MANY = len(RENDERINGS) + 1
_NAMED = 5  # golds of a benchmark that are read otherwise


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each benchmark that FOLDER has rows of; 1 where one reads a gold otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tools.read_golds", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args(arguments).folder
    print(f"| benchmark | rows | with options | read in {_MANY} renderings | read otherwise |\n|---|---|---|---|---|")
    found = [found for file in benchmark_files() for found in benchmarks_in(file)]
    missed = [line for name, benchmark in found if (folder / name).is_dir() for line in _report(name, benchmark, folder / name)]
    print(*(["", *missed] if missed else []), sep="\n")
    return int(bool(missed))


def _report(name: str, benchmark: Benchmark, folder: Path) -> Iterator[str]:
    """Print the line of a benchmark, and give those that name what is read otherwise, or not at all."""
    configs = [_cases(benchmark.of_config(config), Source("file", path=folder)) for config in benchmark.configs or ("",)]
    asked = {tuple(case.text for case in found): found for found, _ in reversed(configs)}  # a file may serve for several configurations
    cases = [case for found in reversed(asked.values()) for case in found]
    if not benchmark.extract.__module__.startswith("itemwise.extractors"):
        print(f"| {name} | {len(cases):,} | - | it judges the whole reply | - |")
        return
    missed = [line for case in cases for line in _read_otherwise(benchmark, case)]
    total, options = len(cases) * _MANY, sum(bool(case.choices) for case in cases)
    print(f"| {name} | {len(cases):,} | {options:,} | {total - len(missed):,} of {total:,} | {len(missed)} |")
    yield from (fault for _, fault in configs if fault)
    yield from islice(missed, _NAMED)


def _cases(benchmark: Benchmark, source: Source) -> tuple[list[Case], str]:
    """The cases of `source`, and what is wrong with its rows, if anything is."""
    try:
        source = source.of_config(benchmark.config, benchmark.other_configs)
        return list(benchmark.cases(source, benchmark.prompt_name(None))), ""
    except RowsError as error:
        return [], str(error)


def _read_otherwise(benchmark: Benchmark, case: Case) -> Iterator[str]:
    read = benchmark.extractor(case)
    for reply in _replies(case):
        if not _is_same(benchmark, answer := read(reply), case):
            yield f"{case.name}: {reply!r} is read as {answer!r}"


def _replies(case: Case) -> Iterator[str]:
    answer = case.answer[:1] if case.choices else case.answer.split(OR)[0]  # of several true options each is right
    yield from (rendering(answer) for rendering in RENDERINGS.values())
    yield OF_CHOICES(answer, case.choices[LETTERS.index(answer)]) if case.choices else OF_OTHERS(answer)


def _is_same(benchmark: Benchmark, answer: str | None, case: Case) -> bool:
    """Whether the answer is the gold, as the benchmark's test compares them."""
    if benchmark.extract is stated_expression and answer:
        return own(answer, case.answer) is True
    return answer in [*case.answer] if case.choices else answer == case.answer


if __name__ == "__main__":
    sys.exit(main())
