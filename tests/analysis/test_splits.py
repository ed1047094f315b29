"""Accuracies split by what the cases are tagged with."""

from __future__ import annotations

from itemwise.analysis.splits import splits
from itemwise.cases.reply import Verdict
from itemwise.results.ledger import tallied
from tests.reporting.conftest import an_entry


def test_an_accuracy_is_split_by_a_tag_of_however_many_values() -> None:
    entries = [an_entry(number, Verdict.CORRECT, tags={"subject": f"s{number % 57:02}"}) for number in range(114)]
    found = splits(tallied(entries), entries)
    assert [(split.value, split.part.judged) for split in found] == [(f"s{number:02}", 2) for number in range(57)]


def test_an_accuracy_is_split_by_each_tag_of_several_values() -> None:
    tags = [{"subject": "art", "grade": "1"}, {"subject": "art", "grade": "2"}, {"subject": "art", "grade": "2"}]
    verdicts = (Verdict.CORRECT, Verdict.WRONG, Verdict.CORRECT)
    entries = [an_entry(number, verdict, tags=tag) for number, (verdict, tag) in enumerate(zip(verdicts, tags, strict=True))]
    found = splits(tallied(entries), entries)
    assert [(split.tag, split.value, split.part.accuracy.share, split.part.judged) for split in found] == [
        ("grade", "1", 1.0, 1),
        ("grade", "2", 0.5, 2),
    ]


def test_a_tag_of_one_value_splits_nothing_and_neither_does_none() -> None:
    entries = [an_entry(number, Verdict.CORRECT, tags={"subject": "art"} if number else {}) for number in range(3)]
    assert splits(tallied(entries), entries) == []


def test_a_part_is_complete_with_its_own_cases_and_those_without_the_tag_are_in_none() -> None:
    entries = [an_entry(number, Verdict.CORRECT, tags=tags) for number, tags in enumerate([{"grade": "1"}, {"grade": "2"}, {}])]
    parts = splits(tallied(entries), entries)
    assert [(split.whole.judged, split.part.judged, split.part.sample_size) for split in parts] == [(3, 1, 1), (3, 1, 1)]


def test_each_strategy_is_split_by_itself() -> None:
    entries = [
        an_entry(number, verdict, strategy=strategy, tags={"grade": str(number)}, node_id=f"{strategy}-{number}")
        for strategy, verdict in [("direct", Verdict.WRONG), ("vote", Verdict.CORRECT)]
        for number in range(2)
    ]
    assert [(split.whole.strategy, split.value, split.part.accuracy.share) for split in splits(tallied(entries), entries)] == [
        ("direct", "0", 0.0),
        ("direct", "1", 0.0),
        ("vote", "0", 1.0),
        ("vote", "1", 1.0),
    ]


def test_tags_that_say_which_cases_belong_together_split_nothing() -> None:
    rows = {"cluster": "template", "whole": "pair, figure"}
    tags = [{"template": str(n), "pair": str(n), "figure": str(n), "kind": str(n)} for n in range(2)]
    entries = [an_entry(n, Verdict.CORRECT, tags=tags[n], rows=rows) for n in range(2)]
    assert {split.tag for split in splits(tallied(entries), entries)} == {"kind"}
