"""How well extractors read: agreement with labelled replies, false accepts and rejects, crashes, seconds per 1,000.

    python -m tools.judge_extractors numbers.jsonl choices.jsonl [--show] [--half A|B]

Each line of a file has `output`, `stated_answer` (null where the reply states none), `gold`, and for a choice `choices`.
Our extractors stand beside the peers that are installed: math-verify and lm-eval's regular-expression filters.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from itemwise.extractors import last_number, same_number, stated_choice

Row = dict[str, Any]
Extractor = Callable[[Row], "str | None"]
Same = Callable[["str | None", "str | None"], bool]

LETTERS = 26  # where a row does not say which options there are


@dataclass
class Tally:
    """What one extractor did on one file."""

    rows: int = 0
    agreed: int = 0
    invented: int = 0
    missed: int = 0
    false_accepts: int = 0
    false_rejects: int = 0
    crashes: int = 0
    seconds: float = 0.0
    misread: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        """One line of the table."""
        counts = (self.invented, self.missed, self.false_accepts, self.false_rejects, self.crashes)
        share = 100 * self.agreed / max(1, self.rows)
        return f"{name:24}{share:8.1f}%" + "".join(f"{count:9}" for count in counts) + f"{1000 * self.seconds / max(1, self.rows):9.4f}"


def equal_numbers(answer: str | None, other: str | None) -> bool:
    """Equal in value, or both None; a gold that is no number equals only itself."""
    if answer is None or other is None:
        return answer is other
    try:
        return same_number(answer, other)
    except ValueError:
        return answer == other


def equal_letters(answer: str | None, other: str | None) -> bool:
    """The same letter, or both None."""
    return answer == other


def judge(read: Extractor, same: Same, rows: list[Row]) -> Tally:
    """Every row read once, and what came of it."""
    tally = Tally(rows=len(rows))
    for row in rows[:20]:  # patterns are compiled at their first use
        with suppress(Exception):
            read(row)
    for row in rows:
        started = time.perf_counter()
        try:
            answer = read(row)
        except Exception as crash:  # a peer's crash is a result here
            tally.crashes, answer = tally.crashes + 1, f"crash: {crash!r}"
        tally.seconds += time.perf_counter() - started
        _count(tally, row, answer, same)
    return tally


def _count(tally: Tally, row: Row, answer: str | None, same: Same) -> None:
    label, gold = row["stated_answer"], str(row["gold"])
    agreed = same(answer, label)
    states_gold, accepted = label is not None and same(label, gold), answer is not None and same(answer, gold)
    tally.agreed += agreed
    tally.invented += label is None and answer is not None
    tally.missed += label is not None and answer is None
    tally.false_accepts += accepted and not states_gold
    tally.false_rejects += states_gold and not accepted
    if not agreed:
        tally.misread.append(f"  {row.get('id', '?')}: stated {label!r}, read {answer!r}")


def number_extractors() -> Iterator[tuple[str, Extractor]]:
    """Ours, then the peers that are installed."""
    yield "itemwise last_number", lambda row: last_number(row["output"])
    yield from _lm_eval({"lm-eval strict": r"#### (\-?[0-9\.\,]+)", "lm-eval flexible": r"(-?[$0-9.,]{2,})|(-?[0-9]+)"}, _cleaned)
    try:
        from math_verify import parse
    except ImportError:
        print("math-verify is not installed")
    else:
        yield "math-verify", lambda row: _parsed(parse(row["output"]))


def choice_extractors() -> Iterator[tuple[str, Extractor]]:
    """Ours, then the peers that are installed."""
    yield "itemwise stated_choice", lambda row: stated_choice(row["output"], row.get("choices") or LETTERS)
    yield from _lm_eval({"lm-eval mmlu_pro": r"answer is \(?([A-J])\)?", "first capital": r"([A-Z])"}, lambda text: text)


def _lm_eval(patterns: dict[str, str], clean: Callable[[str], str]) -> Iterator[tuple[str, Extractor]]:
    try:
        from lm_eval.filters.extraction import RegexFilter
    except ImportError:
        print("lm-eval's filters are not installed")
        return
    for name, regex in patterns.items():
        last = -1 if "flexible" in name else 0
        yield name, _filtered(RegexFilter(regex_pattern=regex, group_select=last, fallback=""), clean)


def _filtered(regex_filter: Any, clean: Callable[[str], str]) -> Extractor:
    return lambda row: clean(regex_filter.apply([[row["output"]]], [{}])[0][0]) or None


def _cleaned(text: str) -> str:
    return text.replace(",", "").replace("$", "").rstrip(".")


def _parsed(found: list[Any]) -> str | None:
    return str(found[0]) if found else None


def rows_of(path: Path, half: str | None) -> list[Row]:
    """The labelled rows, or the half of them that falls to A or B by the hash of their id."""
    rows: list[Row] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if half in (None, _half(row))]


def _half(row: Row) -> str:
    return "AB"[hashlib.sha256(str(row["id"]).encode()).digest()[0] % 2]


def table(path: Path, half: str | None, *, show: bool) -> Iterator[str]:
    """The lines of one file's table, an extractor each."""
    rows = rows_of(path, half)
    letters = any("choices" in row for row in rows)
    heads = ("invented", "missed", "f.accept", "f.reject", "crash", "s/1000")
    yield f"\n{path.name}: {len(rows)} replies, {sum(row['stated_answer'] is None for row in rows)} without an answer"
    yield f"{'extractor':24}{'agree':>9}" + "".join(f"{head:>9}" for head in heads)
    for name, read in choice_extractors() if letters else number_extractors():
        tally = judge(read, equal_letters if letters else equal_numbers, rows)
        yield tally.line(name)
        if show and name.startswith("itemwise"):
            yield from tally.misread


def main() -> None:
    """Print one table for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--half", choices=["A", "B"], help="only the rows whose id hashes to this half")
    parser.add_argument("--show", action="store_true", help="list the replies that our extractor misreads")
    options = parser.parse_args()
    for path in options.files:
        for line in table(path, options.half, show=options.show):
            print(line)


if __name__ == "__main__":
    main()
