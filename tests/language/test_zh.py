"""The Chinese table against the source: whatever is told has an entry, and every entry is of use."""

import re
from string import Formatter

from itemwise.analysis.like_with_like import LOADED, WORDINGS
from itemwise.analysis.provenance import Part
from itemwise.analysis.reply_changes import Change
from itemwise.analysis.run_history import Shown
from itemwise.cases.reply import Verdict
from itemwise.causes import KINDS
from itemwise.language import language_named
from itemwise.strategies import gain_of, strategy_names
from tests.language.source_texts import all_texts, told_texts, worded_f_strings

TABLE = language_named("zh").table
# told wherever they come from
WORDS = (
    *(word.value for kind in (Verdict, Change, Part, Shown) for word in kind), *KINDS, *KINDS.values(), *WORDINGS, *LOADED.values(),
    *(gain for name in strategy_names() if (gain := gain_of(name)) != name),
)  # fmt: skip


def places(text: str) -> set[tuple[str | None, ...]]:
    """The names, formats and conversions of the places in a text."""
    return {(name, form, conversion) for _, name, form, conversion in Formatter().parse(text) if name is not None}


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


def test_an_entry_has_the_same_places_on_both_sides() -> None:
    assert [text for text, chinese in TABLE.items() if places(chinese) != places(text)] == []
