"""The Chinese table against the source: whatever is told has an entry, and every entry is of use."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from itemwise.analysis.gold_change import GoldChange
from itemwise.analysis.like_with_like import LOADED, WORDINGS
from itemwise.analysis.perplexity_results import BitsChange
from itemwise.analysis.provenance import Part
from itemwise.analysis.reply_changes import Change
from itemwise.analysis.run_history import Shown
from itemwise.cases.option_scores import UNITS
from itemwise.cases.reply import Undecided, Verdict
from itemwise.causes import KINDS, Cause
from itemwise.causes.cause import GAVE_UP, UNCLEAR
from itemwise.causes.equivalent_form import UNIT_WORDS
from itemwise.expressions.same_expression import same_expression
from itemwise.language import language_named, phrase
from itemwise.reporting.writers.json_files import run_json
from itemwise.results.environment import environment
from itemwise.session.settings import read_settings
from itemwise.strategies import gain_of, strategy_names
from tests.language.source_texts import all_texts, record_names, told_texts, worded_f_strings
from tests.reporting.conftest import a_run, an_entry

CHINESE = language_named("zh")
TABLE = CHINESE.table
# told wherever they come from
WORDS = (
    *UNITS.values(), *UNIT_WORDS, *(word for change in (BitsChange, GoldChange) for word in (change.unit, change.counted)),
    *(word.value for kind in (Verdict, Change, Part, Shown) for word in kind), *KINDS, *KINDS.values(), *WORDINGS, *LOADED.values(),
    *(gain for name in strategy_names() if (gain := gain_of(name)) != name),
)  # fmt: skip


def places(text: str) -> set[tuple[str | None, ...]]:
    """The names, formats and conversions of the places in a text, without the words that only a number of English chooses."""
    return {
        (name, form, conversion) for _, name, form, conversion in Formatter().parse(text) if name is not None and "|" not in (form or "")
    }


def test_every_text_that_is_told_has_an_entry() -> None:
    told = told_texts() | dict.fromkeys(WORDS, "a word")
    missing = [f'"{text}" = ""  # {file}' for text, file in told.items() if text not in TABLE]
    assert not missing, "these stay English, add to itemwise/language/zh.toml:\n" + "\n".join(missing)


def test_every_entry_is_told_somewhere() -> None:
    texts = all_texts()
    unused = [text for text in TABLE if re.search("[A-Za-z]", text) and text not in texts]
    assert not unused, "no text of the source, remove from itemwise/language/zh.toml:\n" + "\n".join(unused)


def test_no_section_puts_words_into_an_f_string() -> None:
    assert [*worded_f_strings("reporting/sections")] == [], 'write phrase("{n} cases", n=...), which a table can tell in Chinese'


def test_evidence_is_told_although_its_record_is_english() -> None:
    evidence = told_texts("causes") | told_texts("instructions") | told_texts("expressions")
    assert evidence.keys() <= CHINESE.recorded.keys(), "evidence, move to [recorded] of itemwise/language/zh.toml"
    assert [*worded_f_strings("causes", "cause")] == [], 'write phrase("stated: {words}", words=...), which a table can tell in Chinese'
    assert CHINESE(phrase("3 = 4 (it is 3); corrected, the steps give 9")) == "3 = 4（应为 3）；改正后各步得出 9"
    assert CHINESE(phrase("2 hours are 120 minutes")) == "2 小时等于 120 分钟"
    assert CHINESE(phrase("keywords:frequency: 2 times 'tea', not at least 3")) == "keywords:frequency: 'tea' 的次数：2，少于 3"
    assert [f for name in ("ExpressionError", "Undecided") for f in worded_f_strings("expressions", name)] == []
    assert CHINESE.cells([Cause(GAVE_UP, "without the price I cannot say").told]) == ["without the price I cannot say"]


def test_every_name_that_show_prints_has_an_entry(tmp_path: Path) -> None:
    record = json.loads(run_json(a_run(an_entry(0, Verdict.CORRECT), settings=read_settings({}, root=tmp_path, here=tmp_path).record())))
    told = {*record, *record["settings"], *record_names()} | environment({"commit": "0", "state": "clean"}).keys()
    assert sorted(told - TABLE.keys() - {"results"}) == [], "add to [show] of itemwise/language/zh.toml"


@pytest.mark.parametrize(
    ("answer", "gold", "told"),
    [
        (r"\foo{3}", "1", r"'\\foo{3}' 无法与 '1' 比较：给出的答案看不懂：\foo 看不懂"),
        ("x: 3", r"\sqrt{4", r"'x: 3' 无法与 '\\sqrt{4' 比较：标准答案看不懂：此处应为 '}'，却到了末尾"),
        ("42", "52_8", "'42' 是否算作 '52_8'，无法判定"),
    ],
)
def test_why_a_case_is_undecided_is_told_although_its_record_is_english(answer: str, gold: str, told: str) -> None:
    with pytest.raises(Undecided) as raised:
        same_expression(answer, gold)
    assert CHINESE(Cause(UNCLEAR, str(raised.value)).told) == told


@pytest.mark.parametrize("template", CHINESE.recorded)
def test_what_a_template_makes_is_told_by_its_own_entry(template: str) -> None:
    values = {
        name: {"words": "a b", "fault": "a b"}.get(name, "x") if form == "" else 7
        for _, name, form, _ in Formatter().parse(template)
        if name and "|" not in (form or "")
    }
    made, told = (str(phrase(text, **values)) for text in (template, CHINESE.recorded[template]))
    assert CHINESE(phrase(made)) == told


def test_an_entry_has_the_same_places_on_both_sides() -> None:
    assert [text for text, chinese in TABLE.items() if places(chinese) != places(text)] == []
