"""How much of long texts stands on a page: all while there is room, then beginning, end and what was read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply, Verdict
from itemwise.language import ENGLISH
from itemwise.reporting import RunRecord
from itemwise.reporting.page_room import NO_ROOM, SHORTENED, PageRoom
from itemwise.reporting.single_page import page_json
from itemwise.reporting.writers import compare_html, html
from itemwise.reporting.writers.html import report_parts
from itemwise.reporting.writers.json_files import results_jsonl
from itemwise.results.entry import Entry
from tests.reporting.conftest import an_entry
from tests.reporting.writers.test_compare_html import page_of
from tests.reporting.writers.test_html import data, json_in

LONG = "".join(f"step {number}\n" for number in range(3_000))  # some 30,000 characters


def a_room(together: int, *texts: str) -> PageRoom:
    entries = [an_entry(0, Verdict.WRONG, reply={"text": text}, prompt="") for text in texts]
    room = PageRoom(entries, ENGLISH, together)
    room.turn_to(entries[0])
    return room


def said(number: int, text: str) -> Entry:
    turns = (Turn("user", "What is 6*7?"), Turn("assistant", text))
    return an_entry(number, Verdict.WRONG, reply=Reply(text, "stop", 1, 1, 0.0, 1, turns), prompt="What is 6*7?")


def said_without_turns(number: int, text: str) -> Entry:
    return an_entry(number, Verdict.WRONG, reply=Reply(text, "stop", 1, 1, 0.0, 1, ()), prompt="What is 6*7?")


def said_before_the_end(number: int, text: str) -> Entry:
    turns = (Turn("user", "What is 6*7?"), Turn("assistant", text), Turn("user", "Go on."), Turn("assistant", "42"))
    return an_entry(number, Verdict.WRONG, reply=Reply("42", "stop", 1, 1, 0.0, 1, turns), prompt="What is 6*7?")


def test_a_text_that_has_room_stays() -> None:
    room = a_room(10**6, LONG)
    assert room.text(LONG, (5, 9)) == (LONG, (5, 9))
    assert room.shortened == 0


def test_of_a_text_that_has_none_the_middle_is_left_out_and_counted() -> None:
    room = a_room(9_000, LONG)
    shown, span = room.text(LONG, (15_000, 15_004))
    head, read, tail = shown.split(" characters left out ...]\n")
    assert LONG.startswith(head.partition("\n[...")[0])
    assert LONG.endswith(tail)
    assert span is not None
    assert shown[slice(*span)] == LONG[15_000:15_004]
    assert LONG[14_900:15_104] == read.partition("\n[...")[0]
    assert (len(shown) < 10_000, room.shortened) == (True, 1)


@given(st.text(st.sampled_from('ab<\u2028\U0001f600\ud800\x00"'), max_size=900), st.integers(0, 899), st.integers(0, 899))
def test_what_was_read_is_found_again_or_not_told_and_no_text_takes_more_than_its_part(text: str, start: int, length: int) -> None:
    span = (min(start, len(text)), min(start + length, len(text)))
    shown, moved = a_room(0, text).text(text, span)
    assert moved is None or shown[slice(*moved)] == text[slice(*span)]
    assert len(page_json(shown).encode("utf-8", "replace")) < 3 * 2_000 + 2_000
    assert shown == text or "characters left out" in shown


def test_what_short_texts_leave_is_the_long_ones(run_of: Callable[..., RunRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 50_000)
    entries = [*(said(number, "The answer is 42") for number in range(8)), said(8, LONG), said(9, LONG)]
    cases = data("".join(report_parts(run_of(*entries))))["cases"]
    assert [case["text"] for case in cases[:8]] == ["The answer is 42"] * 8
    assert all(18_000 < len(case["text"]) < 26_000 for case in cases[8:])


@pytest.mark.parametrize("unit", ['def f(x):\n    return "a" + x\n', "if a < b && c > d:\n", "\\frac{1}{2}\n"])
@pytest.mark.parametrize("in_turns", [True, False])
def test_what_fits_its_share_stays_whole_however_many_bytes_its_signs_take(
    unit: str, in_turns: bool, run_of: Callable[..., RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, 200_000)
    short, long = unit * 150, unit * 20_000
    made = said_before_the_end if in_turns else said_without_turns
    entries = [*(made(number, short) for number in range(9)), made(9, long)]
    page = data("".join(report_parts(run_of(*entries))))
    texts = [case["turns"][1]["content"] if in_turns else case["text"] for case in page["cases"]]
    assert texts[:9] == [short] * 9
    assert page["shortened"] == 1
    if not in_turns:
        compared = json.loads(json_in(page_of(entries, entries), "data"))
        assert [reply["text"] for case in compared["cases"][:9] for reply in case["replies"]] == [short] * 18


@pytest.mark.parametrize("unit", ["<b>", "**18** ", "\U0001f600", "\\( \\frac{1}{2} \\) ", "\x00", "- a\n"])
def test_a_page_of_long_replies_stays_within_its_room_and_says_so(
    unit: str, run_of: Callable[..., RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, 100_000)
    run = run_of(*(said(number, unit * 5_000) for number in range(20)))
    empty = run_of(*(said(number, "") for number in range(20)))
    page, lines = ("".join(report_parts(each)) for each in (run, empty))
    assert len(page.encode()) - len(lines.encode()) < 100_000 + 20 * 4_000
    assert data(page)["shortened"] == 20
    trees = [json.loads(line)[-1][0] for line in json_in(page, "case-lines").split("\n")[1::2] if line]
    assert trees == [SHORTENED] * 20
    assert all(json.loads(line)["reply"]["text"] == unit * 5_000 for line in results_jsonl(run))


def test_where_only_the_tree_has_no_room_the_text_is_whole(run_of: Callable[..., RunRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\\( \\frac{1}{2} \\) " * 200
    limited(monkeypatch, 5_000)
    page = "".join(report_parts(run_of(said(0, text))))
    assert data(page)["cases"][0]["text"] == text
    assert json.loads(json_in(page, "case-lines").split("\n")[1])[-1][0] == NO_ROOM


def test_trees_of_the_first_cases_take_no_room_of_the_last(run_of: Callable[..., RunRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    formulas = "\\( \\frac{1}{2} \\) " * 600  # whose trees are four times as long
    limited(monkeypatch, 320_000)
    page = "".join(report_parts(run_of(*(said(number, formulas) for number in range(6)), *(said(number, LONG) for number in range(6, 9)))))
    found = data(page)
    assert found["shortened"] == 0
    assert [case["text"] for case in found["cases"]] == [formulas] * 6 + [LONG] * 3
    assert len(page) < 340_000 + len("".join(report_parts(run_of(*(said(number, "") for number in range(9))))))


def test_texts_of_several_bytes_a_character_have_the_room_that_they_take(
    monkeypatch: pytest.MonkeyPatch, run_of: Callable[..., RunRecord]
) -> None:
    limited(monkeypatch, 60_000)
    chinese = "一二三四五六七八九十" * 1_000
    cases = data("".join(report_parts(run_of(said(0, LONG), said(1, chinese)))))["cases"]
    assert len(cases[1]["text"].encode()) > 0.9 * len(cases[0]["text"].encode())


def test_the_page_of_two_runs_stays_within_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 60_000)
    first, second = ([said(number, f"{word} {LONG}") for number in range(5)] for word in ("one", "other"))
    page = page_of(first, second)
    found = json.loads(json_in(page, "data"))
    assert found["shortened"] == 10
    assert len(page) < len(page_of([said(0, "a")], [said(0, "b")])) + 60_000 + 10 * 4_000


OTHER = f"{LONG[:15_000]}other{LONG[15_005:]}"  # as long, and another in the middle alone
DIFFER = "they differ; no words are marked, as the middle is left out"


@pytest.mark.parametrize("together", [0, 10_000])
def test_two_replies_are_the_same_only_where_what_is_left_out_is_too(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, together)
    found = json.loads(json_in(page_of([said(0, LONG), said(1, LONG)], [said(0, OTHER), said(1, LONG)]), "data"))
    assert found["shortened"] == 4
    assert found["cases"][0]["diffs"] == [DIFFER]
    assert found["cases"][1]["diffs"][0] in (None, "the same to the character")


def test_one_reply_that_is_cut_otherwise_on_the_other_side_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 0)
    (case,) = json.loads(json_in(page_of([replace(said(0, LONG), span=(15_000, 15_004))], [said(0, LONG)]), "data"))["cases"]
    assert case["replies"][0]["text"] != case["replies"][1]["text"]
    assert case["diffs"] == ["the same to the character"]


def test_two_prompts_that_differ_in_what_is_left_out_are_not_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 0)
    first, second = ([an_entry(0, Verdict.WRONG, prompt=prompt)] for prompt in (LONG, OTHER))
    (case,) = json.loads(json_in(page_of(first, second), "data"))["cases"]
    assert case["prompt_diffs"] == [DIFFER]


def limited(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    """Pages have so many bytes of room."""
    for module in (html, compare_html):
        monkeypatch.setattr(module, "PageRoom", lambda entries, say: PageRoom(entries, say, together))
