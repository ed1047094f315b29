"""What trackers are told of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from itemwise.results.run_folder import read_run
from itemwise.trackers.tracked_run import TrackedRun, tracked_run
from tests.commands.conftest import Reports, a_case, in_part, reports

__all__ = ["reports"]

DIRECT = "sums-synthetic/embedded-text/direct"


def told(folder: Path) -> TrackedRun:
    return tracked_run(read_run(str(folder)))


def metrics_of(reports: Reports, **record: Any) -> dict[str, float]:
    return dict(told(reports.judged("one", "CW", **record)).metrics)


def test_each_measurement_has_its_accuracy_interval_counts_causes_and_cost(tracked: TrackedRun) -> None:
    own = {name.removeprefix(f"{DIRECT}/"): value for name, value in tracked.metrics.items() if name.startswith(DIRECT)}
    assert (own["accuracy"], own["accuracy_low"] < 0.5 < own["accuracy_high"]) == (0.5, True)
    counts = ("n", "sample", "correct", "wrong", "no_answer", "truncated", "error", "causes/arithmetic_slip", "causes/no_JSON")
    assert [own[name] for name in counts] == [6, 8, 3, 1, 1, 1, 1, 1, 1]
    assert (own["tokens_per_correct"], own["completion_tokens"], own["seconds"]) == (24, 72, 1.5)
    assert tracked.metrics["sums-synthetic/embedded-text/tool/correct"] == 7


def test_gates_are_counted_and_quoted(tracked: TrackedRun) -> None:
    assert (tracked.metrics["gates/passed"], tracked.metrics["gates/not_passed"]) == (1, 1)
    assert tracked.parameters["gate/2"] == "gate sums-synthetic (embedded-text, tool) >= 0.80: passed with 0.875 (7 of 8)"


def test_parameters_are_settings_models_rows_and_environment_without_the_command_of_a_server(tracked: TrackedRun) -> None:
    known = tracked.parameters
    assert (known["models"], known["sample"], known["gates"], known["strategies/vote/samples"]) == ("embedded-text", 8, "sums=0.8", 9)
    assert known["model/embedded-text/max_new_tokens"] == "512"
    assert (known["rows/sums-synthetic/prompt"], known["environment/python"]) == ("json", "3.11.7")
    assert not any("serve" in f"{name} {value}" for name, value in known.items())
    assert "extractor" not in known  # which was left to the benchmark


def test_no_name_is_the_folder_of_another_as_stores_keep_them_in_files(tracked: TrackedRun) -> None:
    for names in (tracked.parameters, tracked.metrics):
        assert [name for name in names if any(other.startswith(f"{name}/") for other in names)] == []


def test_a_run_knows_when_it_was_of_what_commit_and_which_reports_there_are(tracked: TrackedRun, folder: Path) -> None:
    assert (tracked.name, tracked.started.isoformat(), tracked.seconds) == ("20260501-120000", "2026-05-01T12:00:00+00:00", 12.346)
    assert (tracked.commit, tracked.summary) == ("0123abcd", (folder / "summary.md").read_text())
    named = ["report.html", "junit.xml", "results.jsonl", "run.json", "summary.md", "comment.md"]
    assert [file.name for file in tracked.files] == named


def test_cases_are_rows_and_one_that_ended_in_an_error_is_none(tracked: TrackedRun) -> None:
    assert len(tracked.cases) == 14
    shown = ("strategy", "case", "verdict", "answer", "cause", "completion_tokens")
    assert [tracked.cases[3][name] for name in shown] == ["direct", "sums-3", "wrong", "41", "arithmetic slip", 12]


def test_scores_perplexity_and_other_figures_of_a_measurement_stand_under_their_table(reports: Reports) -> None:
    key = {"benchmark": "sums", "model": "m", "strategy": "direct"}
    scores = [{**key, "score": "score.strict", "mean": 0.5, "interval": [0.2, 0.8], "n": 2, "unscored": 0}]
    perplexity = [{**key, "documents": 2, "bits_per_byte": 1.25, "interval": [1.2, 1.3], "windows": "of 512", "word_perplexity": None}]
    chance = [{**key, "chance": 0.25, "constant": {"letter": "B", "accuracy": 0.3}, "controls": [{"accuracy": 0.1}]}]
    yes_no = [{**key, "part": part, "cases": 2, "f1": f1} for part, f1 in (("", 0.5), ("category: popular", 0.4))]
    metrics = metrics_of(reports, scores=scores, perplexity=perplexity, choices=chance, yes_no=yes_no)
    assert metrics == {
        "sums/m/direct/sample": 2,
        "sums/m/direct/scores/score.strict/mean": 0.5,
        "sums/m/direct/scores/score.strict/mean_low": 0.2,
        "sums/m/direct/scores/score.strict/mean_high": 0.8,
        "sums/m/direct/scores/score.strict/n": 2,
        "sums/m/direct/scores/score.strict/unscored": 0,
        "sums/m/direct/perplexity/documents": 2,
        "sums/m/direct/perplexity/bits_per_byte": 1.25,
        "sums/m/direct/perplexity/bits_per_byte_low": 1.2,
        "sums/m/direct/perplexity/bits_per_byte_high": 1.3,
        "sums/m/direct/choices/chance": 0.25,
        "sums/m/direct/choices/constant/accuracy": 0.3,
        "sums/m/direct/yes_no/cases": 2,
        "sums/m/direct/yes_no/f1": 0.5,
        "sums/m/direct/yes_no/category_popular/cases": 2,
        "sums/m/direct/yes_no/category_popular/f1": 0.4,
    }


def test_names_that_differ_only_in_what_no_tracker_takes_stay_apart(reports: Reports) -> None:
    case = [a_case(0, "C")]
    folder = reports.leave("one", *(each for name in ("m+int8", "m int8", "o/m") for each in in_part(case, model_name=name)))
    assert list(told(folder).metrics) == ["sums/m_int8/direct/sample", "sums/m_int8/direct/sample-2", "sums/o_m/direct/sample"]


def test_half_a_character_in_a_reply_is_spelled_out(reports: Reports) -> None:
    folder = reports.judged("one", "C")
    line = json.loads((folder / "results.jsonl").read_text())
    line["reply"]["text"] = "\ud83d"
    (folder / "results.jsonl").write_text(json.dumps(line))
    assert told(folder).cases[0]["text"] == "\\ud83d"
