"""What a person at a terminal reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from itemwise.cases.chat import Turn, TurnCost
from itemwise.cases.reply import Verdict
from itemwise.gates.gate import Decision
from itemwise.language import language_named
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.markdown import summary_md
from itemwise.reporting.writers.terminal import closing_lines, failure_text, gate_annotations, progress_line
from itemwise.results.entry import Entry
from itemwise.results.progress import Counts, TimeLeft
from tests.reporting.conftest import with_changes


def test_the_closing_table_reads_well(run: RunRecord, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(closing_lines(run, "reports/20260501-120000")) == snapshot


def test_the_closing_table_fits_into_a_terminal_and_leaves_nothing_out(run: RunRecord) -> None:
    whole, narrow = (closing_lines(run, "reports/20260501-120000", width) for width in (0, 80))
    assert [line for line in narrow if len(line) > 80] == []
    assert {*re.findall(r"[^\s,/]+", "\n".join(whole))} <= {*re.findall(r"[^\s,/]+", "\n".join(narrow))}


def test_a_tag_of_many_values_is_one_line_that_says_where_they_stand(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    tagged = [entry(n, Verdict.CORRECT, tags={"subject": f"s{n}", "grade": str(n % 2)}) for n in range(25)]
    record = run_of(*tagged)
    lines = closing_lines(record, "reports/run")
    key = ", ".join(record.tallies[0].key.names)
    assert f"{key}: split by subject: 25 values, in run.json and report.html" in lines
    assert [line.split()[3:5] for line in lines if "grade:" in line] == [["grade:", "0"], ["grade:", "1"]]
    assert "subject: s24" in summary_md(record)


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED])
def test_a_failure_reads_well(verdict: Verdict, entry: Callable[..., Entry], snapshot: SnapshotAssertion) -> None:
    failed = entry(3, verdict)
    assert failure_text(failed, f"assert {failed.answer!r} == '42'") == snapshot


def test_a_failure_of_a_conversation_shows_every_turn(entry: Callable[..., Entry], snapshot: SnapshotAssertion) -> None:
    turns = [
        {"role": "user", "content": "What is 6*7?"},
        {"role": "assistant", "content": '<tool_call>\n{"name": "calculator", "arguments": {"expression": "6*8"}}\n</tool_call>'},
        {"role": "tool", "content": "48"},
        {"role": "assistant", "content": "The answer is 48."},
    ]
    wrong = entry(3, Verdict.WRONG)
    reply = {**wrong.texts().reply.record(), "turns": turns}
    assert failure_text(with_changes(wrong, answer="48", reply=reply), "assert '48' == '42'") == snapshot


def test_a_failure_names_what_the_strategy_asked_for(entry: Callable[..., Entry]) -> None:
    wrong = entry(3, Verdict.WRONG)
    asked = TurnCost("stop", 5, 7, 0.5, 3, stop=("\n", "Q:"), top_p=0.9, max_new_tokens=8)
    reply = {**wrong.texts().reply.record(), "turns": [Turn("user", "6*7?").record(), Turn("assistant", "41", cost=asked).record()]}
    text = failure_text(with_changes(wrong, reply=reply), "")
    assert r"--- assistant (stop after 7 tokens, sampled at 0.5 with seed 3, top_p 0.9, max_new_tokens 8, stop '\n', 'Q:')" in text


def test_a_failure_cannot_steer_the_terminal(entry: Callable[..., Entry]) -> None:
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "turns": [{"role": "assistant", "content": "\x1b[2Jgone\u202e\x9b"}]}
    text = failure_text(entry(0, Verdict.WRONG, reply=reply, answer="\x1b[31m"), "assert \x1b")
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert "\\x1b[2Jgone\\u202e\\x9b" in text


def test_a_failure_shows_the_two_ends_of_a_long_reply(entry: Callable[..., Entry]) -> None:
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "turns": [{"role": "assistant", "content": "x" * 1_000_000}]}
    assert len(failure_text(entry(0, Verdict.WRONG, reply=reply), "")) < 4000


def test_the_closing_lines_cannot_steer_the_terminal(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    odd = entry(0, Verdict.WRONG, benchmark="\x1b[2J", rows={"source": "\u202e\x9b"})
    assert not {"\x1b", "\x9b", "\u202e"} & set("".join(closing_lines(run_of(odd), "reports/\x1b")))


@pytest.mark.parametrize(
    ("verdicts", "total", "counts", "speed", "left", "line"),
    [
        ([], 50, Counts(), 0.0, None, "itemwise: 0 of 50 cases"),
        ([], 50, Counts("qwen2.5", 12.4, underway=32), 0.0, None, "itemwise: 0 of 50 cases, loading qwen2.5, 12 s, 32 being answered"),
        ([], 50, Counts(underway=32, tokens=640), 58.4, None, "itemwise: 0 of 50 cases, 32 being answered, 640 tokens so far, 58 tokens/s"),
        (
            [Verdict.CORRECT, Verdict.WRONG],
            1319,
            Counts(underway=32, ready=7, tokens=4000),
            5.25,
            TimeLeft(500.0, 700.0, "b.py::test_b[m-direct-"),
            "itemwise: 2 of 1319 cases, accuracy so far 50.0% (9.5 to 90.5% at 95%), 7 more answered, 32 being answered, "
            "4000 tokens so far, 5.2 tokens/s, 8 to 12 min left",
        ),
        (
            [Verdict.CORRECT, Verdict.ERROR],
            2,
            Counts(),
            0.0,
            None,
            "itemwise: 2 of 2 cases, accuracy so far 100.0% (20.7 to 100.0% at 95%)",
        ),
        (
            [],
            9,
            Counts(underway=1),
            0.0,
            TimeLeft(9, 9, "a/test_b.py::test_b[m-direct-", has_others=True),
            "itemwise: 0 of 9 cases, 1 being answered, about 9 s left of test_b[m-direct]",
        ),
        ([], 9, Counts("\x1b[2J", 1.0), 0.0, None, "itemwise: 0 of 9 cases, loading \\x1b[2J, 1 s"),
    ],
)
def test_progress_tells_how_far_how_good_what_is_under_way_and_how_long(
    verdicts: list[Verdict], total: int, counts: Counts, speed: float, left: TimeLeft | None, line: str, entry: Callable[..., Entry]
) -> None:
    assert progress_line([entry(number, verdict) for number, verdict in enumerate(verdicts)], total, counts, speed, left) == line


def test_progress_and_a_failure_are_told_in_chinese(entry: Callable[..., Entry]) -> None:
    say, wrong = language_named("zh"), entry(1, Verdict.WRONG)
    left = TimeLeft(500.0, 700.0, "b.py::test_b[m-direct-")
    assert progress_line([wrong], 9, Counts(underway=8, tokens=90), 5.25, left, say) == (
        "itemwise: 9 题中已完成 1 题，目前准确率 0.0%（95% 置信区间 0.0 至 79.3%），8 题正在作答，目前 90 个 token，"
        "5.2 token/秒，还需 8 至 12 分钟"
    )
    lines = failure_text(wrong, "assert '41' == '42'", say).splitlines()
    assert lines[0].startswith("sums-1：错误，正确答案 '42'，读到 '41'")
    assert lines[1].startswith("原因：算错：6*7=41")


def test_a_failure_gives_no_commands_to_a_ci(entry: Callable[..., Entry]) -> None:
    said = "::stop-commands::x\n \t::error::no\n##[error]no"
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "turns": [{"role": "assistant", "content": said}]}
    text = failure_text(entry(0, Verdict.WRONG, reply=reply, answer="\n::add-mask::a"), "assert ::")
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("50% :: of, a: b", "50%25 :: of, a: b"),
        ("%0A is text", "%250A is text"),
        ("one\ntwo", "one%0Atwo"),
        ("one\r\ntwo", "one\\x0d%0Atwo"),
        ("::error::nested", "\\x3a:error::nested"),
    ],
)
def test_an_annotation_is_one_line_that_reads_as_it_was_said(said: str, message: str, run: RunRecord) -> None:
    (line,) = gate_annotations(replace(run, decisions=[Decision(False, said)]))
    assert line == f"::error title=itemwise gate::{message}"


def test_a_gate_that_did_not_pass_is_annotated_for_github(run: RunRecord) -> None:
    gates = [Decision(False, "gate sums >= 0.80: missed with 50%\nof cases"), Decision(True, "gate sums >= 0.10: passed")]
    assert gate_annotations(replace(run, decisions=gates)) == [
        "::error title=itemwise gate::gate sums >= 0.80: missed with 50%25%0Aof cases"
    ]
