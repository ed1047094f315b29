"""Model text made fit for terminals and XML."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.results.safe_text import printable, shortened, xml_safe

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=80)
DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # Unicode's Bidi_Control


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("over\rwritten", "over\\x0dwritten"),
        ("back\x08space", "back\\x08space"),
        ("\x7f\x00", "\\x7f\\x00"),
        ("[[ATTACHMENT|/etc/passwd]] [[/PROPERTY]] a[[1]]", "[ [ATTACHMENT|/etc/passwd]] [ [/PROPERTY]] a[[1]]"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\ud800", "\\ud800"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("中文 ünï 😀", "中文 ünï 😀"),
        ("fine\n::error::red", "fine\n\\x3a:error::red"),
        ("  ::stop-commands::x", "  \\x3a:stop-commands::x"),
        ("at ##[error]red", "at \\x23#[error]red"),
        ("##vso[task.complete]", "\\x23#vso[task.complete]"),
        ("std::vector, a :: b, ## Title [1]", "std::vector, a :: b, ## Title [1]"),
    ],
    ids=ascii,
)
def test_what_steers_a_terminal_is_spelled_out_and_the_rest_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("character", DIRECTION, ids=ascii)
def test_no_character_of_direction_is_printed(character: str) -> None:
    assert printable(character).isascii()


@UNHURRIED
@given(ANY_TEXT)
def test_printable_text_has_no_control_but_tabs_and_line_ends(text: str) -> None:
    left = [character for character in printable(text) if unicodedata.category(character) in ("Cc", "Cs")]
    assert set(left) <= {"\n", "\t"}


@UNHURRIED
@given(ANY_TEXT)
def test_text_made_printable_once_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@UNHURRIED
@given(ANY_TEXT)
def test_xml_can_hold_any_text(text: str) -> None:
    element = ElementTree.Element("reply")
    element.text = xml_safe(text)
    assert ElementTree.fromstring(ElementTree.tostring(element)).text or not text


@UNHURRIED
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])))
def test_text_that_xml_can_hold_is_left_as_it_is(text: str) -> None:
    assert xml_safe(text) == text


def test_a_text_that_fits_is_shown_whole() -> None:
    assert shortened("x" * 100, 100) == "x" * 100


@UNHURRIED
@given(st.integers(102, 500), st.integers(2, 101))
def test_a_longer_text_keeps_its_two_ends_and_says_how_much_is_missing(length: int, most: int) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(length))
    begin, note, end = shortened(text, most).split("\n")
    assert len(begin) + len(end) == most
    assert (text.startswith(begin), text.endswith(end)) == (True, True)
    assert note == f"[... {length - most} characters left out ...]"
