"""Prompts and replies as people read them: drawn, one key away from how they were written, and nothing but text and drawings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from itemwise.cases.chat import ToolCall, Turn, TurnCost
from itemwise.cases.reply import Reply, Verdict
from itemwise.reporting.writers.html import report_parts
from itemwise.results.entry import Entry
from tests.browser.hostile import FLAG
from tests.browser.opened import Opened, scrolls_sideways
from tests.reporting.conftest import a_run, an_entry

SAID = r"""**Two steps**, for $5 and $10:

1. half is \( \frac{3}{5} \times 10 = 6 \)
2. and `print(6)`

| a | b |
|---|---|
| 1 | 2 |

\[
\text{all} = 6 + 12
= \boxed{18}
\]
"""
CALL = '<tool_call>\n{"name": "calculator", "arguments": {"expression": "6*7"}}\n</tool_call>'
SET = f"window.{FLAG}=1"
HOSTILE = {
    "links": f"**a** [x](javascript:{SET}) [y]: //evil.test <https://evil.test> https://evil.test",
    "pictures": '**a** ![x](//evil.test/x.png) <img src=x onerror="' + SET + '">',
    "scripts": f"**a** <script>{SET}</script>\n\n<script>{SET}</script>\n\n<iframe srcdoc='<script>parent.{SET}</script>'>",
    "code": f"```<script>{SET}</script>\n</code></pre><script>{SET}</script>\n```",
    "words of a formula": rf"\( \text{{<img src=x onerror={SET}>}} \unicode{{3c}} \lt script \gt \)",
    "address of a formula": rf"\( \href{{javascript:{SET}}}{{x}} \style{{background:url(//evil.test)}}{{y}} \class{{row}}{{z}} \)",
    "width of a formula": r"\( \hspace{99999em} x \kern-999em y \rule{9999em}{9999em} \)",
    "macros": r"\( \newcommand{\a}{\b\b}\newcommand{\b}{\c\c}\a \)" + r"\( \def\a{\a\a}\a \)",
    "broken": r"\( \frac{1} \) $x^$ \[ \left( \begin{matrix} \]",
    "a formula of a megabyte": r"\[ " + "x + " * 250_000 + r" \]",
    "as long a formula as is drawn": r"\( " + r"\frac{1}{x} + " * 150 + r" x \)",
    "as deep a formula as is drawn": r"\( " + r"\sqrt{" * 36 + "x" + "}" * 36 + r" \)",
    "formulas too deep": r"\( " + r"\frac{1}{" * 180 + "x" + "}" * 180 + r" \)",
    "nested ten thousand deep": "> " * 9_000 + "*x*",
    "lists in lists": "\n".join(" " * 2 * depth + "- a" for depth in range(90)),
    "wide": "**a** `" + "W" * 3000 + "`\n\n| " + "W" * 3000 + " |\n|---|\n\n\\[ " + "W" * 1500 + " \\]",
    "headings": "# a\n\n" + "###### <b>x\n\n" * 200,
}
ACTIVE = "a, img, iframe, script, style"
CHOSEN = """() => [...document.querySelectorAll("#detail *")].filter(each => each.namespaceURI.endsWith("MathML")
  && each.getAttributeNames().some(name => /^(on|href|src|style|xlink)/.test(name))).length"""


def _replied(number: int, text: str, **changes: Any) -> Entry:
    turns = changes.pop("turns", (Turn("user", text), Turn("assistant", text)))
    return an_entry(number, Verdict.WRONG, reply=Reply(text, "stop", 20, 12, 0.25, 8, turns), **changes)


@pytest.fixture
def page_of(open_file: Callable[..., Opened], tmp_path: Path) -> Callable[..., Page]:
    def opened(*entries: Entry, **options: Any) -> Page:
        path = tmp_path / "report.html"
        path.write_text("".join(report_parts(a_run(*entries))), encoding="utf-8")
        return open_file(path, entries[0].node_id, **options).page

    return opened


def test_a_reply_is_drawn_and_its_text_is_one_key_away(page_of: Callable[..., Page]) -> None:
    start = SAID.index("18}")
    page = page_of(_replied(0, SAID, span=(start, start + 2)))
    reply = page.locator("#detail .turn.assistant")
    assert [reply.locator(each).count() for each in ("strong", "ol > li", "td", "code", "mfrac", "math[display=block] menclose")] == [
        1,
        2,
        2,
        1,
        1,
        1,
    ]
    expect(reply).to_contain_text("for $5 and $10:")
    expect(reply.locator(".read")).to_have_text("18")
    page.keyboard.press("r")
    expect(reply.locator(".text")).to_have_text(SAID, use_inner_text=True)
    expect(reply.locator(".text mark")).to_have_text("18")
    assert reply.locator("math").count() == 0
    button = page.get_by_role("button", name="raw text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(reply.locator("mfrac")).to_be_visible()
    expect(button).to_be_focused()


def test_a_formula_takes_the_room_of_a_drawing(page_of: Callable[..., Page]) -> None:
    page = page_of(_replied(0, SAID))
    fraction = page.locator("#detail .turn.assistant mfrac").bounding_box()
    assert fraction is not None
    assert fraction["height"] > fraction["width"]


def test_what_is_marked_in_the_raw_text_alone_is_said(page_of: Callable[..., Page]) -> None:
    page = page_of(_replied(0, "18. **x**", span=(0, 2)))
    expect(page.locator("#detail .turn.assistant")).to_contain_text("what was read cannot be marked here: raw text (key r) marks it")
    page.keyboard.press("r")
    expect(page.locator("#detail .turn.assistant mark")).to_have_text("18")


def test_a_reply_that_is_too_long_to_draw_is_shown_as_it_was_written(page_of: Callable[..., Page]) -> None:
    page = page_of(_replied(0, "**x** " * 4000))
    expect(page.locator("#detail .turn.assistant")).to_contain_text("shown as it was written: it is longer than 20,000 characters")
    expect(page.locator("#detail .turn.assistant .text")).to_contain_text("**x** **x**")


def test_a_conversation_with_a_tool_shows_what_was_called_and_came_back(page_of: Callable[..., Page]) -> None:
    calls = (ToolCall("calculator", {"expression": "6*7"}), ToolCall("calculator", {"text": "6*"}, "no number stands after *"))
    said = r"So \(6 \times 7 = 42\)."
    turns = (
        Turn("user", "What is **6*7**?"),
        Turn("assistant", f"I use *it*:\n{CALL}", calls=calls, cost=TurnCost("stop", 5, 7)),
        Turn("tool", "42"),
        Turn("assistant", said, reasoning="is *that* all?"),
    )
    page = page_of(_replied(0, said, turns=turns, span=(said.index("42"), said.index("42") + 2)), _replied(1, said, turns=turns))
    assert page.locator("#detail .turn > h4").all_inner_texts() == ["user", "assistant · stop after 7 tokens", "tool", "assistant"]
    called = page.locator("#detail .turn").nth(1)
    expect(called.locator(".prose")).to_have_text("I use it:")
    expect(called.locator(".call")).to_have_text(["calculator calledexpression6*7", "calculator calledtext6*no number stands after *"])
    expect(page.locator("#detail details.thought em")).to_have_text("that")
    expect(page.locator("#detail details.thought em")).to_be_hidden()
    page.keyboard.press("r")
    expect(called.locator(".text")).to_contain_text("<tool_call>")


@pytest.mark.parametrize("width", [390, 1280])
def test_hostile_markdown_and_formulas_run_nothing_and_load_nothing(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(*(_replied(number, text, case=name, span=(0, 3)) for number, (name, text) in enumerate(HOSTILE.items())),
                   viewport={"width": width, "height": 844})  # fmt: skip
    before = page.locator(ACTIVE).count()
    for number, name in enumerate(HOSTILE):
        expect(page.locator("#detail h3 bdi")).to_have_text(name)
        assert page.evaluate(f"window.{FLAG}") is None, name
        assert page.locator(ACTIVE).count() == before, name
        assert page.evaluate(CHOSEN) == 0, name
        assert not scrolls_sideways(page), name
        assert page.evaluate("detail.scrollWidth <= detail.clientWidth"), name
        if number < len(HOSTILE) - 1:
            page.keyboard.press("j")
