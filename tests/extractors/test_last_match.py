"""The last match of a pattern, found from the end, is the one that a search from the beginning ends with."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.extractors.last_match import last_match

PATTERNS = [
    (r"-?[0-9][0-9,]*(?:\.[0-9]+)?", "[-0-9,.]+"),
    (r"\-?\d+\.\d+|\-?\d+", r"[-\d.]+"),
    (r"-?\d*\.?\d+", r"[-\d.]+"),
    (r"-?[$0-9.,]{2,}|-?[0-9]+", "[-$0-9.,]+"),
]


@pytest.mark.parametrize(("pattern", "run"), PATTERNS)
@given(text=st.text("12-.,$ a\n٣"))
def test_it_is_the_last_of_all_matches(pattern: str, run: str, text: str) -> None:
    matches = [match.group() for match in re.finditer(pattern, text)]
    assert last_match(re.compile(pattern), re.compile(run), text) == (matches[-1] if matches else None)


def test_signs_that_make_no_match_are_passed_over() -> None:
    assert last_match(re.compile("[0-9]+"), re.compile("[0-9.]+"), "It is 18. So. Yes...") == "18"
