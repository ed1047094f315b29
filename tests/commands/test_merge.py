"""What `merge` makes of the shards of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from itemwise.__main__ import main
from itemwise.results.run_folder import read_run
from tests.commands.conftest import Reports, a_case

SETTINGS = {"models": ["m"], "sample": 50, "prompt": None, "gates": ["sums=0.5"], "baseline": None}


def leave_shard(reports: Reports, name: str, shard: str, cases: dict[int, str], **changes: Any) -> Path:
    """A run of some cases of a sample of 8."""
    settings = {**SETTINGS, "shard": shard, **changes.pop("settings", {})}
    results = [{"benchmark": "sums", "model": "m", "strategy": "direct", "sample": 8}]
    own = {"started": f"2026-05-01T12:0{shard[0]}:00+00:00", "settings": settings, "results": results, **changes}
    return reports.leave(name, *(a_case(number, verdict) for number, verdict in cases.items()), **own)


@pytest.fixture
def halves(reports: Reports) -> Reports:
    leave_shard(reports, "one", "1/2", {0: "C", 2: "W", 5: "C", 6: "N"})
    leave_shard(reports, "two", "2/2", {1: "C", 3: "C", 4: "T", 7: "C"})
    return reports


def merged() -> tuple[dict[str, Any], dict[str, str]]:
    """run.json of the merged run, and its verdicts by case in their order."""
    run = read_run("reports/merged/latest")
    return dict(run.record), {entry.case: entry.verdict.value for entry in run.entries}


@pytest.mark.usefixtures("halves")
def test_shards_are_one_run_with_all_cases_in_order_and_their_gates_decided(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", "one", "two", "--into", "reports/merged"]) == 0
    record, verdicts = merged()
    assert list(verdicts) == [f"sums-{number}" for number in range(8)]
    assert list(verdicts.values()) == ["correct", "correct", "wrong", "correct", "truncated", "correct", "no answer", "correct"]
    assert (record["results"][0]["correct"], record["results"][0]["sample"], record["seconds"]) == (5, 8, 24.6)
    assert record["settings"]["merged"] == ["reports/one", "reports/two"]
    assert "shard" not in record["settings"]
    assert [gate["passed"] for gate in record["gates"]] == [True]
    assert "62.5%" in capsys.readouterr().out


@pytest.mark.usefixtures("halves")
def test_a_gate_that_is_missed_is_exit_status_1() -> None:
    assert main(["merge", "one", "two", "--into", "reports/merged", "--fail-under", "sums=0.9"]) == 1


def test_the_merged_run_is_held_to_a_baseline(halves: Reports) -> None:
    halves.judged("before", "CCCCCCCC")
    assert main(["merge", "one", "two", "--into", "reports/merged", "--baseline", "reports/before"]) == 0
    assert "3 lost of 8" in merged()[0]["gates"][-1]["text"]


@pytest.mark.usefixtures("halves")
def test_a_missing_shard_is_named_with_its_cases_and_makes_the_run_red(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", "two", "--into", "reports/merged"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["shard 1/2 is missing", "sums, m, direct: 4 of 8 cases are in none of the runs"]
    assert "gate sums (m, direct) >= 0.50: undecided, only 4 of 8 cases are judged" in lines


def test_a_shard_without_cases_is_not_missed(reports: Reports) -> None:
    leave_shard(reports, "one", "1/2", dict.fromkeys(range(8), "C"))
    assert main(["merge", "one", "--into", "reports/merged"]) == 0


def test_a_case_of_two_runs_counts_once_by_its_last_verdict_that_is_no_error(halves: Reports) -> None:
    leave_shard(halves, "again", "1/2", {0: "E", 2: "C", 5: "C", 6: "N"}, started="2026-05-02T12:00:00+00:00")
    assert main(["merge", "again", "one", "two", "--into", "reports/merged"]) == 0
    record, verdicts = merged()
    assert (len(verdicts), verdicts["sums-0"], verdicts["sums-2"]) == (8, "correct", "correct")
    assert "in 2 the verdicts differ: sums-0 (error, correct), sums-2 (wrong, correct)" in record["notes"][0]


def test_a_verdict_that_was_only_recalled_gives_way_to_one_that_ran(halves: Reports) -> None:
    folder = leave_shard(halves, "again", "1/2", {2: "C"}, started="2026-05-02T12:00:00+00:00")
    case = json.loads((folder / "results.jsonl").read_text())
    (folder / "results.jsonl").write_text(json.dumps({**case, "earlier": True}))
    assert main(["merge", "again", "one", "two", "--into", "reports/merged"]) == 0
    assert merged()[1]["sums-2"] == "wrong"


def test_skipped_cases_stay_skipped(reports: Reports) -> None:
    skip = {
        "benchmark": "sums",
        "model": "m",
        "strategy": "direct",
        "case": "sums-7",
        "node_id": "t.py::t[m-direct-sums-7]",
        "reason": "why",
    }
    leave_shard(reports, "one", "1/1", dict.fromkeys(range(7), "C"), skipped=[skip])
    assert main(["merge", "one", "--into", "reports/merged", "--fail-under", "sums=0.1"]) == 1  # undecided
    assert merged()[0]["skipped"] == [skip]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"settings": {"sample": 200}}, "sample: 50 and 200"),
        ({"settings": {"shard": "1/3"}}, "number of shards: 2 and 3"),
        ({"models": {"m": {"revision": "sha256:4567"}}}, "sums, m, direct, revision: sha256:0123 and sha256:4567"),
        ({"rows": {"source": "synthetic", "prompt": "cot", "seed": "42"}}, "sums, m, direct, prompt: json and cot"),
    ],
)
def test_runs_that_were_asked_differently_are_refused(
    changes: dict[str, Any], fault: str, halves: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_shard(halves, "other", "1/2", {0: "C"}, **changes)
    assert main(["merge", "one", "other", "--into", "reports/merged"]) == 2
    assert f"reports/one and reports/other are no shards of one run: {fault}." in capsys.readouterr().err
    assert not Path("reports/merged").exists()


def test_rows_of_strategies_that_ran_apart_keep_the_protocol_of_each(reports: Reports) -> None:
    told = {"direct": "lm-eval/sums", "vote": "changed from lm-eval/sums: strategy vote"}
    for strategy, protocol in told.items():
        results = [{"benchmark": "sums", "model": "m", "strategy": strategy, "sample": 1}]
        changes: dict[str, Any] = {"rows": {"source": "synthetic", "protocol": protocol}, "settings": SETTINGS, "results": results}
        reports.leave(strategy, a_case(0, "C", strategy=strategy, node_id=f"test_sums.py::test_sums[m-{strategy}-sums-0]"), **changes)
    assert main(["merge", "direct", "vote", "--into", "reports/merged"]) == 0
    assert {name: rows["protocol"] for name, rows in merged()[0]["rows"].items()} == {f"sums, m, {name}": told[name] for name in told}


def test_machines_may_differ_and_are_told(halves: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"batch_size": 4, "engine": "ray"}
    leave_shard(halves, "other", "1/2", {0: "C", 2: "W", 5: "C", 6: "N"}, environment={"python": "3.12.1"}, settings=settings)
    assert main(["merge", "other", "two", "--into", "reports/merged"]) == 0
    assert "software and machine differ between the runs: engine, python" in capsys.readouterr().out
    assert merged()[0]["environment"]["differs between the runs"] == ["engine", "python"]


@pytest.mark.usefixtures("halves")
def test_a_gate_that_cannot_be_read_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", "one", "two", "--into", "reports/merged", "--fail-under", "sums"]) == 2
    assert "sums" in capsys.readouterr().err
    assert not Path("reports/merged").exists()
