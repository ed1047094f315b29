"""What a reader does on report.html: choose a case, filter, search, sort, move by keys, come by a link, look at others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from itemwise.cases.chat import Turn, TurnCost
from itemwise.cases.reply import Reply, Verdict
from itemwise.language import language_named
from itemwise.reporting.writers.html import report_parts
from tests.analysis.test_likelihood_results import scored
from tests.browser.opened import Opened, names_shown
from tests.browser.runs import node_id, run_of_all_kinds
from tests.reporting.conftest import a_run, an_entry

Report = Callable[..., Page]


def shown_case(page: Page) -> str:
    return page.locator("#detail h3 bdi").inner_text()


def selected(page: Page) -> list[str]:
    return page.locator("#list").get_by_role("option", selected=True).locator(".names > bdi").all_inner_texts()


def at(page: Page, case: str) -> str:
    """The page's address at a case: encoded as JavaScript does."""
    return page.url.partition("#")[0] + "#" + quote(case, safe="!'()*")


def test_a_click_shows_the_case_and_puts_it_into_the_address(report: Report) -> None:
    page = report()
    expect(page.locator("#detail")).to_have_text("Choose a case.")
    page.locator("#list").get_by_role("option", name="sums-3").first.click()
    detail = page.locator("#detail")
    for said in ("sums-3", "wrong", "What is 6*7?", '{"steps": ["6*7=41"], "answer": 41}', "it is 42", "arithmetic slip", "subject"):
        expect(detail).to_contain_text(said)
    assert selected(page) == ["sums-3"]
    expect(page).to_have_url(at(page, node_id("embedded-text", "direct", "sums-3")))


def test_a_turn_names_what_the_strategy_asked_for(open_file: Callable[..., Opened], tmp_path: Path) -> None:
    asked = TurnCost("stop", 5, 7, 0.5, 3, stop=("\n", "Q:"), top_p=0.9, max_new_tokens=8)
    turns = (Turn("user", "What is 6*7?"), Turn("assistant", "42", cost=asked))
    path = tmp_path / "report.html"
    entry = an_entry(0, Verdict.CORRECT, reply=Reply("42", "stop", 5, 7, 0.25, 8, turns))
    path.write_text("".join(report_parts(a_run(entry))), encoding="utf-8")
    page = open_file(path).page
    page.locator("#list").get_by_role("option", name="sums-0").first.click()
    expect(page.locator("#detail")).to_contain_text(
        'assistant · stop after 7 tokens · temperature 0.5, seed 3 · top_p 0.9 · max_new_tokens 8 · stop ["\\n","Q:"]'
    )


