"""report.html: one page, whole in itself, in which nothing a model wrote is markup."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import PIL.Image
import pytest

from itemwise.case import Verdict
from itemwise.ledger import Entry
from itemwise.reporting import RunRecord
from itemwise.reporting.html import report_html

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


def data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def a_png(size: tuple[int, int] = (8, 8)) -> bytes:
    content = io.BytesIO()
    PIL.Image.effect_noise(size, 90).save(content, format="PNG")
    return content.getvalue()


def test_every_case_is_on_the_page_with_what_it_takes_to_read_it(run: RunRecord) -> None:
    cases = data(report_html(run))["cases"]
    assert [case["id"] for case in cases] == [entry.node_id for entry in run.entries]
    wrong = next(case for case in cases if case["verdict"] == "wrong")
    assert (wrong["expected"], wrong["answer"], wrong["cause"]) == ("42", "41", "arithmetic slip")
    assert wrong["rerun"].startswith("pytest ")
    assert [turn["role"] for turn in wrong["turns"]] == ["user", "assistant"]


def test_the_page_asks_for_nothing(run: RunRecord) -> None:
    page = report_html(run)
    assert not re.search(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", page)
    assert not addresses(page)
    assert "link" not in {tag for tag, _ in elements(page)}


def test_the_policy_allows_the_pages_own_script_and_nothing_else(run: RunRecord) -> None:
    page = report_html(run)
    policy = next(attributes["content"] for _, attributes in elements(page) if attributes.get("http-equiv"))
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_a_model_wrote_makes_no_element(text: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    reply = {**entry(0, Verdict.WRONG).reply, "text": text, "turns": [{"role": "assistant", "content": text}], "notes": {text: text}}
    causes = [{"kind": "reasoning", "evidence": text}]
    hostile = entry(
        0, Verdict.WRONG, reply=reply, answer=text, expected=text, prompt=text, causes=causes, tags={text: text}, rule=text, benchmark=text,
        model_name=text, strategy=text, case=text, rerun=text, model={"location": text}, rows={"source": text},
    )  # fmt: skip
    plain = entry(0, Verdict.WRONG)
    page = report_html(run_of(hostile, command=text))
    assert {tag for tag, _ in elements(page)} <= {tag for tag, _ in elements(report_html(run_of(plain)))}
    assert not [name for _, attributes in elements(page) for name in attributes if name.startswith("on")]
    assert not addresses(page)
    assert page.count("<script") == 2
    assert data(page)["cases"][0]["text"] == text.encode("utf-8", "replace").decode()
    page.encode("utf-8")


def test_pictures_are_inside_the_page_large_ones_made_smaller(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    small, large = a_png(), a_png((1600, 1200))
    shown = [
        entry(0, Verdict.CORRECT, picture="small"),
        entry(1, Verdict.CORRECT, picture="large"),
        entry(2, Verdict.CORRECT, picture="broken"),
    ]
    found = data(report_html(run_of(*shown, pictures={"small": small, "large": large, "broken": b"no picture"})))["pictures"]
    assert sorted(found) == ["large", "small"]
    assert base64.b64decode(found["small"].partition(",")[2]) == small
    whole = PIL.Image.open(io.BytesIO(base64.b64decode(found["large"].partition(",")[2])))
    assert whole.size == (768, 576)


def test_a_run_without_a_case_is_a_page_too(run_of: Callable[..., RunRecord]) -> None:
    assert data(report_html(run_of()))["cases"] == []
