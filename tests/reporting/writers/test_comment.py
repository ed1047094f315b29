"""comment.md: the verdict in a line, and short and harmless whatever names a run holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.cases.reply import Verdict
from itemwise.gates.baseline import baseline_decisions
from itemwise.gates.gate import Decision
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.comment import LIMIT, MARK, comment_md
from itemwise.results.entry import Entry
from itemwise.results.run_folder import RunFolder
from tests.analysis.test_gold_change import GOLD, WORSE
from tests.analysis.test_gold_change import entries as scored_entries
from tests.analysis.test_perplexity_results import documents
from tests.reporting.conftest import MODEL, a_run, an_entry

LETTERS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "T": Verdict.TRUNCATED, "E": Verdict.ERROR}
CLEAN = {"suite": {"commit": "0123456789abcdef0123", "tree": "clean"}}


def cases(verdicts: str, **changes: Any) -> list[Entry]:
    return [an_entry(number, LETTERS[letter], **{"sample_size": len(verdicts), **changes}) for number, letter in enumerate(verdicts)]


def held(
    now: Sequence[Entry],
    before: Sequence[Entry],
    *,
    started: str = "2026-04-19T12:00:00+00:00",
    around: Mapping[str, Any] = CLEAN,
    **changes: Any,
) -> RunRecord:
    """The run of `now`, gated by a baseline of `before` that ran then and with this `around` it."""
    run, base = a_run(*now, **changes), a_run(*before)
    record = {"started": started, "settings": base.settings, "models": base.measured, "rows": base.rows, "environment": around}
    baseline = RunFolder("baseline.json", record, base.entries, has_replies=False)
    return replace(run, baseline=baseline, decisions=baseline_decisions(baseline, run.entries))


def head(run: RunRecord) -> list[str]:
    """The title, and the verdict below it."""
    mark, title, empty, verdict, *_ = comment_md(run).split("\n")
    assert (mark, empty) == (MARK, "")
    return [title, verdict]


def test_a_loss_that_is_shown_is_told_with_its_size_interval_and_gate() -> None:
    title, verdict = head(held(cases("WWWWWWWWWC"), cases("CCCCCCCCCC")))
    assert title == "### itemwise: ❌ 0 of 1 gate passed"
    assert verdict == (
        "sums-synthetic (embedded-text, direct) fell by 90.0 points from 100.0% to 10.0% (95% interval of the difference -100.0 to -45.6): "
        "a difference is shown (p = 0.00391, 9 lost and 0 gained of 10)"
    )


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("CCCC", "CCCW", "fell by 25.0 points from 100.0% to 75.0%"),
        ("CCCW", "CCCC", "rose by 25.0 points from 75.0% to 100.0%"),
        ("CCCW", "WCCC", "stayed from 75.0% to 75.0%"),
    ],
)
def test_what_may_be_chance_is_called_so(before: str, now: str, said: str) -> None:
    title, verdict = head(held(cases(now), cases(before)))
    assert title == "### itemwise: ✅ 1 of 1 gate passed"
    assert f"(embedded-text, direct) {said} (95% interval" in verdict
    assert "no difference is shown, as flips like these can be chance (p = " in verdict


def test_of_several_measurements_each_kind_is_counted_and_the_lowest_told() -> None:
    before = [each for name in "abc" for each in cases("CCCCCCCW", model_name=name)]
    verdicts = {"a": "CCCCCCCC", "b": "WWWWWWWW", "c": "CCCCCCWW"}
    now = [each for name, told in verdicts.items() for each in cases(told, model_name=name)]
    counted, _, lowest = head(held(now, before))[1].partition(". The lowest: ")
    assert counted == "3 measurements against the baseline: 1 worse, 2 no difference shown"
    assert lowest.startswith("sums-synthetic (b, direct) fell by 87.5 points")


def test_without_a_baseline_the_accuracy_is_the_verdict() -> None:
    run = a_run(*cases("CCCWE"))
    told = "sums-synthetic (embedded-text, direct): 75.0% (95% interval 30.1 to 95.4%) of 4, compared with no baseline"
    assert head(run) == ["### itemwise: no gate", f"{told}; 1 case ended in an infrastructure error"]


@pytest.mark.parametrize(
    ("started", "age"),
    [
        ("2026-04-19T12:00:00+00:00", "run of 2026-04-19, 12 days before this one"),
        ("2026-05-01T09:00:00+00:00", "run of 2026-05-01, 3.0 h before this one"),
        ("2026-05-02T09:00:00+00:00", "run of 2026-05-02, later than this one"),
        ("", "run of an unknown day"),
        ("2026-04-19", "run of 2026-04-19"),
    ],
)
def test_the_baseline_s_age_and_commit_are_told(started: str, age: str) -> None:
    dirty = {"suite": {"commit": "fedcba9876543210", "tree": "2 changed or new"}}
    run = held(cases("C"), cases("C"), started=started, environment=dirty)
    assert f"\n- baseline baseline.json: {age}, commit 0123456789, now fedcba9876 (2 changed or new)\n" in comment_md(run)


def test_what_was_asked_otherwise_is_told_so_that_the_model_is_not_blamed() -> None:
    run = held(cases("W", model={**MODEL, "max new tokens": "36", "system": "x" * 99}), cases("C"))
    asked = f"asked otherwise, so that a difference is not the model's alone: system none, now {'x' * 60}..., max new tokens 512, now 36"
    assert f"- sums-synthetic, embedded-text, direct: {asked}\n" in comment_md(run)


def test_software_that_both_record_is_told_and_no_path_of_a_machine() -> None:
    before, now = ({"python": python, "executable": f"/home/me/{python}"} for python in ("3.11.7", "3.12.1"))
    comment = comment_md(held(cases("C"), cases("C"), around=before, environment=now | {"platform": "Linux"}))
    assert "- sums-synthetic, embedded-text, direct: other software or machine: python 3.11.7, now 3.12.1\n" in comment
    assert "/home/me" not in comment


def test_scored_options_are_told_by_their_log_likelihood_too() -> None:
    comment = comment_md(held(scored_entries(WORSE), scored_entries(GOLD)))
    assert ": the expected option's log-likelihood: -0.032 nats a case (" in comment


def test_texts_that_were_scored_are_told_by_their_bits_per_byte() -> None:
    comment = comment_md(held(documents(1.1, 2.2, 1.1, 1.1), documents(1.0, 2.0, 1.0, 1.0)))
    assert "- sums-synthetic, embedded-text, direct: +0.146 bits per byte (95% interval +0.1" in comment


def test_ten_flips_are_named_each_way_and_the_others_counted() -> None:
    comment = comment_md(held(cases("C" * 30 + "W" * 30), cases("W" * 30 + "C" * 30)))
    assert len(re.findall("sums-[0-9]+", comment)) == 2 * 10
    assert comment.count(" and 20 more") == 2


def test_items_that_differ_have_no_row_and_the_gate_tells_why() -> None:
    comment = comment_md(held(cases("CC"), cases("CCC")))
    assert "| before | now |" not in comment
    assert "- ❌ gate sums-synthetic (embedded-text, direct) not worse than baseline.json: undecided, the items differ" in comment


HOSTILE = (
    "@owner",
    "![x](http://a/b)",
    "<img src=x onerror=alert(1)>",
    "a|b\n# title",
    "owner/name#12",
    "</details>",
    "`",
    "www.a.b",
    "\u202e",
)
anything = st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=8)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(anything, st.sampled_from([1, 300])), min_size=1, max_size=3, unique=True), st.integers(0, 40))
def test_a_comment_fits_and_is_harmless_whatever_the_names(names: list[tuple[str, int]], gates: int) -> None:
    long = [f"{text}{number}" * times for number, (text, times) in enumerate(names)]
    before, now = (
        [an_entry(0, verdict, benchmark=name, model_name=name, case=name, expected=name, sample_size=1) for name in long]
        for verdict in (Verdict.CORRECT, Verdict.WRONG)
    )
    run = held(now, before)
    comment = comment_md(replace(run, decisions=[*run.decisions, *(Decision(False, long[0]) for _ in range(gates))]))
    assert len(comment.encode("utf-8", "backslashreplace")) <= LIMIT + 100
    plain = comment.removeprefix(MARK)
    assert not re.search(r"<[a-z/!]|\]\(|(?<![A-Za-z0-9_])@\w|#[0-9]|(?m:^#+ title)|(?<!\\)://|www\.", plain)


def test_what_has_no_room_is_counted() -> None:
    many = [an_entry(0, Verdict.CORRECT, model_name=f"{number:03}" + "名" * 200, sample_size=1) for number in range(60)]
    comment = comment_md(a_run(*many, decisions=[Decision(True, "fine"), *(Decision(False, "名" * 2000) for _ in range(40))]))
    assert len(comment.encode()) <= LIMIT + 100
    assert "- 40 more rows are in summary.md" in comment
    assert "cut off here: " in comment.rstrip("\n").split("\n")[-1]