def test_each_scored_option_has_a_bar_as_long_as_its_probability(open_file: Callable[..., Opened], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("".join(report_parts(a_run(scored(0, "B", -6.0, -7.0, -3.0)))), encoding="utf-8")
    page = open_file(path).page
    page.locator("#list").get_by_role("option", name="sums-0").first.click()
    bars = page.locator("#detail .options")
    expect(bars.locator("li")).to_have_text(["A a dog4.7% -6.000", "B überaus expected1.7% -7.000", "C it93.6% -3.000"])
    assert [float(value) for value in bars.locator("meter").evaluate_all("bars => bars.map(bar => bar.value)")] == pytest.approx(
        [0.0466, 0.0171, 0.9362], abs=1e-3
    )


def test_an_error_shows_its_prompt_and_its_message(report: Report) -> None:
    page = report(node_id("embedded-text", "direct", "sums-7"))
    expect(page.locator("#detail")).to_contain_text("What is 6*7?")
    expect(page.locator("#detail")).to_contain_text("out of memory even for this case alone")


@pytest.mark.parametrize(
    ("label", "value", "left"),
    [
        ("Verdict", "wrong", ["sums-3"] * 4),
        ("Verdict", "no answer", ["sums-4"] * 4),
        ("Cause", "truncated", ["sums-5"] * 4),
        ("Strategy", "tool", [f"sums-{number}" for number in range(8)] * 2),
        ("Model", "other-model", [f"sums-{number}" for number in range(8)] * 2),
    ],
)
def test_a_filter_leaves_its_cases(label: str, value: str, left: list[str], report: Report) -> None:
    page = report()
    page.get_by_role("combobox", name=label).select_option(value)
    expect(page.locator("#count")).to_have_text(f"{len(left)} of 32")
    assert sorted(names_shown(page)) == sorted(left)


def test_filters_hold_together(report: Report) -> None:
    page = report()
    page.get_by_role("combobox", name="Verdict").select_option("wrong")
    page.get_by_role("combobox", name="Model").select_option("other-model")
    page.get_by_role("combobox", name="Strategy").select_option("tool")
    assert names_shown(page) == ["sums-3"]
    assert page.locator("#list").get_by_role("option").first.locator("small").inner_text() == "other-model · tool · arithmetic slip"


def test_a_filter_with_a_single_value_is_not_offered(report: Report) -> None:
    page = report()
    expect(page.locator("#filters select[name=benchmark]")).to_be_hidden()
    expect(page.locator("#filters select[name=model]")).to_be_visible()


@pytest.mark.parametrize(
    ("words", "count"), [("SLOW reply", 4), ("  slow reply ", 4), ("sums-3", 4), ("cut off after", 4), ("nowhere said", 0)]
)
def test_a_search_finds_names_replies_and_evidence(words: str, count: int, report: Report) -> None:
    page = report()
    page.get_by_role("searchbox", name="Search").fill(words)
    expect(page.locator("#count")).to_have_text(f"{count} of 32")
    assert len(names_shown(page)) == count


@pytest.mark.parametrize(("by", "first"), [("most tokens", "sums-1"), ("most seconds", "sums-2"), ("as run", "sums-0")])
def test_the_list_is_sorted(by: str, first: str, report: Report) -> None:
    page = report()
    page.get_by_role("combobox", name="Sort").select_option("most tokens")
    page.get_by_role("combobox", name="Sort").select_option(by)
    assert names_shown(page)[0] == first


def test_the_chosen_case_stays_chosen_under_another_sort_and_under_a_filter(report: Report) -> None:
    page = report(node_id("other-model", "tool", "sums-2"))
    page.get_by_role("combobox", name="Sort").select_option("most seconds")
    assert selected(page) == ["sums-2"]
    page.get_by_role("combobox", name="Verdict").select_option("wrong")
    assert selected(page) == []
    page.get_by_role("combobox", name="Verdict").select_option("")
    assert shown_case(page) == "sums-2"


def test_j_and_k_move_and_stop_at_the_ends(report: Report) -> None:
    page = report()
    for key, case in [("j", "sums-0"), ("j", "sums-1"), ("j", "sums-2"), ("k", "sums-1"), ("k", "sums-0"), ("k", "sums-0")]:
        page.keyboard.press(key)
        assert (shown_case(page), selected(page)) == (case, [case])
    expect(page.locator("#list")).to_be_in_viewport()
    page.get_by_role("combobox", name="Verdict").select_option("wrong")
    page.keyboard.press("Escape")
    for _ in range(6):
        page.keyboard.press("j")
    assert (
        page.locator("#list").get_by_role("option", selected=True).locator("small").inner_text() == "other-model · tool · arithmetic slip"
    )


def test_arrows_move_in_the_list_and_name_the_row_that_is_meant(report: Report) -> None:
    page = report()
    page.locator("#list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert shown_case(page) == "sums-0"
    meant = page.locator("#list").get_attribute("aria-activedescendant")
    expect(page.locator(f"[id='{meant}']")).to_have_attribute("aria-selected", "true")


def test_a_slash_goes_to_the_search_where_letters_are_letters_and_escape_leaves_it(report: Report) -> None:
    page = report()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("jk/")
    expect(search).to_have_value("jk/")
    expect(page.locator("#count")).to_have_text("0 of 32")
    search.fill("sums-4")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    expect(search).to_have_value("sums-4")
    page.keyboard.press("j")
    assert shown_case(page) == "sums-4"
    expect(page.locator("#count")).to_have_text("4 of 32")


def test_enter_goes_from_the_search_to_what_it_found(report: Report) -> None:
    page = report()
    page.keyboard.press("/")
    page.keyboard.type("sums-4")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    assert shown_case(page) == "sums-4"
    assert page.locator("#list").get_by_role("option", selected=True).get_attribute("aria-posinset") == "2"


def test_a_link_opens_at_its_case(report: Report) -> None:
    page = report(node_id("other-model", "tool", "sums-4"))
    assert shown_case(page) == "sums-4"
    expect(page.locator("#detail")).to_contain_text("other-model")
    expect(page.locator("#list")).to_be_in_viewport()
    expect(page.locator("#list").get_by_role("option", selected=True)).to_be_in_viewport()


def test_a_link_may_name_the_case_alone(report: Report) -> None:
    assert shown_case(report("sums-6")) == "sums-6"


def test_another_hash_shows_another_case_and_back_goes_back(report: Report) -> None:
    page = report(node_id("embedded-text", "direct", "sums-1"))
    page.evaluate("id => location.hash = encodeURIComponent(id)", node_id("embedded-text", "tool", "sums-3"))
    expect(page.locator("#detail h3")).to_contain_text("sums-3")
    page.go_back()
    expect(page.locator("#detail h3")).to_contain_text("sums-1")


def test_a_link_to_a_case_that_a_filter_hides_takes_the_filter_off(report: Report) -> None:
    page = report()
    page.get_by_role("combobox", name="Verdict").select_option("wrong")
    page.evaluate("location.hash = 'sums-0'")
    expect(page.locator("#detail h3")).to_contain_text("sums-0")
    expect(page.locator("#count")).to_have_text("32 of 32")
    expect(page.get_by_role("combobox", name="Verdict")).to_have_value("")


def test_a_link_by_name_prefers_a_case_that_the_filters_show(report: Report) -> None:
    page = report()
    page.get_by_role("combobox", name="Strategy").select_option("tool")
    page.evaluate("location.hash = 'sums-0'")
    expect(page.locator("#detail h3")).to_contain_text("sums-0")
    expect(page.locator("#count")).to_have_text("16 of 32")


@pytest.mark.parametrize("hash", ["%", "%E0%A4%A", "100%", "no-such-case", "__proto__", "constructor", "browser"])
def test_a_hash_that_names_no_case_changes_nothing(hash: str, report: Report) -> None:
    page = report()
    page.evaluate("hash => location.hash = hash", hash)
    expect(page.locator("#detail")).to_have_text("Choose a case.")
    page.locator("#list").get_by_role("option", name="sums-1").first.click()
    assert shown_case(page) == "sums-1"


def test_the_same_case_asked_otherwise_stands_beside_and_links_to_itself(report: Report) -> None:
    page = report(node_id("embedded-text", "direct", "sums-3"))
    beside = page.locator("#detail").get_by_role("link")
    assert beside.all_inner_texts() == ["embedded-text, tool", "other-model, direct", "other-model, tool"]
    beside.nth(2).click()
    expect(page.locator("#detail").get_by_role("link").first).to_have_text("embedded-text, direct")
    expect(page).to_have_url(at(page, node_id("other-model", "tool", "sums-3")))
    assert page.locator("#list").get_by_role("option", selected=True).locator("small").inner_text().startswith("other-model · tool")


def test_a_picture_grows_at_a_click_and_at_a_key(report: Report) -> None:
    page = report("sums-5")
    button = page.get_by_role("button", name="picture of sums-5")
    width = "document.querySelector('#detail .seen img').getBoundingClientRect().width"
    small = page.evaluate(width)
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(width) > small
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")
    assert page.evaluate(width) == small
    assert page.evaluate("document.querySelector('#detail .seen img').naturalWidth") == 320


def test_what_was_read_is_marked_behind_characters_of_two_units_too(report: Report) -> None:
    page = report("sums-6")
    assert page.locator("#detail .turn mark").all_inner_texts() == ["42"]
    page.keyboard.press("r")
    assert page.locator("#detail .turn .text mark").all_inner_texts() == ["42"]


COPIED = "window.copied = []; navigator.clipboard.writeText = async text => { window.copied.push(text); };"
REFUSED = (
    "navigator.clipboard.writeText = async () => { throw new DOMException('no', 'NotAllowedError'); }; document.execCommand = () => false;"
)
MISSING = "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;"


def test_copy_says_so(report: Report) -> None:
    page = report("sums-3", before=COPIED)
    page.get_by_role("button", name="copy").click()
    expect(page.locator("#detail output")).to_have_text("copied")
    assert page.evaluate("window.copied") == [f"pytest '{node_id('embedded-text', 'direct', 'sums-3')}'"]


@pytest.mark.parametrize("before", [REFUSED, MISSING], ids=["refused", "missing"])
def test_where_nothing_can_be_copied_the_command_is_selected(before: str, report: Report) -> None:
    page = report("sums-3", before=before)
    page.get_by_role("button", name="copy").click()
    expect(page.locator("#detail output")).to_have_text(re.compile("may not copy.*Ctrl"))
    assert page.evaluate("getSelection().toString()") == f"pytest '{node_id('embedded-text', 'direct', 'sums-3')}'"


def test_of_10000_cases_only_those_in_view_are_in_the_page(large: Page) -> None:
    rows = large.locator("#list").get_by_role("option")
    assert 5 < rows.count() < 100
    assert names_shown(large)[0] == "sums-0"
    large.locator("#list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    last = large.locator("#list").get_by_role("option", name="sums-9999")
    expect(last).to_be_visible()
    assert rows.count() < 100
    last.click()
    assert shown_case(large) == "sums-9999"
    large.keyboard.press("k")
    assert shown_case(large) == "sums-9998"


def test_a_filter_far_down_a_long_list_shows_rows_at_once(large: Page) -> None:
    large.locator("#list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    expect(large.locator("#list").get_by_role("option", name="sums-9999")).to_be_visible()
    large.get_by_role("searchbox", name="Search").fill("sums-77")
    expect(large.locator("#count")).to_have_text("111 of 10000")
    assert names_shown(large)[0] == "sums-77"


def test_a_held_key_leaves_the_address_at_its_last_case(large: Page) -> None:
    for _ in range(250):
        large.keyboard.press("j")
    expect(large).to_have_url(at(large, node_id("embedded-text", "direct", "sums-249")))
    assert shown_case(large) == "sums-249"


def test_a_page_comes_back_as_its_controls_say(report: Report) -> None:
    page = report()
    page.get_by_role("combobox", name="Sort").select_option("most tokens")
    page.get_by_role("combobox", name="Verdict").select_option("correct")
    page.reload()
    sort, verdict = page.get_by_role("combobox", name="Sort").input_value(), page.get_by_role("combobox", name="Verdict").input_value()
    assert names_shown(page)[0] == ("sums-1" if sort == "tokens" else "sums-0")
    expect(page.locator("#count")).to_have_text("16 of 32" if verdict else "32 of 32")


def test_what_a_model_thought_is_folded_and_how_it_refused_is_shown(open_file: Callable[..., Opened], tmp_path: Path) -> None:
    turns = (Turn("user", "What is 6*7?"), Turn("assistant", "", reasoning="Is it 42?", refusal="I may not say."))
    path = tmp_path / "report.html"
    entry = an_entry(0, Verdict.NO_ANSWER, reply=Reply("", "stop", 20, 12, 0.25, 8, turns))
    path.write_text("".join(report_parts(a_run(entry))), encoding="utf-8")
    page = open_file(path, entry.node_id).page
    expect(page.locator("#detail")).to_contain_text("I may not say.")
    thought = page.locator("details.thought .prose")
    expect(thought).to_be_hidden()
    page.locator("summary", has_text="what the model thought (9 characters)").click()
    expect(thought).to_have_text("Is it 42?")


def test_a_chinese_page_shows_its_cases_in_chinese(written: Callable[..., Path], open_file: Callable[..., Opened]) -> None:
    page = open_file(written("chinese", lambda: replace(run_of_all_kinds(), language=language_named("zh")))).page
    page.get_by_label("判定").select_option(label="错误")
    assert names_shown(page) == ["sums-3"] * 4
    page.locator("#list").get_by_role("option", name="sums-3").first.click()
    expect(page.locator("#detail")).to_contain_text("只重跑这一题")
    expect(page.locator("#detail dl").first).to_contain_text("正确答案42答案41读取规则answer field算错6*7=41（应为 42）")
