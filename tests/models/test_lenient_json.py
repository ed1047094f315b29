"""JSON with the slips of models: what a person reads over is read, what nobody can know is not; any text, in bounded time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itemwise.models.lenient_json import LONGEST, object_at

UNHURRIED = settings(deadline=None)  # any example may wait for a busy machine


def read(text: str) -> dict[str, Any] | None:
    found = object_at(text, 0)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "1+1"}', {"a": "1+1"}),
        ("{'a': '1+1'}", {"a": "1+1"}),
        ("{'a': 'Ann\\'s \"one\"'}", {"a": 'Ann\'s "one"'}),
        ("{a: 1+1}", {"a": "1+1"}),
        ("{\u201ca\u201d: \u201c1+1\u201d}", {"a": "1+1"}),
        ('{"a": 12*(3+4)}', {"a": "12*(3+4)"}),
        ('{"a": True, "b": None, "c": false,}', {"a": True, "b": None, "c": False}),
        ("{'a': -7, 'b': 0.5, 'c': 007, 'd': 1e9}", {"a": -7, "b": 0.5, "c": "007", "d": "1e9"}),
        ('{"a": "1+\n1"}', {"a": "1+\n1"}),
        ('{"a": "2 \\times 3 \\(x\\)"}', {"a": "2 \\times 3 \\(x\\)"}),
        ('{{"a": {"b": 1}}}', {"a": {"b": 1}}),
        ('{"a": {"b": "1"', {"a": {"b": "1"}}),
        ('{"a": [1, {"b": 2}', {"a": [1, {"b": 2}]}),
        ('{"a": "1" "b": 2}', {"a": "1", "b": 2}),
        ("{}", {}),
    ],
)
def test_slips_are_read_over(text: str, value: dict[str, Any] | None) -> None:
    assert value == read(text)


BROKEN = ["{6*7}", "{1: 2}", '{"a": }', '{"a": 1,234}', "{" * 99, '{"a":' * 99]


@pytest.mark.parametrize("text", ["{", '{"a', '{"a"', '{"a":', '{"a": "1+', '{"a": 12', '{"a": {', *BROKEN])
def test_what_was_cut_off_or_is_no_object_is_not_read(text: str) -> None:
    assert read(text) is None


def test_the_object_ends_where_it_does() -> None:
    assert object_at("so {'a': 1} and {'b': 2}", 3) == ({"a": 1}, 11)


def test_an_object_that_is_looked_at_in_part_is_not_taken_for_one_that_lacks_its_end() -> None:
    assert read("{'a': 1, 'b': '" + "x" * LONGEST) is None
    assert read("{'a': 1, " + " " * LONGEST + "}") is None


PIECES = [*"{}[]:,a1 \n\\\"'\u201c\u201d\ud800", "\\u", '{"a": ', "true", "9" * 5000]
PLAIN = st.integers() | st.text(max_size=9) | st.booleans() | st.lists(st.none() | st.text())


@UNHURRIED
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
@example('{"a":' * 20_000)
@example("{'a': [" * 20_000)
def test_any_text_is_read_or_not(text: str) -> None:
    found = object_at("{" + text, 0)
    assert found is None or (isinstance(found[0], dict) and 0 < found[1] <= len(text) + 1)


@UNHURRIED
@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_what_is_strict_is_read_as_it_stands(value: dict[str, Any]) -> None:
    text = json.dumps(value)
    assert object_at(text + " }", 0) == (value, len(text))
