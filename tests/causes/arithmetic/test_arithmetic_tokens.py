"""What the tokenizer makes of arithmetic in text, LaTeX and JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.causes.arithmetic.arithmetic_tokens import OPERATORS, TOKEN


def kinds(text: str) -> list[str]:
    """The kinds of the tokens, without space."""
    return [str(token.lastgroup) for token in TOKEN.finditer(text) if token.lastgroup != "space"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48/2=24", ["number", "operator", "number", "equals", "number"]),
        ("1,430 + 0.5", ["number", "operator", "number"]),
        ("1 000 000", ["spaced"]),
        ("12 x 3", ["number", "cross", "number"]),
        ("12 boxes", ["number", "word"]),
        ("$9 of 10", ["money", "number", "of", "number"]),
        ("80% 5²", ["number", "percent", "number", "raised"]),
        ("17 % 5", ["number", "modulo", "number"]),
        ("2**3", ["number", "power", "number"]),
        ("**24**", ["emphasis", "number", "emphasis"]),
        ("7:30", ["clock"]),
        ("2024-05-06", ["clock"]),
        ("(3)", ["open", "number", "close"]),
        (r"\frac{1}{2} \times 3", ["fraction", "operator", "number"]),
        (r"\boxed{16}", ["open", "number", "close"]),
        ("km/h", ["word", "per", "word"]),
        ("3 == 3", ["number", "stop", "number"]),
        ("1\n2", ["number", "stop", "number"]),
        ("1\n= 2", ["number", "equals", "number"]),
    ],
)
def test_a_text_is_cut_into_kinds(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@given(st.text(max_size=60))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(token.group() for token in TOKEN.finditer(text)) == text


def test_every_operator_is_one_of_the_calculators() -> None:
    assert set(OPERATORS.values()) == {"+", "-", "*", "/", "**"}
