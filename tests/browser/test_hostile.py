"""What models, datasets and users wrote stays text: nothing of it runs, loads, or breaks the page around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hostile import FLAG, HOSTILE, LONG, run_of_hostile, shown_form
from tests.browser.opened import Opened, scrolls_sideways
from tests.reporting.conftest import a_run

NAMES = list(HOSTILE)
HTML = ["a", "bdi", "button", "code", "dd", "div", "dl", "dt", "h3", "h4", "img", "li", "mark", "p", "small", "span", "strong"]
HTML += [
    "blockquote",
    "em",
    "h5",
    "hr",
    "pre",
    "s",
    "td",
    "tr",
    "th",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "ul",
    "ol",
    "figure",
    "figcaption",
    "section",
]
MATHS = ["math", "mrow", "mi", "mn", "mo", "mtext"]
SVG = ["svg", "rect", "path", "line", "text", "title", "g", "circle", "polyline", "desc"]  # the page's own drawings
ELEMENTS = "[...new Set([...document.querySelectorAll('*')].map(each => each.namespaceURI + ' ' + each.localName))].sort()"
SHOWN = """block => {
  const more = block.querySelector("button");
  return more ? block.textContent.length - more.textContent.length - 1 : block.textContent;
}"""
HANDLERS = "[...document.querySelectorAll('*')].flatMap(each => each.getAttributeNames()).filter(each => each.startsWith('on'))"
ADDRESSES = """[...document.querySelectorAll('[src], [href], [action], [data], [srcdoc]')]
  .map(each => each.getAttribute('src') ?? each.getAttribute('href') ?? each.outerHTML)"""


@pytest.fixture
def hostile(written: Callable[..., Path], open_file: Callable[..., Opened]) -> Callable[..., Page]:
    def open_hostile(hash: str | None = None, **options: object) -> Page:
        return open_file(written("hostile", run_of_hostile), hash, **options).page

    return open_hostile


def each_case(page: Page) -> Iterator[str]:
    """Goes through the wrong cases by the key j."""
    for name in NAMES:
        page.keyboard.press("j")
        yield name


def test_nothing_of_the_corpus_runs_or_makes_an_element(
    hostile: Callable[..., Page], written: Callable[..., Path], open_file: Callable[..., Opened]
) -> None:
    page = hostile()
    known = {f"http://www.w3.org/1999/xhtml {name}" for name in HTML}
    plain = open_file(written("empty", a_run)).page
    known |= set(plain.evaluate(ELEMENTS)) | {f"http://www.w3.org/2000/svg {name}" for name in SVG}
    known |= {f"http://www.w3.org/1998/Math/MathML {name}" for name in MATHS}
    for name in each_case(page):
        assert set(page.evaluate(ELEMENTS)) - known == set(), name
        assert page.evaluate(HANDLERS) == [], name
        assert [each for each in page.evaluate(ADDRESSES) if not each.startswith(("#", "data:image/"))] == [], name
        assert page.evaluate(f"window.{FLAG}") is None, name
    assert page.locator("iframe, object, embed, base, link, template, form:not(#filters)").count() == 0
    assert page.locator("script").count() == 3
    assert page.locator("style").count() == 1
    assert page.locator("meta[http-equiv]").count() == 1


def test_every_reply_is_shown_as_it_was_said(hostile: Callable[..., Page]) -> None:
    page = hostile()
    page.keyboard.press("r")
    for name in each_case(page):
        said = shown_form(HOSTILE[name])
        shown = page.locator("#detail .turn .text").nth(1).evaluate(SHOWN)
        assert shown == (20_000 if name in LONG else said), name


@pytest.mark.parametrize("width", [390, 1280])
def test_the_layout_holds(width: int, hostile: Callable[..., Page]) -> None:
    page = hostile(viewport={"width": width, "height": 844})
    assert not scrolls_sideways(page)
    for name in each_case(page):
        assert not scrolls_sideways(page), name
        assert page.evaluate("detail.scrollWidth <= detail.clientWidth"), name
        assert set(page.locator("#list .row").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")) == {44}, name
        assert page.evaluate(
            "[...document.querySelectorAll('#list .row')].every(row => row.scrollHeight <= 44 && row.scrollWidth <= row.clientWidth)"
        ), name
        verdict = page.locator("#detail h3 .verdict")
        assert (verdict.inner_text(), verdict.is_visible()) == ("wrong", True), name
    for select in page.locator("#filters select:visible").all():
        assert select.evaluate("each => each.getBoundingClientRect().right <= document.documentElement.clientWidth")


def test_direction_set_in_a_name_ends_with_the_name(hostile: Callable[..., Page]) -> None:
    page = hostile()
    page.get_by_role("searchbox", name="Search").fill("gnorw si siht")
    page.locator("#list").get_by_role("option").first.click()
    name, verdict = (page.locator(f"#detail h3 {each}").bounding_box() for each in ("bdi", ".verdict"))
    assert name is not None
    assert verdict is not None
    assert name["x"] < verdict["x"]
    direction = "each => { const range = document.createRange(); range.setStart(each.firstChild, 0); range.setEnd(each.firstChild, 1);"
    direction += " return range.getBoundingClientRect().x - each.getBoundingClientRect().x; }"
    assert page.locator("#detail h3 .verdict").evaluate(direction) == pytest.approx(0, abs=1)  # its first letter comes first


def test_the_rest_of_a_long_reply_comes_at_a_click(hostile: Callable[..., Page]) -> None:
    page = hostile()
    page.evaluate("name => location.hash = encodeURIComponent(name)", f"one line {NAMES.index('one line')}")
    more = page.get_by_role("button", name="show 980000 more characters")
    more.last.click()
    expect(page.locator("#detail .turn .text").nth(1).get_by_role("button")).to_have_count(0)
    assert page.locator("#detail .turn .text").nth(1).evaluate("block => block.textContent.length") == 1_000_000
    assert not scrolls_sideways(page)


def test_a_link_by_any_name_opens_its_case(hostile: Callable[..., Page]) -> None:
    page = hostile()
    for number, name in enumerate(NAMES):
        case = f"{name if name in LONG else HOSTILE[name]} {number}"
        page.evaluate("name => location.hash = encodeURIComponent(name)", shown_form(case))
        expect(page.locator("#list").get_by_role("option", selected=True)).to_have_attribute("aria-posinset", str(number + 1))


def test_filters_and_keys_work_after_it_all(hostile: Callable[..., Page]) -> None:
    page = hostile()
    for _ in each_case(page):
        pass
    page.get_by_role("combobox", name="Model").select_option(HOSTILE["script"])
    expect(page.locator("#count")).to_have_text(f"1 of {2 * len(HOSTILE)}")
    page.get_by_role("combobox", name="Model").select_option("__proto__")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#detail h3 bdi")).to_have_text(f"__proto__ {NAMES.index('prototype')}")
    page.get_by_role("combobox", name="Model").select_option("")
    page.get_by_role("combobox", name="Verdict").select_option("error")
    expect(page.locator("#count")).to_have_text(f"{len(HOSTILE)} of {2 * len(HOSTILE)}")
    for separator in ("separators", "controls"):
        page.get_by_role("combobox", name="Verdict").select_option("")
        page.get_by_role("combobox", name="Cause").select_option(index=1 + NAMES.index(separator))
        expect(page.locator("#count")).to_have_text(f"1 of {2 * len(HOSTILE)}")
        page.get_by_role("combobox", name="Cause").select_option("")


def test_the_policy_refuses_a_script_that_gets_into_the_page(written: Callable[..., Path], open_file: Callable[..., Opened]) -> None:
    opened = open_file(written("empty", a_run))
    refused = opened.page.evaluate(
        """async () => {
          const seen = [];
          document.addEventListener("securitypolicyviolation", event => seen.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.ranInline = 1";
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.ranHandler = 1");
          image.src = "https://evil.test/x.png";
          const frame = document.createElement("iframe");
          frame.src = "https://evil.test/";
          document.body.append(script, image, frame);
          await fetch("https://evil.test/").catch(() => 0);
          await new Promise(done => setTimeout(done, 200));
          return [seen.sort(), window.ranInline ?? null, window.ranHandler ?? null];
        }"""
    )
    assert refused == [["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem"], None, None]
    assert all("Content Security Policy" in error for error in opened.errors)
    assert set(opened.requests) == {opened.address, "https://evil.test/x.png"}  # Chromium tells of this one before the policy stops it
    opened.errors.clear()
    opened.requests[:] = [opened.address]
