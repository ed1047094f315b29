"""The page of a comparison in a real Chromium: order, filters, keys, links, and the words in which replies differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from tests.browser.hostile import FLAG
from tests.browser.opened import Opened, names_shown, scrolls_sideways
from tests.browser.test_readable import ACTIVE, CHOSEN
from tests.browser.test_readable import HOSTILE as MARKDOWN
from tests.reporting.conftest import a_reply, an_entry
from tests.reporting.writers.test_compare_html import page_of
from tests.reporting.writers.test_html import HOSTILE

C, W, N = Verdict.CORRECT, Verdict.WRONG, Verdict.NO_ANSWER
FIRST = [(C, "42"), (C, "so 42"), (W, "41"), (W, "41"), (C, "42")]  # the same, other words, other answer, gained, lost
SECOND = [(C, "42"), (C, "that is 42"), (N, "?"), (C, "42"), (W, "40")]

Open = Callable[..., Opened]


def run(replies: Sequence[tuple[Verdict, str]]) -> list[Entry]:
    return [an_entry(number, verdict, reply={"text": text}, causes=()) for number, (verdict, text) in enumerate(replies)]


@pytest.fixture
def open_runs(open_file: Open, tmp_path: Path) -> Callable[..., Page]:
    """Opens the comparison of some runs, at a hash where one is given."""

    def open_page(*runs: Sequence[Entry], hash: str | None = None, **options: object) -> Page:
        path = tmp_path / "compare.html"
        path.write_text(page_of(*runs), encoding="utf-8")
        return open_file(path, hash, **options).page

    return open_page


def test_flips_stand_first_and_the_first_of_them_is_open(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run(FIRST), run(SECOND))
    assert names_shown(page) == ["sums-4", "sums-3", "sums-2", "sums-1", "sums-0"]
    expect(page.locator("#detail h3")).to_have_text("sums-4 lost: right -> wrong")


def test_kind_verdict_and_text_each_narrow_the_list(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run(FIRST), run(SECOND))
    assert page.locator("[name=change]").locator("option").all_inner_texts() == [
        "all", "lost: right -> wrong (1)", "gained: wrong -> right (1)", "wrong -> no answer (1)", "other words, same answer (1)",
        "unchanged (1)",
    ]  # fmt: skip
    page.locator("[name=change]").select_option(label="gained: wrong -> right (1)")
    assert names_shown(page) == ["sums-3"]
    expect(page.locator("#detail h3")).to_have_text("sums-3 gained: wrong -> right")
    page.locator("[name=change]").select_option("")
    page.locator("[name=verdict]").select_option("no answer")
    assert names_shown(page) == ["sums-2"]
    page.locator("[name=verdict]").select_option("")
    page.get_by_label("Search").fill("THAT is")
    assert names_shown(page) == ["sums-1"]
    expect(page.locator("#count")).to_have_text("1 of 5")


def test_keys_move_through_the_cases_and_to_the_search(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run(FIRST), run(SECOND))
    for key, expected in [("j", "sums-3"), ("j", "sums-2"), ("k", "sums-3"), ("k", "sums-4"), ("k", "sums-4")]:
        page.keyboard.press(key)
        expect(page.locator("#detail h3")).to_contain_text(expected)
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()


@pytest.mark.parametrize(("hash", "expected"), [("sums-1", "sums-1"), ("2/sums-1", "sums-1"), ("nope", "sums-4"), ("%E0%A4%A", "sums-4")])
def test_a_link_leads_to_its_case_and_one_that_leads_nowhere_to_the_first(hash: str, expected: str, open_runs: Callable[..., Page]) -> None:
    page = open_runs(run(FIRST), run(SECOND), run(FIRST), hash=hash)
    expect(page.locator("#detail h3")).to_contain_text(expected)


@pytest.mark.parametrize(
    ("first", "second", "gone", "come"),
    [
        ("13 + 23 is 36 coins", "13 + 23 is 35 coins", ["36"], ["35"]),
        ("the whole of it", "the whole of it and more", [], [" and more"]),
        ("他有三个苹果", "他有五个苹果", ["三"], ["五"]),
        ("all a, b is old here", "all c, d is old here", ["a, b"], ["c, d"]),  # a comma makes them no two changes
        ("the same words", "the same words", [], []),
    ],
)
def test_words_that_one_side_alone_has_are_marked(
    first: str, second: str, gone: list[str], come: list[str], open_runs: Callable[..., Page]
) -> None:
    page = open_runs(run([(C, first)]), run([(W, second)]))
    assert (page.locator("del").all_inner_texts(), page.locator("ins").all_inner_texts()) == (gone, come)
    assert page.locator(".sides .text").all_inner_texts() == [first, second]


def test_what_was_read_is_marked_among_the_words_that_differ(open_runs: Callable[..., Page]) -> None:
    entries = [an_entry(0, verdict, reply={"text": text}, span=(8, 10)) for verdict, text in [(C, "😀 it is 42"), (W, "😀 it is 41")]]
    page = open_runs(entries[:1], entries[1:])
    assert (page.locator("del mark").inner_text(), page.locator("ins mark").inner_text()) == ("42", "41")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("a " * 4000, "b " * 4000, "too long to be compared word by word"),
        ("entirely of one kind", "nothing like that", "too few words in common to mark the others"),
        ("42", "42", "the same to the character"),
    ],
)
def test_why_nothing_is_marked_is_said(first: str, second: str, said: str, open_runs: Callable[..., Page]) -> None:
    page = open_runs(run([(C, first)]), run([(W, second)]))
    expect(page.locator(".sides")).to_contain_text(said)
    expect(page.locator("del, ins")).to_have_count(0)


def test_of_three_runs_a_pair_is_chosen_or_all_stand_beside(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run([(C, "it is 42")]), run([(W, "it is 41")]), run([(W, "it is 40")]))
    labels = page.locator("#detail .sides .label")
    expect(labels).to_have_text(["#1", "#2"])
    page.locator("[name=pair]").select_option(label="#2 to #3")
    expect(labels).to_have_text(["#2", "#3"])
    expect(page).to_have_url(re.compile("#3/sums-0$"))
    page.get_by_label("all runs beside").check()
    expect(labels).to_have_text(["#2", "#3", "#1"])
    assert page.locator(".sides .text").all_inner_texts() == ["it is 41", "it is 4140", "it is 4142"]  # gone, then come


def test_a_picture_that_is_not_at_hand_is_named(open_runs: Callable[..., Page]) -> None:
    entries = [an_entry(0, C, picture="3fa2")]
    expect(open_runs(entries, entries).locator("#detail")).to_contain_text("The picture is not in the runs' folders: sha256 3fa2")


def test_what_a_model_wrote_stays_text(open_runs: Callable[..., Page]) -> None:
    hostile = [an_entry(number, W, reply={"text": text}, answer=text, expected=text, prompt=text) for number, text in enumerate(HOSTILE)]
    page = open_runs(hostile, [an_entry(number, C, expected=text) for number, text in enumerate(HOSTILE)])
    for _ in HOSTILE:
        expect(page.locator("#detail script, #detail img, #detail svg, #list img")).to_have_count(0)
        page.keyboard.press("j")


def test_on_a_phone_the_replies_stand_below_each_other(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run(FIRST), run(SECOND), viewport={"width": 390, "height": 844})
    first, second = (page.locator(".sides .text").nth(place).bounding_box() for place in (0, 1))
    assert first is not None
    assert second is not None
    assert second["y"] > first["y"] + first["height"]
    assert not scrolls_sideways(page)


def test_of_10_000_cases_only_those_in_sight_are_elements(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run([(C, "42")] * 10_000), run([(C, "42"), (W, "41")] * 5_000))
    expect(page.locator("#count")).to_have_text("10000 of 10000")
    assert page.locator(".row").count() < 60
    page.locator("#list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    expect(page.locator("#row-9999")).to_contain_text("sums-9998")
    assert page.locator(".row").count() < 60


def test_escape_leaves_the_search_with_what_was_searched_for(open_runs: Callable[..., Page]) -> None:
    page = open_runs(run(FIRST), run(SECOND))
    page.keyboard.press("/")
    page.keyboard.type("sums-3")
    page.keyboard.press("Escape")
    expect(page.locator("#filters [name=text]")).to_have_value("sums-3")
    expect(page.locator("#filters [name=text]")).not_to_be_focused()
    expect(page.locator("#count")).to_have_text("1 of 5")


def test_what_a_model_thought_is_folded_beside_its_reply(open_runs: Callable[..., Page]) -> None:
    entries = [an_entry(0, C, reply=a_reply("<think>41?</think>it is 42"))]
    page = open_runs(entries, run([(W, "it is 41")]))
    expect(page.locator(".sides .text").filter(has_text="41?")).to_be_hidden()
    page.locator("summary", has_text="what the model thought").click()
    expect(page.locator("details.thought .text")).to_have_text("<think>41?</think>")


def test_replies_are_drawn_and_their_raw_text_with_the_words_that_differ_is_one_key_away(open_runs: Callable[..., Page]) -> None:
    texts = [rf"**Half** is \( \frac{{{number}}}{{2}} \)." for number in (84, 82)]
    page = open_runs(run([(C, texts[0])]), run([(W, texts[1])]))
    replies = page.locator(".sides > div")
    assert [replies.nth(side).locator("mfrac").text_content() for side in (0, 1)] == ["842", "822"]
    expect(replies.nth(0).locator("strong")).to_have_text("Half")
    expect(page.locator(".sides")).to_contain_text("raw text (key r) marks the words that differ")
    page.keyboard.press("r")
    assert page.locator(".sides .text").all_inner_texts() == texts
    assert (page.locator("del").all_inner_texts(), page.locator("ins").all_inner_texts()) == (["84"], ["82"])
    page.get_by_role("button", name="raw text").click()
    expect(replies.nth(1).locator("mfrac")).to_be_visible()


def test_prompts_and_thoughts_are_drawn_too(open_runs: Callable[..., Page]) -> None:
    asked = [
        an_entry(0, verdict, prompt=prompt, reply=a_reply("<think>*hm*</think>it is 42"))
        for verdict, prompt in ((C, "6 by 7?"), (W, "*6* by 7?"))
    ]
    page = open_runs(asked[:1], asked[1:])
    assert page.locator(".asked em").all_inner_texts() == ["6"]
    expect(page.locator("details.thought em")).to_have_count(2)
    expect(page.locator(".asked .text")).to_have_text("6 by 7?")


def test_what_was_read_is_marked_in_a_drawn_reply(open_runs: Callable[..., Page]) -> None:
    entries = [an_entry(0, verdict, reply={"text": text}, span=(9, 11)) for verdict, text in [(C, "😀 **is** 42"), (W, "😀 **is** 41")]]
    page = open_runs(entries[:1], entries[1:])
    assert page.locator(".sides .prose mark").all_inner_texts() == ["42", "41"]


@pytest.mark.parametrize("width", [390, 1280])
def test_hostile_markdown_and_formulas_run_nothing_and_load_nothing(width: int, open_runs: Callable[..., Page]) -> None:
    hostile = [
        an_entry(number, W, case=name, prompt=text, reply={"text": text}, span=(0, 3))
        for number, (name, text) in enumerate(MARKDOWN.items())
    ]
    other = [an_entry(number, C, case=name) for number, name in enumerate(MARKDOWN)]
    page = open_runs(hostile, other, viewport={"width": width, "height": 844})
    before = page.locator(ACTIVE).count()
    for name in MARKDOWN:
        expect(page.locator("#detail h3")).to_contain_text(name)
        assert page.evaluate(f"window.{FLAG}") is None, name
        assert page.locator(ACTIVE).count() == before, name
        assert page.evaluate(CHOSEN) == 0, name
        assert not scrolls_sideways(page), name
        page.keyboard.press("j")
