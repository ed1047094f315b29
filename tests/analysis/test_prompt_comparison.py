"""The same rows under several prompts: what the prompt moves, whether that is shown, which rows change, what the extractor moves."""

from __future__ import annotations

from itertools import combinations

import pytest

from itemwise.analysis.pairs import Pair
from itemwise.analysis.prompt_comparison import PromptComparison, prompt_comparisons
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from itemwise.results.statistics import holm
from tests.reporting.conftest import a_reply, an_entry, with_changes

LETTERS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "N": Verdict.NO_ANSWER, "E": Verdict.ERROR}


def under(prompt: str, verdicts: str, **changes: object) -> list[Entry]:
    return [an_entry(number, LETTERS[letter], prompt_name=prompt, **changes) for number, letter in enumerate(verdicts) if letter != "-"]


def compared(**verdicts: str) -> PromptComparison:
    entries = [entry for prompt, letters in verdicts.items() for entry in under(prompt, letters)]
    (found,) = prompt_comparisons(tallied(entries), entries)
    return found


def test_one_prompt_is_none_to_compare_whether_it_has_a_name_or_not() -> None:
    for entries in (under("", "CW"), under("cot", "CW")):
        assert prompt_comparisons(tallied(entries), entries) == []


def test_the_best_and_the_worst_prompt_are_those_with_most_and_fewest_rows_right() -> None:
    comparison = compared(json="WWWW", cot="CCCW", boxed="CCWW")
    assert (comparison.best.label, comparison.worst.label) == ("cot", "json")
    assert [side.accuracy.correct for side in comparison.sides] == [0, 3, 2]


def test_rows_are_those_that_every_prompt_was_judged_on_with_one_expected_answer() -> None:
    entries = [*under("json", "CCCCC"), *under("cot", "CEC-C")]
    entries[-1] = with_changes(entries[-1], expected="43")
    (comparison,) = prompt_comparisons(tallied(entries), entries)
    assert (comparison.rows, comparison.asked) == (["sums-0", "sums-2"], 5)


def test_prompts_that_share_no_row_are_not_compared() -> None:
    entries = [*under("json", "C-"), *under("cot", "-C")]
    assert prompt_comparisons(tallied(entries), entries) == []


def test_a_prompt_without_a_verdict_is_left_out() -> None:
    comparison = compared(json="CW", cot="CC", boxed="EE")
    assert ([side.label for side in comparison.sides], comparison.rows) == (["json", "cot"], ["sums-0", "sums-1"])


def test_the_rows_that_change_are_right_under_some_prompts_only() -> None:
    comparison = compared(json="CWWC", cot="CCWN", boxed="CCWC")
    assert comparison.changing == ["sums-1", "sums-3"]
    assert comparison.right_under == {"sums-0": 3, "sums-1": 2, "sums-2": 0, "sums-3": 2}


def test_the_best_prompt_is_better_where_that_is_shown_beside_all_pairs_that_it_was_picked_from() -> None:
    letters = {"a": "W" * 12, "b": "C" * 6 + "W" * 6, "c": "C" * 9 + "W" * 3}
    comparison = compared(**letters)
    sides = {side.label: side for side in comparison.sides}
    pairs = list(combinations("abc", 2))
    raw = [Pair(sides[first], sides[second]).p for first, second in pairs]
    assert [comparison.holm_p(sides[first], sides[second]) for first, second in pairs] == holm(raw)
    assert comparison.holm_p(sides["c"], sides["a"]) == comparison.holm_p(sides["a"], sides["c"])
    assert comparison.is_shown
    assert not compared(a="WWW", b="CCC").is_shown
    assert not compared(a="CCC", b="CCC").is_shown


def test_the_interval_of_a_change_lies_around_it() -> None:
    comparison = compared(a="WWWWWWWWWW", b="CCCCCWWWWW")
    low, high = Pair(comparison.worst, comparison.best).interval
    assert 0 < low < 0.5 < high < 1
    assert Pair(comparison.best, comparison.worst).interval == pytest.approx((-high, -low))


def test_replies_to_a_prompt_are_read_by_the_run_and_by_other_extractors() -> None:
    entries = [with_changes(each, reply=a_reply("The answer is 42.")) for each in under("cot", "CC")] + under("json", "CC")
    (comparison,) = prompt_comparisons(tallied(entries), entries)
    cot, json = ({name: share for share, name in comparison.readings(side)} for side in comparison.sides)
    assert (cot["the run"], cot["strict-json"], cot["last-number"]) == (1.0, 0.0, 1.0)
    assert (json["the run"], json["strict-json"]) == (1.0, 1.0)


def test_each_model_and_strategy_is_compared_by_itself() -> None:
    entries = [entry for strategy in ("direct", "tool") for prompt in "ab" for entry in under(prompt, "CW", strategy=strategy)]
    assert [comparison.key.strategy for comparison in prompt_comparisons(tallied(entries), entries)] == ["direct", "tool"]
