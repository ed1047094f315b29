"""Options that stand in the text of a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.inline_options import InlineOptions, inline_options


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What?\nOptions: A: a cup, B: a pen, with ink, C: a key", InlineOptions("What?", ("a cup", "a pen, with ink", "a key"), "")),
        ("What?\nA. Stop.\nB. Go on.\nReply briefly.", InlineOptions("What?", ("Stop.", "Go on."), "Reply briefly.")),
        ("What?\nOptions:\n(A) red\n(B) blue", InlineOptions("What?", ("red", "blue"), "")),
        ("What is vitamin A: a fat?", InlineOptions("What is vitamin A: a fat?", (), "")),
        ("What?\nA. only one", InlineOptions("What?\nA. only one", (), "")),
        ("What?\nA. red\nB blue\nC. grey\nReply.", InlineOptions("What?", ("red", "blue", "grey"), "Reply.")),
        ("What?\nA. red\nC. grey", InlineOptions("What?\nA. red\nC. grey", (), "")),
        ("What?\nB. second\nA. first", InlineOptions("What?\nB. second\nA. first", (), "")),
    ],
)
def test_options_are_told_by_letters_in_the_order_of_the_alphabet(text: str, parts: InlineOptions) -> None:
    assert inline_options(text) == parts


@given(st.lists(st.from_regex(r"[a-z]{1,9}( [a-z]{1,9}){0,2}", fullmatch=True), min_size=2, max_size=6), st.booleans())
def test_whatever_the_options_are_they_are_found_again(options: list[str], in_a_line: bool) -> None:
    labelled = [f"{letter}: {text}" if in_a_line else f"{letter}. {text}" for letter, text in zip("ABCDEF", options, strict=False)]
    text = "Which?\nOptions: " + ", ".join(labelled) if in_a_line else "Which?\n" + "\n".join(labelled)
    assert inline_options(text)[:2] == ("Which?", tuple(options))
