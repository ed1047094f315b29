"""Reports in Chinese: whatever people read is told, whatever programs read stays English, and what names things stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from itemwise.cases.reply import Verdict
from itemwise.language import language_named
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.comment import comment_md
from itemwise.reporting.writers.compare_html import compare_html
from itemwise.reporting.writers.html import report_parts
from itemwise.reporting.writers.json_files import results_jsonl, run_json
from itemwise.reporting.writers.junit import junit_parts
from itemwise.reporting.writers.markdown import summary_md
from itemwise.reporting.writers.terminal import closing_lines
from itemwise.results.entry import Entry
from tests.reporting.writers.test_compare_html import comparison, judged

CHINESE = language_named("zh")
NAMES = re.compile(r"(sums|embedded|other|direct|tool|json|strict|last|regex|first|number|subject|#\d|run-\d)[\w.-]*")
HEADED = ("h1", "h2", "h3", "h4", "summary", "label", "dt", "button", "a")


class Headings(HTMLParser):
    """The texts of what heads and names something on a page, without those that are names and figures alone."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        headed = tag in HEADED or (tag == "th" and ("scope", "col") in attrs)
        self._open += headed
        if headed:
            self.texts.append("")
        self.texts += [value or "" for name, value in attrs if name in ("aria-label", "placeholder", "title")]

    def handle_endtag(self, tag: str) -> None:
        self._open -= self._open > 0 and tag in (*HEADED, "th")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data


def english_left(texts: list[str]) -> list[str]:
    """The texts that hold English words, but for names, and for terms that the table leaves as they are."""
    kept = set(CHINESE.table.values())
    return [
        text for text in texts if text not in kept and not re.search("[\u4e00-\u9fff]", text) and re.search("[a-z]{3}", NAMES.sub("", text))
    ]


def headings(page: str) -> list[str]:
    parser = Headings()
    parser.feed(re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
    return parser.texts


@pytest.fixture
def chinese(run: RunRecord) -> RunRecord:
    return replace(run, language=CHINESE)


def test_no_heading_of_the_page_is_english(chinese: RunRecord) -> None:
    page = "".join(report_parts(chinese))
    assert '<html lang="zh-CN">' in page
    assert {"准确率", "没有答对的原因", "题目", "95% 置信区间", "算错"} <= {text.strip() for text in headings(page)}
    assert english_left(headings(page)) == []


def test_no_heading_of_a_comparison_is_english() -> None:
    page = compare_html(comparison(judged("CCWWN"), judged("WCCNT")), {}, CHINESE)
    assert "设置的不同之处" in headings(page)
    assert english_left(headings(page)) == []


def test_no_sentence_of_a_section_is_english(chinese: RunRecord) -> None:
    sentences = [
        text for section in chinese.told for text in (*section.legend, *(note.text for note in section.notes), *(section.brief or ()))
    ]
    gates = {decision.text for decision in chinese.decisions}  # made by the test
    assert len(sentences) > 10
    assert english_left([text for text in sentences if text not in gates]) == []


def test_the_terminal_and_markdown_are_chinese(chinese: RunRecord) -> None:
    assert "没有答对的原因（依据见 results.jsonl）：" in closing_lines(chinese, "reports/one")
    assert closing_lines(chinese, "reports/one")[-1] == "报告：reports/one"
    assert "### 没有答对的原因\n\n| 评测 | 模型 | 策略 |" in summary_md(chinese)
    assert "### itemwise: ❌ 2 个门槛中通过 1 个\n" in comment_md(chinese)


def test_columns_stand_below_each_other_where_characters_are_wide(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    lines = closing_lines(replace(run_of(entry(0, Verdict.CORRECT)), language=CHINESE), "reports/one")
    assert lines[:2] == [
        "评测            模型           策略    准确率    95% 置信区间  正确  错误  无答案  截断  出错  token/正确题  已评/样本",
        "sums-synthetic  embedded-text  direct  100.0%  20.7 至 100.0%     1     0       0     0     0            12      1 / 8",
    ]


@pytest.mark.parametrize("of", [run_json, lambda run: [*results_jsonl(run)], lambda run: [*junit_parts(run)]])
def test_what_programs_read_is_the_same_in_every_language(of: Callable[[RunRecord], object], run: RunRecord, chinese: RunRecord) -> None:
    assert of(run) == of(chinese)
