"""What a live view shows of a run, as rich draws it in a terminal of 80 columns."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pytest
from rich.console import Console

from itemwise.cases.reply import Verdict
from itemwise.language import language_named
from itemwise.reporting.writers.live import cropped, live_lines
from itemwise.results.labels import Key
from itemwise.results.progress import Counts, Standing, TimeLeft
from tests.reporting.conftest import an_entry

DIRECT, TOOL = (f"b.py::test_gsm8k[qwen2.5-coder-0.5b-instruct+nf4-{strategy}-" for strategy in ("direct", "tool"))
NAMES = {DIRECT: Key("gsm8k", "qwen2.5-coder-0.5b-instruct+nf4", "direct"), TOOL: Key("gsm8k", "qwen2.5-coder-0.5b-instruct+nf4", "tool")}


@pytest.fixture
def standing() -> Standing:
    """Three cases of the first block are done, one of them by a stored reply, and none of the second."""
    found = Standing(dict.fromkeys(NAMES, 4))
    stored = an_entry(2, Verdict.CORRECT).texts().reply
    assert stored is not None
    for entry in (
        an_entry(0, Verdict.CORRECT),
        an_entry(1, Verdict.WRONG),
        an_entry(2, Verdict.CORRECT, reply={**stored.record(), "generated": 0, "generated_tokens": 0}),
    ):
        found.enter(DIRECT, entry.node_id, entry)
    return found


def drawn(
    standing: Standing, counts: Counts, left: TimeLeft | None = None, names: Mapping[str, Key] = NAMES, size: tuple[int, int] = (80, 24)
) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=size[0]).print(
        live_lines(standing, names, counts, 48.4, [left] if left else [], dict.fromkeys(names, 1), size)
    )
    return [" ".join(line.replace("━", " ").split()) for line in screen.getvalue().splitlines()]


def test_a_row_for_each_measurement_what_is_under_way_and_the_last_case_that_failed(standing: Standing) -> None:
    assert drawn(standing, Counts(underway=4, ready=1, tokens=90), TimeLeft(180, 300, DIRECT)) == [
        "cases correct tokens/s left",
        "direct 3/4 66.7% 48 3 to 5 min",
        "tool 0/4 - -",
        "1 more answered, 4 being answered, 90 tokens so far, 48 tokens/s",
        "last failed: sums-1: wrong, expected '42', read '41'; arithmetic slip: 6*7=41 (…",
    ]


def test_the_view_is_told_in_chinese(standing: Standing) -> None:
    screen = io.StringIO()
    left, processes = [TimeLeft(180, 300, DIRECT)], dict.fromkeys(NAMES, 1)
    shown = live_lines(standing, NAMES, Counts(underway=4), 48.4, left, processes, (80, 24), language_named("zh"))
    Console(file=screen, width=80).print(shown)
    assert not re.findall("cases|correct|left|answered|expected|read", screen.getvalue())
    assert "3 至 5 分钟" in screen.getvalue()


def test_a_single_measurement_has_its_whole_name_and_keeps_both_ends_of_a_long_one(standing: Standing) -> None:
    alone = Standing({DIRECT: 4})
    rows = drawn(alone, Counts("qwen", 12.0), names={DIRECT: NAMES[DIRECT]})
    assert rows[1:] == ["gsm8k, qwen2.5-…ruct+nf4, direct 0/4 - -", "loading qwen, 12 s, 48 tokens/s"]


def test_a_finished_block_says_so_and_rows_without_room_are_counted(standing: Standing) -> None:
    last = an_entry(3, Verdict.CORRECT)
    standing.enter(DIRECT, last.node_id, last)
    assert drawn(standing, Counts())[1] == "direct 4/4 75.0% 48 done"
    many = Standing({f"{number}": 4 for number in range(9)})
    rows = drawn(many, Counts(), names={f"{number}": Key(f"b{number}", "m", "direct") for number in range(9)}, size=(80, 12))
    assert [row.split()[0] for row in rows[1:4]] == ["b0", "b1", "b2"]
    assert rows[4] == "6 more below, 48 tokens/s"


def test_texts_that_are_scored_have_no_accuracy() -> None:
    found = Standing({DIRECT: 4})
    scored = an_entry(0, Verdict.CORRECT, is_answered=False)
    found.enter(DIRECT, scored.node_id, scored)
    assert drawn(found, Counts(), names={DIRECT: NAMES[DIRECT]})[1].split()[-3:] == ["1/4", "-", "48"]


def test_no_line_is_wider_than_the_terminal_and_nothing_steers_it(standing: Standing) -> None:
    hostile = an_entry(1, Verdict.WRONG, answer="\x1b[2J[bold]\n" * 50)
    standing.enter(DIRECT, hostile.node_id, hostile)
    for width in (40, 80, 200):
        rows = drawn(standing, Counts(underway=4), size=(width, 24))
        assert max(map(len, rows)) <= width
        assert "\x1b" not in "".join(rows)
    assert "[bold]" in rows[-1]


def test_what_is_cropped_keeps_both_ends() -> None:
    assert (cropped("short", 9), cropped("0123456789", 5), cropped("", 9)) == ("short", "01…89", "")
