"""The same replies read by several extractors."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.analysis.extractor_comparison import Extraction, extract_from, extractor_comparisons, is_right
from itemwise.cases.reply import Verdict
from itemwise.extractors import last_number
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.results.ledger import tallied
from tests.analysis.conftest import choice
from tests.analysis.test_likelihood_results import scored
from tests.reporting.conftest import a_reply, an_entry


def raising(text: str) -> str | None:
    raise KeyError(text)


@pytest.mark.parametrize(
    ("read", "finish_reason", "extraction"),
    [
        (last_number, "stop", Extraction("42")),
        (last_number, "length", Extraction(None)),  # in a reply that was cut off a number that is merely the last is no answer
        (lambda _: None, "stop", Extraction(None)),
        (lambda _: 42, "stop", Extraction(None, "int returned instead of text or None")),
        (raising, "stop", Extraction(None, "KeyError: 'then 42'")),
    ],
)
def test_what_an_extractor_makes_of_a_reply_is_an_answer_or_its_fault(read: Any, finish_reason: str, extraction: Extraction) -> None:
    assert extract_from(read, a_reply("then 42", finish_reason=finish_reason)) == extraction


def test_an_extraction_is_right_by_its_text_and_a_fault_never() -> None:
    entry = an_entry(0, Verdict.WRONG, expected="42")
    assert [is_right(entry, each) for each in (Extraction("42"), Extraction("42.0"), Extraction(None), Extraction("42", "raised"))] == [
        True, False, False, False,
    ]  # fmt: skip


def test_each_extractor_has_its_accuracy_over_the_replies_it_did_not_raise_on() -> None:
    def picky(text: str) -> str | None:
        return raising(text) if "41" in text else "42"

    entries = [an_entry(0, Verdict.CORRECT), an_entry(1, Verdict.WRONG), an_entry(2, Verdict.NO_ANSWER), an_entry(3, Verdict.ERROR)]
    (comparison,) = extractor_comparisons(tallied(entries), entries, [NamedExtractor("picky", picky), NamedExtractor("raising", raising)])
    results = {result.extractor: (result.correct, result.raised, result.share) for result in comparison.results}
    assert list(results) == ["last-number", "strict-json", "regex-number", "strict-hashes", "picky", "raising"]
    assert results["last-number"] == (1, 0, 1 / 3)  # the case that ended in an error has no reply
    assert results["picky"] == (2, 1, 1.0)
    assert results["raising"] == (0, 3, None)
    assert comparison.spread == (0.0, 1.0)  # without the one that raised on all


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        ("1,430", ["last-number", "strict-json", "regex-number", "strict-hashes"]),
        ("1/2", ["last-number", "strict-json", "regex-number", "strict-hashes"]),
    ],
)
def test_extractors_of_numbers_read_only_where_numbers_are_expected(expected: str, names: list[str]) -> None:
    entries = [an_entry(0, Verdict.WRONG, expected=expected)]
    (comparison,) = extractor_comparisons(tallied(entries), entries)
    assert [result.extractor for result in comparison.results] == names


@pytest.mark.parametrize(("prompt", "names"), [("What is it? Reply with JSON.", [["strict-json"]]), ("What is it?", [])])
def test_strict_json_reads_words_only_where_json_was_asked_for(prompt: str, names: list[list[str]]) -> None:
    entries = [an_entry(0, Verdict.WRONG, expected="a red ball", prompt=prompt)]
    assert [[result.extractor for result in each.results] for each in extractor_comparisons(tallied(entries), entries)] == names


def test_scored_options_hold_nothing_to_read() -> None:
    entries = [scored(0, "B", -6.0, -7.0, -3.0)]
    assert extractor_comparisons(tallied(entries), entries) == []


def test_choices_are_read_by_extractors_of_choices() -> None:
    entries = [choice(0, "A", "A")]
    (comparison,) = extractor_comparisons(tallied(entries), entries)
    assert [result.extractor for result in comparison.results] == ["strict-json", "first-capital", "llava-letter"]


def test_without_a_reply_nothing_is_compared() -> None:
    entries = [an_entry(0, Verdict.ERROR)]
    assert extractor_comparisons(tallied(entries), entries) == []


def test_extractors_that_are_compared_as_text_are_not_held_against_expressions() -> None:
    entries = [an_entry(0, Verdict.CORRECT, rows={"reader": "stated_expression"})]
    assert extractor_comparisons(tallied(entries), entries) == []
    (comparison,) = extractor_comparisons(tallied(entries), entries, [NamedExtractor("picky", str.strip)])
    assert [result.extractor for result in comparison.results] == ["picky"]
