"""report.html: one page, whole in itself, in which nothing a model wrote is markup."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import PIL.Image
import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply, Verdict
from itemwise.causes import Cause
from itemwise.gates.gate import Decision
from itemwise.reporting import RunRecord
from itemwise.reporting.readable import Budget
from itemwise.reporting.writers.html import report_parts
from itemwise.results.entry import Entry
from itemwise.snapshots import FileChanges, Snapshot, snapshot_change

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }} {% raw %}",
    "\u202ereversed\u2066 \u2028 \u2029",
    "\x1b[2J\x00\x07",
    "\ud800",
    "]]><!-- -->&lt;&amp;",
]


class Elements(HTMLParser):
    """What an HTML parser finds on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(page)
    return parser.tags


def addresses(page: str) -> list[str]:
    """Where the page's elements point to, other than to places on the page itself."""
    found = (attributes.get("src") or attributes.get("href") or "" for _, attributes in elements(page))
    return [address for address in found if address and not address.startswith("#")]


def named(page: str, name: str) -> list[dict[str, str | None]]:
    """The attributes of the elements of one class."""
    return [attributes for _, attributes in elements(page) if name in (attributes.get("class") or "").split()]


def percent(attributes: dict[str, str | None], name: str) -> float:
    return float((attributes[name] or "").removesuffix("%"))


def section(page: str, id: str) -> str:
    """The section that a heading names."""
    return page.partition(f'<section aria-labelledby="{id}"')[2].partition("</section>")[0]


def snapshots(text: str) -> FileChanges:
    """What became of the replies of a file in which everything is called `text`."""
    stored, now = (Snapshot(text, text, text, text, said, {text: said}) for said in ("", text))
    return FileChanges(text, {text: snapshot_change(text, stored, now)}, trouble=text)


def data(page: str) -> dict[str, Any]:
    """What the page's script reads, its cases among it."""
    lines, other = (json_in(page, name) for name in ("case-lines", "data"))
    cases = [json.loads(line) for line in lines.split("\n")[:-1:2]]
    for case in cases:  # what stands in a turn too is the place of that turn
        case |= {name: case["turns"][case[name]]["content"] for name in ("text", "prompt") if isinstance(case[name], int)}
    return {"cases": cases, **json.loads(other)}


def json_in(page: str, name: str) -> str:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def a_png(size: tuple[int, int] = (8, 8)) -> bytes:
    content = io.BytesIO()
    PIL.Image.effect_noise(size, 90).save(content, format="PNG")
    return content.getvalue()


def test_every_case_is_on_the_page_with_what_it_takes_to_read_it(run: RunRecord) -> None:
    cases = data("".join(report_parts(run)))["cases"]
    assert [case["id"] for case in cases] == [entry.node_id for entry in run.entries]
    wrong = next(case for case in cases if case["verdict"] == "wrong")
    assert (wrong["expected"], wrong["answer"], wrong["cause"]) == ("42", "41", "arithmetic slip")
    assert wrong["rerun"].startswith("pytest ")
    assert [turn["role"] for turn in wrong["turns"]] == ["user", "assistant"]


