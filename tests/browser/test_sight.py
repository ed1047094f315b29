"""That everyone can read the page: on any width, in both colour schemes, by keyboard and by name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.opened import scrolls_sideways

Report = Callable[..., Page]
CONTROLS = {"textbox", "searchbox", "combobox", "button", "listbox", "link", "checkbox", "option"}

# Every text that is shown, its contrast with what is behind it (WCAG 2.2, relative luminance), and the size that decides what it needs.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parts = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, bottom) => top.slice(0, 3).map((each, place) => each * top[3] + bottom[place] * (1 - top[3]));
  const paper = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parts(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((bottom, top) => over(top, bottom), paper);
  };
  const light = colour => {
    const [r, g, b] = colour.map(each => each / 255).map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const found = [];
  const look = (element, said, style) => {
    const bottom = behind(element), colour = element.closest("svg") ? style.fill : style.color;
    const seen = parts(colour), opacity = Number(style.opacity);
    found.push([said.trim().slice(0, 40), element.closest("[class]")?.getAttribute("class") ?? "",
      contrast(over([...seen.slice(0, 3), seen[3] * opacity], bottom), bottom)]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("option, title, script")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    look(element, walker.currentNode.data, getComputedStyle(element));
  }
  for (const field of document.querySelectorAll("input[placeholder]"))
    look(field, field.placeholder, getComputedStyle(field, "::placeholder"));
  return found;
}"""


def unfold(page: Page) -> None:
    """Open what is folded."""
    page.locator("details").evaluate_all("found => found.forEach(each => { each.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(scheme: str, report: Report) -> None:
    page = report(color_scheme=scheme)
    unfold(page)
    for case in ("sums-3", "sums-4", "sums-5", "sums-6", "sums-7"):
        page.evaluate("name => location.hash = name", case)
        expect(page.locator("#detail h3")).to_contain_text(case)
        found = page.evaluate(CONTRASTS)
        assert len(found) > 50
        assert [(said, kind, round(ratio, 2)) for said, kind, ratio in found if ratio < 4.5] == []


def test_the_dark_scheme_is_dark(report: Report) -> None:
    page = report(color_scheme="dark")
    bright = "colour => Math.max(...getComputedStyle(document.body)[colour].match(/\\d+/g).slice(0, 3).map(Number))"
    assert page.evaluate(bright, "backgroundColor") < 60
    assert page.evaluate(bright, "color") > 180


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "light"), (390, "dark"), (1280, "light")])
def test_no_width_scrolls_sideways(width: int, scheme: str, report: Report) -> None:
    page = report("sums-5", color_scheme=scheme, viewport={"width": width, "height": 844})
    unfold(page)
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="picture of sums-5").click()
    assert not scrolls_sideways(page)
    page.locator("#list").get_by_role("option", name="sums-3").first.click()
    expect(page.locator("#detail h3")).to_contain_text("sums-3")
    assert not scrolls_sideways(page)


def test_every_control_has_a_name(report: Report) -> None:
    page = report("sums-5")
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    controls = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
    assert {"searchbox", "combobox", "button", "listbox", "link", "option"} <= {node["role"]["value"] for node in controls}
    assert [node["role"]["value"] for node in controls if not node.get("name", {}).get("value", "").strip()] == []


def test_the_list_owns_options_and_nothing_else(report: Report) -> None:
    page = report()
    assert page.locator("#list > *").evaluate_all("found => [...new Set(found.map(each => each.getAttribute('role')))].sort()") == [
        "option",
        "presentation",
    ]
    assert page.locator("#list").get_by_role("option").first.get_attribute("aria-setsize") == "32"


def test_focus_can_be_seen_wherever_tab_goes(report: Report) -> None:
    page = report("sums-5")
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
              const at = document.activeElement, style = getComputedStyle(at);
              const name = at === document.body ? "" : at.id || at.name || at.textContent.slice(0, 20) || at.tagName;
              return [name, style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth)];
            }"""
        )
        if not name or (seen and name == seen[0]):
            break
        seen.append(name)
        assert outline >= 2, name
    assert {"verdict", "sort", "text", "list", "copy"} <= set(seen)


def test_headings_go_down_one_step_at_a_time(report: Report) -> None:
    page = report("sums-5")
    levels = page.get_by_role("heading").evaluate_all("found => found.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
