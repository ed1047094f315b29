"""The table of models on many benchmarks: what is measured, its lines, and that what is done is not asked again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.measure_benchmarks import HEAD, Measurement, markdown, measured, measurements, rows_of

ONE = Measurement("gsm8k", Path("benchmarks/test_gsm8k.py"), 1, "/models/small", "gsm8k")


def result_of(accuracy: float | None = 0.25, **more: Any) -> dict[str, Any]:
    key = {"benchmark": "gsm8k", "model": "small", "strategy": "direct", "prompt": "cot"}
    counts = {"n": 4, "sample": 4, "no_answer": 1, "truncated": 2, "completion_tokens": 1234}
    row = key | {"accuracy": accuracy, "interval": None if accuracy is None else [0.046, 0.699]} | counts | more
    readers = [key | {"reader": name, "accuracy": share} for name, share in (("last-number", 0.25), ("lm-eval-flexible", 0.5))]
    return {"results": [row], "scores": [key | {"score": "score.loose", "mean": 0.75}], "readers": readers, "cpu": 90.0, "is_all": True}


def test_each_benchmark_with_rows_is_measured_by_each_model_one_after_the_other(tmp_path: Path) -> None:
    for name in ("svamp", "piqa", "arc", "pope", "nobody_asks_this"):
        (tmp_path / name).mkdir()
    found = [(one.model, one.called) for one in measurements(tmp_path, ["a", "b"], asked=["lm-eval/arc_easy"])]
    names = ["arc-easy", "arc-easy by lm-eval/arc_easy", "arc-challenge", "piqa", "svamp"]
    assert found == [(model, name) for model in "ab" for name in names]
    assert [one.called for one in measurements(tmp_path, ["a"], wanted=["arc-challenge", "pope"])] == ["arc-challenge", "pope"]
    assert "pope" in [one.called for one in measurements(tmp_path, ["a"], pictures=True)]


def test_a_line_has_the_accuracy_its_cost_and_what_the_readers_of_protocols_and_scores_say() -> None:
    cells = ("gsm8k", "small", "4", "25.0%", "4.6 to 69.9%", "1", "2", "1,234", "1.5", "score.loose 75.0%; lm-eval-flexible 50.0%")
    assert [*rows_of(ONE, result_of())] == [cells]
    scored = [{**result_of()["results"][0], "accuracy_by_norm": {"sum": 0.25, "characters": 0.5}}]
    assert "acc_norm 50.0%" in next(iter(rows_of(ONE, result_of() | {"likelihood": scored})))[-1]
    blank = [{**result_of()["results"][0], "accuracy_by_norm": {}}]  # as of WinoGrande, whose options are no texts of their own
    assert "acc_norm" not in next(iter(rows_of(ONE, result_of() | {"likelihood": blank})))[-1]
    assert markdown([cells])[0] == f"| {' | '.join(HEAD)} |"
    assert all(line.count("|") == len(HEAD) + 1 for line in markdown([cells]))


def test_a_part_of_the_sample_and_a_part_of_the_time_are_said_to_be_parts() -> None:
    ((_, _, rows, accuracy, *_, minutes, _),) = rows_of(ONE, result_of(None, n=3) | {"is_all": False})
    assert (rows, accuracy, minutes) == ("3 of 4", "-", "> 1.5")


def test_what_is_done_is_not_run_again_until_its_command_or_version_changes(tmp_path: Path) -> None:
    run = {"results": [{"n": 4}], "readers": []}
    script = f"""
import json, pathlib
folder = pathlib.Path({str(tmp_path / "reports" / "latest")!r})
folder.mkdir(parents=True, exist_ok=True)
(folder / "run.json").write_text({json.dumps(run)!r})
"""
    command = [sys.executable, "-c", script]
    first = measured(ONE, command, tmp_path)
    assert first["results"] == [{"n": 4}]
    assert first["is_all"]
    assert measured(ONE, command, tmp_path) == first
    began = (tmp_path / "cpu.txt").read_text().split().count("began")
    assert began == 1
    measured(Measurement("gsm8k", ONE.file, 2, ONE.model, "gsm8k"), command, tmp_path)
    assert (tmp_path / "cpu.txt").read_text().split().count("began") == 2


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("print('ERROR quiz - no rows\\nreports: /there'); raise SystemExit(1)", "ended with 1: ERROR quiz - no rows"),
        ("print('no such option'); raise SystemExit(4)", "ended with 4: no such option"),
        ("", "ended with 0: it said nothing"),
    ],
)
def test_what_cannot_be_measured_is_a_line_that_says_why_and_is_tried_again(tmp_path: Path, script: str, fault: str) -> None:
    result = measured(ONE, [sys.executable, "-c", script], tmp_path)
    assert [*rows_of(ONE, result)] == [("gsm8k", "small", *["-"] * 7, fault)]
    assert not (tmp_path / "result.json").exists()