def test_the_page_asks_for_nothing(run: RunRecord) -> None:
    page = "".join(report_parts(run))
    assert not re.search(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", page)
    assert not addresses(page)
    assert "link" not in {tag for tag, _ in elements(page)}


def test_the_policy_allows_the_pages_own_script_and_nothing_else(run: RunRecord) -> None:
    page = "".join(report_parts(run))
    policy = next(attributes["content"] for _, attributes in elements(page) if attributes.get("http-equiv"))
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_a_model_wrote_makes_no_element(text: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    def page_of(said: str) -> str:
        whole = entry(0, Verdict.WRONG).texts().reply
        reply = replace(whole, text=said, turns=(Turn("assistant", said),), notes={said: said})
        causes = (Cause("reasoning", said),)
        wrong = entry(
            0, Verdict.WRONG, reply=reply, answer=said, expected=said, prompt=said, causes=causes, tags={said: said}, rule=said,
            benchmark=said, model_name=said, strategy=said, case=said, rerun=said, model={"location": said}, rows={"source": said},
        )  # fmt: skip
        return "".join(report_parts(run_of(wrong, command=said, snapshots=[snapshots(said)], decisions=[Decision(True, said)])))

    page, expected = page_of(text), page_of("plain")
    assert [tag for tag, _ in elements(page)] == [tag for tag, _ in elements(expected)]
    assert not [name for _, attributes in elements(page) for name in attributes if name.startswith("on")]
    assert not addresses(page)
    assert page.count("<script") == 3
    assert data(page)["cases"][0]["text"] == text.encode("utf-8", "replace").decode()
    assert data(page)["changes"][0]["words"] == [["+", text.encode("utf-8", "replace").decode()]]
    page.encode("utf-8")


def test_pictures_are_inside_the_page_large_ones_made_smaller(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    small, large = a_png(), a_png((1600, 1200))
    shown = [
        entry(0, Verdict.CORRECT, picture="small"),
        entry(1, Verdict.CORRECT, picture="large"),
        entry(2, Verdict.CORRECT, picture="broken"),
    ]
    found = data("".join(report_parts(run_of(*shown, pictures={"small": small, "large": large, "broken": b"no picture"}))))["pictures"]
    assert sorted(found) == ["large", "small"]
    assert base64.b64decode(found["small"].partition(",")[2]) == small
    whole = PIL.Image.open(io.BytesIO(base64.b64decode(found["large"].partition(",")[2])))
    assert whole.size == (768, 576)


def test_a_run_without_a_case_is_a_page_too(run_of: Callable[..., RunRecord]) -> None:
    assert data("".join(report_parts(run_of())))["cases"] == []


def test_the_page_goes_from_the_whole_to_the_cases_and_then_to_what_is_long(
    run: RunRecord, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]
) -> None:
    tagged = [entry(number, Verdict.CORRECT, tags={"topic": str(number % 20)}) for number in range(200, 240)]
    page = "".join(report_parts(run_of(*run.entries, *tagged, decisions=run.decisions, snapshots=[snapshots("gsm8k")])))
    headings = [attributes["id"] for tag, attributes in elements(page) if tag == "h2"]
    assert headings == ["accuracy", "gates", "ladder-0", "causes", "spread", "snapshots", "cases", "splits", "readers", "measured"]
    assert "<details><summary>20 rows</summary>" in section(page, "splits")


def test_every_entry_of_the_navigation_is_a_place_on_the_page(run: RunRecord) -> None:
    found = elements("".join(report_parts(run)))
    places = {attributes["id"] for _, attributes in found if "id" in attributes}
    links = {(attributes.get("href") or "").removeprefix("#") for tag, attributes in found if tag == "a"}
    assert {"accuracy", "gates", "ladder-0", "causes", "spread", "cases", "readers"} <= links <= places


def test_each_accuracy_is_drawn_with_its_interval_on_one_axis(run: RunRecord) -> None:
    drawn = section("".join(report_parts(run)), "accuracy").partition("<details>")[0]
    assert drawn.count('class="axis"') == 1
    reached = [tally.accuracy for tally in run.tallies]
    assert [percent(point, "cx") for point in named(drawn, "point") if "cx" in point] == pytest.approx(
        [100 * (each.share or 0) for each in reached], abs=0.01
    )
    for bar, accuracy in zip([bar for bar in named(drawn, "interval") if "x" in bar], reached, strict=True):
        assert accuracy.interval is not None
        low, high = percent(bar, "x"), percent(bar, "x") + percent(bar, "width")
        assert (low, high) == pytest.approx([100 * end for end in accuracy.interval], abs=0.02)


def test_a_rung_is_drawn_from_the_accuracy_before_to_its_own_on_the_cases_of_both(
    run_of: Callable[..., RunRecord], entry: Callable[..., Entry]
) -> None:
    verdicts = {"direct": "WCCCW", "tool": "CCCWE"}  # 3 of 4 both times where both judged
    kinds = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "E": Verdict.ERROR}
    entries = [
        entry(number, kinds[letter], strategy=strategy, node_id=f"{strategy}-{number}")
        for strategy, letters in verdicts.items()
        for number, letter in enumerate(letters)
    ]
    (bar,) = named(section("".join(report_parts(run_of(*entries))), "ladder-0"), "moved")
    assert (percent(bar, "x"), percent(bar, "width")) == (75, 0)


def test_a_rung_says_what_it_changed_and_how_sure_that_is(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    cases = range(8)
    direct = [entry(number, Verdict.WRONG) for number in cases]
    tool = [entry(10 + number, Verdict.CORRECT, strategy="tool", case=f"sums-{number}", node_id=f"tool-{number}") for number in cases]
    drawn = section("".join(report_parts(run_of(*direct, *tool))), "ladder-0")
    assert '<small class="correct">+100.0 points, p 0.00781: helps</small>' in drawn
    assert "the calculator, against direct" in drawn


def test_every_drawing_says_what_it_shows_or_stands_beside_the_figure(run: RunRecord) -> None:
    drawings = [attributes for tag, attributes in elements("".join(report_parts(run))) if tag == "svg"]
    assert drawings
    assert all(each.get("aria-hidden") == "true" or (each.get("role") == "img" and each.get("aria-label")) for each in drawings)


def test_each_cause_is_a_button_that_says_which_cases_it_stands_for(run: RunRecord) -> None:
    page = "".join(report_parts(run))
    found = {(each["data-strategy"], each["data-cause"]) for each in named(page, "cause")}
    assert found == {(tally.strategy, kind) for tally in run.tallies for kind in tally.causes}
    assert re.findall(r'data-strategy="direct" data-cause="truncated"><strong>(\d+)</strong> truncated<', page) == ["1"]


def test_the_parts_of_a_bar_are_the_judged_cases(run: RunRecord) -> None:
    page = section("".join(report_parts(run)), "causes")
    parts = [int((each["style"] or "").removeprefix("flex-grow: ")) for each in named(page, "piece")]
    assert sum(parts) == sum(tally.judged for tally in run.tallies if tally.causes)


def test_tokens_and_seconds_are_told_and_drawn(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    replies = [(10, 0.5, 1), (20, 1.5, 1), (20, 0.0, 0), (500, 4.0, 1)]  # the third is from the store
    whole = entry(0, Verdict.CORRECT).texts().reply
    entries = [
        entry(number, Verdict.CORRECT, reply=replace(whole, completion_tokens=tokens, generated_tokens=made * tokens, seconds=seconds))
        for number, (tokens, seconds, made) in enumerate(replies)
    ]
    spread = section("".join(report_parts(run_of(*entries))), "spread")
    labels = [each["aria-label"] for each in named(spread, "histogram")]
    assert labels == [
        "4 values of completion tokens: min 10, median 20, p90 500, max 500",
        "3 values of seconds: min 0.5, median 1.50, p90 4, max 4",
    ]
    assert [percent(each, "height") for each in named(spread, "bin")] == pytest.approx([50, 100, 50, 100, 100, 100], abs=0.01)
    assert [percent(each, "x1") for each in named(spread, "limit")] == pytest.approx([100 * 512 / 520], abs=0.01)
    assert "1 of 4 replies came from the store" in spread


def test_snapshot_differences_are_data_in_the_order_of_their_gravity_and_counted(run: RunRecord, run_of: Callable[..., RunRecord]) -> None:
    def kept(verdict: str, answer: str, text: str) -> Snapshot:
        return Snapshot(verdict, answer, "42", "f00d", text, {"torch": "2.9" if verdict == "correct" else "2.10"})

    right, wrong = kept("correct", "42", "it is 42"), kept("wrong", "41", "it is 41")
    ids = [entry.node_id for entry in run.entries]
    first = FileChanges(
        "direct.replies", {ids[0]: snapshot_change("sums-0", wrong, right), ids[1]: snapshot_change("sums-1", right, right)}
    )
    second = FileChanges("tool.replies", {ids[2]: snapshot_change("sums-2", right, wrong), ids[3]: snapshot_change("sums-3", None, right)})
    page = "".join(report_parts(run_of(*run.entries, snapshots=[first, second])))
    differences = data(page)["changes"]
    assert differences[0] == {
        "id": ids[2],
        "name": "sums-2",
        "kind": "right -> wrong",
        "before": {"verdict": "correct", "answer": "42"},
        "now": {"verdict": "wrong", "answer": "41"},
        "reasons": ["torch 2.9 -> 2.10"],
        "words": [["=", "it is "], ["-", "42"], ["+", "41"]],
    }
    assert [(each["id"], each["kind"]) for each in differences[1:]] == [(ids[0], "wrong -> right"), (ids[3], "new, no snapshot yet")]
    assert (differences[2]["before"], differences[2]["words"]) == (None, [])
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in section(page, "snapshots").split("<tr>")[1:]]
    assert rows == [
        ["snapshots", "right -&gt; wrong", "wrong -&gt; right", "new, no snapshot yet", "unchanged"],
        ["direct.replies", "0", "1", "0", "1"],
        ["tool.replies", "1", "0", "1", "0"],
    ]


def test_a_page_grows_with_its_differences_in_data_only(run: RunRecord, run_of: Callable[..., RunRecord]) -> None:
    def page(count: int) -> str:
        stored, now = (Snapshot("correct", "1", "1", "f00d", text, {}) for text in ("one", "1"))
        compared = {f"sums-{number}": snapshot_change(f"sums-{number}", stored, now) for number in range(count)}
        return "".join(report_parts(run_of(*run.entries, snapshots=[FileChanges("direct.replies", compared)])))

    assert len(elements(page(3000))) == len(elements(page(3)))


def test_what_a_model_thought_stands_apart_from_what_it_said(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    said = "<think>41?</think>\nThe answer is 42"
    turns = (Turn("user", "What is 6*7?"), Turn("assistant", said, reasoning="43?", refusal="Not so."))
    read = (said.index("42"), said.index("42") + 2)
    found = entry(0, Verdict.CORRECT, reply=Reply(said, "stop", 20, 12, 0.25, 8, turns), span=read)
    (case,) = data("".join(report_parts(run_of(found))))["cases"]
    assert (case["text"], case["text"][slice(*case["span"])]) == ("The answer is 42", "42")
    assert case["turns"][-1]["content"] == "The answer is 42"
    assert case["turns"][-1]["reasoning"] == "43?\n<think>41?</think>"
    assert case["turns"][-1]["refusal"] == "Not so."


def test_texts_that_the_page_has_no_work_left_for_are_shown_as_written_and_counted(
    run_of: Callable[..., RunRecord], entry: Callable[..., Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itemwise.reporting.writers.html.Budget", lambda: Budget(0))
    text = "*a* " * 500
    long = entry(0, Verdict.WRONG, reply=Reply(text, "stop", 1, 1, 0.0, 1, (Turn("user", "*short*"), Turn("assistant", text))))
    page = "".join(report_parts(run_of(long)))
    (asked, _), (said, _) = json.loads(json_in(page, "case-lines").split("\n")[1])
    assert (asked[0], said) == ("div", "laying out the texts before it took the work that one page is given")
    assert (data(page)["asWritten"], data(page)["texts"]) == (1, 2)
