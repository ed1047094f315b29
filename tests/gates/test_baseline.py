"""What the gate against an earlier run decides, and the words that say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from itemwise.gates.baseline import baseline_decisions, read_baseline
from itemwise.gates.gate import Decision
from itemwise.results.entry import Entry, Texts
from itemwise.results.run_folder import RunFolder, RunFolderError, read_run
from tests.analysis.test_gold_change import GOLD, WORSE, entries
from tests.analysis.test_perplexity_results import documents
from tests.analysis.test_reference_results import answers
from tests.commands.conftest import ROWS, Reports, a_case, in_part
from tests.reporting.conftest import a_run

REPORTS = Path("reports")
NAMED = "gate sums (m, direct) not worse than reports/before"


def decided() -> list[Decision]:
    """The decisions on the run `now` with the run `before` as its baseline."""
    return baseline_decisions(read_baseline("before", REPORTS), read_run("now").entries)


def cases(verdicts: str, **part: str) -> list[dict[str, Any]]:
    return in_part([a_case(number, verdict) for number, verdict in enumerate(verdicts)], **part)


@pytest.mark.parametrize(
    ("before", "now", "decision"),
    [
        (
            "CCCCCCCC",
            "CWWNTWWC",
            Decision(
                False, f"{NAMED}: missed with 0 gained and 6 lost of 8, p = 0.0312; lost: sums-1, sums-2, sums-3, sums-4, sums-5, sums-6"
            ),
        ),
        (
            "CCCCCCW",
            "WWWWWWC",
            Decision(
                True,
                f"{NAMED}: passed with 1 gained and 6 lost of 7, p = 0.125; gained: sums-6; "
                "lost: sums-0, sums-1, sums-2, sums-3, sums-4, sums-5",
            ),
        ),
        (
            "WWWWWWC",
            "CCCCCCC",
            Decision(
                True,
                f"{NAMED}: passed with 6 gained and 0 lost of 7, p = 0.0312; gained: sums-0, sums-1, sums-2, sums-3, sums-4, sums-5",
            ),
        ),
        ("CCCWWW", "CCCWNT", Decision(True, f"{NAMED}: passed with 0 gained and 0 lost of 6, p = 1")),
        (
            "CC",
            "WC",
            Decision(
                True, f"{NAMED}: passed with 0 gained and 1 lost of 2, p = 1; so few cases can show no difference at p < 0.05; lost: sums-0"
            ),
        ),
    ],
    ids=["significantly worse", "worse by chance", "better", "no flip", "too few"],
)
def test_a_run_fails_where_it_is_significantly_worse(before: str, now: str, decision: Decision, reports: Reports) -> None:
    reports.judged("before", before)
    reports.judged("now", now)
    assert decided() == [decision]


def test_the_accuracy_of_the_baseline_is_named(reports: Reports) -> None:
    reports.judged("before", "CCCW")
    reports.judged("now", "CWWW")
    (decision,) = decided()
    assert decision.key is not None
    assert (decision.key.names[0], decision.level, decision.level_name) == ("sums", 0.75, "baseline")


def test_the_first_ten_flips_are_named_and_the_others_counted(reports: Reports) -> None:
    reports.judged("before", "C" * 13)
    reports.judged("now", "W" * 13)
    assert decided()[0].text.endswith("; lost: " + ", ".join(f"sums-{number}" for number in range(10)) + " and 3 more")


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("CCCC", "CCCE", "only 3 of 4 cases are judged, 1 failed by an infrastructure error"),
        ("CECE", "CCCC", "in reports/before only 2 of 4 cases are judged, 2 failed by an infrastructure error"),
        ("CCC", "CCCC", "the items differ: 1 case only in this run: sums-3"),
        ("CCCC", "CCC", "the items differ: 1 case only in reports/before: sums-3"),
    ],
)
def test_what_is_missing_on_either_side_leaves_the_gate_undecided(before: str, now: str, said: str, reports: Reports) -> None:
    reports.judged("before", before)
    reports.judged("now", now)
    assert decided() == [Decision(False, f"{NAMED}: undecided, {said}")]


@pytest.mark.parametrize(
    ("rows", "expected", "said"),
    [
        (ROWS | {"seed": "7"}, "42", "the items differ: seed of the rows 42 and 7"),
        (ROWS, "43", "the items differ: 1 case with another expected answer: sums-0 (42 and 43)"),
    ],
)
def test_other_items_leave_the_gate_undecided(rows: Mapping[str, str], expected: str, said: str, reports: Reports) -> None:
    reports.judged("before", "C")
    reports.leave("now", a_case(0, "C", expected=expected), rows=rows)
    assert decided() == [Decision(False, f"{NAMED}: undecided, {said}")]


def test_a_case_that_is_there_twice_leaves_the_gate_undecided(reports: Reports) -> None:
    reports.judged("before", "C")
    one = [{"benchmark": "sums", "model": "m", "strategy": "direct", "sample": 1}]
    reports.leave("now", a_case(0, "C"), a_case(0, "C", node_id="test_sums.py::test_again[m-direct-sums-0]"), results=one)
    (decision,) = decided()
    assert not decision.passed
    assert decision.text.startswith("gate not worse than reports/before: undecided, this run holds case sums-0 of sums twice (")


def test_each_benchmark_model_and_strategy_is_decided_by_its_own_baseline(reports: Reports) -> None:
    reports.leave("before", *cases("C" * 6, model_name="a"), *cases("W" * 6, model_name="b"), *cases("W" * 6, benchmark="aqua"))
    reports.leave("now", *cases("W" * 6, model_name="a"), *cases("C" * 6, model_name="b"), *cases("W" * 6, benchmark="aqua"))
    assert [decision.passed for decision in decided()] == [False, True, True]


def test_the_only_model_of_each_run_is_paired_whatever_its_name(reports: Reports) -> None:
    reports.leave("before", *cases("C" * 6, model_name="base"))
    reports.leave("now", *cases("W" * 6, model_name="tuned"))
    (decision,) = decided()
    assert decision.text.startswith("gate sums (tuned, direct) not worse than reports/before (base): missed with 0 gained and 6 lost of 6")


def test_what_the_baseline_has_not_is_left_out_and_said(reports: Reports) -> None:
    reports.leave("before", *cases("C", model_name="a"))
    reports.leave("now", *cases("C", model_name="a"), *cases("C", model_name="b"))
    first, second = decided()
    assert first.text.startswith("gate sums (a, direct) not worse than reports/before: passed")
    assert second == Decision(True, "gate sums (b, direct) not worse than reports/before: left out, it has none like this")


def test_a_gate_that_finds_nothing_to_compare_is_undecided(reports: Reports) -> None:
    reports.leave("before", *cases("C", benchmark="aqua"))
    reports.judged("now", "C")
    assert decided() == [
        Decision(
            False,
            "gate not worse than reports/before: undecided, it has nothing like what ran (ran: sums/m/direct; it has: aqua/m/direct)",
        )
    ]


def test_what_only_the_two_runs_differ_in_is_paired_as_compare_does(reports: Reports) -> None:
    reports.leave("before", *cases("C" * 6, strategy="direct", model_name="base"))
    reports.leave("now", *cases("W" * 6, strategy="tool", model_name="a"), *cases("C" * 6, strategy="tool", model_name="b"))
    first, second = decided()
    assert first.text.startswith("gate sums (a, tool) not worse than reports/before (base, direct): missed with 0 gained and 6 lost of 6")
    assert second.text.startswith("gate sums (b, tool) not worse than reports/before (base, direct): passed")


def test_what_is_called_the_same_is_a_pair_although_it_differs_in_what_another_has(reports: Reports) -> None:
    both = [*cases("C" * 6, model_name="a"), *cases("C" * 6, model_name="b")]
    reports.leave("before", *both, models={"a": {"max new tokens": "512"}, "b": {"max new tokens": "1024"}})
    worse = [*cases("W" * 6, model_name="a"), *cases("C" * 6, model_name="b")]
    reports.leave("now", *worse, models={"a": {"max new tokens": "1024"}, "b": {"max new tokens": "1024"}})
    assert [decision.passed for decision in decided()] == [False, True]


def test_a_baseline_without_a_case_is_refused(reports: Reports) -> None:
    reports.leave("before")
    with pytest.raises(RunFolderError, match=r"reports/before holds no case to compare with\."):
        read_baseline("before", REPORTS)


def test_another_version_of_the_benchmark_is_told(reports: Reports) -> None:
    for name, version in (("before", "1"), ("now", "2")):
        reports.judged(name, "CC", rows={**ROWS, "version": version})
    (decision,) = decided()
    assert decision.text.startswith(f"{NAMED} (version 1 against 2 of the benchmark): passed")


@pytest.mark.parametrize(
    ("now", "passed", "told"),
    [
        (WORSE, False, "missed with -0.032 nats a case (95% interval -0.0327 to -0.0313) over 20 cases, p "),
        (GOLD, True, "passed with +0 nats a case"),
        ([value - 0.002 for value in GOLD], True, "passed with -0.002 nats a case"),
        ([value + 0.5 for value in GOLD], True, "passed with +0.5 nats a case"),
    ],
)
def test_scored_options_are_held_by_the_log_likelihood_of_the_expected_ones_too(now: list[float], passed: bool, told: str) -> None:
    before = RunFolder("before", {}, a_run(*entries(GOLD)).entries)
    by_flips, by_likelihood = baseline_decisions(before, a_run(*entries(now)).entries)
    assert (by_flips.passed, by_likelihood.passed) == (True, passed)
    assert f" not worse than before, by the expected option's log-likelihood: {told}" in by_likelihood.text


def test_reference_answers_are_held_by_their_log_likelihood() -> None:
    before = RunFolder("before", {}, answers(GOLD))
    by_flips, by_likelihood = baseline_decisions(before, answers(WORSE))
    assert (by_flips.passed, by_likelihood.passed) == (True, False)
    assert " not worse than before, by the reference answer's log-likelihood: missed with -0.032 nats a case (" in by_likelihood.text


BITS = (1.0, 2.0, 1.5, 1.2)


@pytest.mark.parametrize(
    ("more", "passed", "told"),
    [
        (0.01, False, "missed with +0.0105 bits per byte (95% interval +0.01"),
        (0.0005, True, "passed with +0.000525 bits per byte"),
        (0.0, True, "passed with +0 bits per byte"),
        (-0.5, True, "passed with -0.525 bits per byte"),
    ],
)
def test_texts_are_held_by_their_bits_per_byte(more: float, passed: bool, told: str) -> None:
    before, now = many_documents(), many_documents(more)
    by_flips, by_bits = baseline_decisions(RunFolder("before", {}, before), now)
    assert (by_flips.passed, by_bits.passed) == (True, passed)
    assert f" not worse than before, by its bits per byte: {told}" in by_bits.text


def test_so_few_texts_that_no_difference_can_be_shown_say_so() -> None:
    _, by_bits = baseline_decisions(RunFolder("before", {}, documents(*BITS)), documents(*(bits + 1 for bits in BITS)))
    assert by_bits.passed
    assert by_bits.text.endswith("over 4 documents, p 0.125; so few cases can show no difference at p < 0.05")


def test_a_baseline_that_tells_nothing_of_the_texts_leaves_their_gate_undecided() -> None:
    without = [replace(entry, quoted=Texts()) for entry in documents(*BITS)]
    for before in (without, documents(*BITS, window=32)):
        _, by_bits = baseline_decisions(RunFolder("before", {}, before), documents(*BITS))
        assert not by_bits.passed
        assert "by its bits per byte: undecided, 0 of 4 documents can be compared: both runs must tell their bits, in " in by_bits.text


def test_a_part_of_the_texts_decides_nothing() -> None:
    now = [*many_documents()[:5], *many_documents(window=32)[5:]]
    _, by_bits = baseline_decisions(RunFolder("before", {}, many_documents()), now)
    assert not by_bits.passed
    assert "undecided, 5 of 8 documents can be compared" in by_bits.text


@pytest.mark.parametrize("bits", [nan, inf])
def test_texts_scored_with_no_number_leave_their_gate_undecided(bits: float) -> None:
    _, by_bits = baseline_decisions(RunFolder("before", {}, documents(*BITS)), documents(*[bits] * 4))
    assert not by_bits.passed
    assert "undecided, 0 of 4 documents can be compared" in by_bits.text


def many_documents(more: float = 0.0, window: int = 64) -> list[Entry]:
    """Eight documents of some bits a byte and `more` of each tenth."""
    found = [entry for part in (more, 1.1 * more) for entry in documents(*(bits + part for bits in BITS), window=window)]
    return [replace(entry, case=f"text-{number}", node_id=f"t.py::t[text-{number}]", sample_size=8) for number, entry in enumerate(found)]
