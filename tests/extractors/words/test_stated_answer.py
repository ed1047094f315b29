"""The answer of the kind that a case has, and never another."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from itemwise.extractors import OR, stated_answer


@pytest.mark.parametrize(
    ("answer", "choices", "reply", "read"),
    [
        ("B", ("red", "blue"), "It is blue.", "B"),
        ("C", (), "The answer is (C).", "C"),
        ("4", (), "It has **four** legs.", "4"),
        ("4", (), "It has five legs.", "5"),
        ("yes", (), "Yes, it has.", "yes"),
        ("Sonata", (), "The answer is **sonata**.", "Sonata"),
        ("Sonata", (), "The answer is a fugue.", "a fugue"),
        (f"24/7{OR}3.43", (), "\\boxed{3.43}", f"24/7{OR}3.43"),
        (f"24/7{OR}3.43", (), "\\boxed{3.4}", "3.4"),
        ("4", (), "I see a chart.", None),
    ],
)
def test_what_is_read_is_of_the_golds_kind(answer: str, choices: tuple[str, ...], reply: str, read: str | None) -> None:
    assert stated_answer(reply, SimpleNamespace(answer=answer, choices=choices)) == read
