"""What `show` prints of a run."""

from __future__ import annotations

import pytest

from itemwise.commands.show import show_lines
from itemwise.language import ENGLISH, Language, language_named
from itemwise.reporting.table import text_width
from itemwise.results.run_folder import read_run
from tests.commands.conftest import Reports


def test_everything_that_run_json_holds_is_told(reports: Reports) -> None:
    reports.judged("one", "CCWE", gates=[{"passed": True, "text": "gate sums (m, direct) >= 0.50: passed"}])
    lines = show_lines(read_run("one"))
    assert lines[:-1] == [
        "run: reports/one",
        "started: 2026-05-01T12:00:00+00:00",
        "seconds: 12.3",
        "command: pytest benchmarks/ -k sums",
        "settings",
        "  models: m",
        "  sample: 50",
        "  prompt: not given",
        "models",
        "  m",
        "    revision: sha256:0123",
        "    versions: transformers 5.0, torch 2.9",
        "rows",
        "  sums",
        "    source: synthetic",
        "    prompt: json",
        "    seed: 42",
        "environment",
        "  python: 3.11.7",
        "",
        *lines[-3:-1],
    ]
    assert lines[-3].split()[:4] == ["benchmark", "model", "strategy", "accuracy"]
    assert lines[-2].split()[:4] == ["sums", "m", "direct", "66.7%"]
    assert lines[-1] == "gate sums (m, direct) >= 0.50: passed"


def test_what_a_newer_run_notes_besides_is_told_too(reports: Reports) -> None:
    reports.judged("one", "C", hardware={"gpu": ["A", "B"], "driver": {}})
    lines = show_lines(read_run("one"))
    place = lines.index("hardware")
    assert lines[place + 1 : place + 3] == ["  gpu: A, B", "  driver: not given"]


def test_records_of_a_table_are_a_line_each_and_names_are_told_in_chinese(reports: Reports) -> None:
    reports.judged(
        "one",
        "C",
        settings={"strategies": {"retry": {"by": "repair"}}},
        coverage=[{"benchmark": "sums", "ran": 4}, {"benchmark": "words", "ran": None}],
    )
    lines = show_lines(read_run("one"))
    assert lines[lines.index("coverage") + 1 :][:2] == ["  benchmark sums; ran 4", "  benchmark words; ran not given"]
    told = show_lines(read_run("one"), language_named("zh"))
    assert told[:4] == ["运行：reports/one", "开始时间: 2026-05-01T12:00:00+00:00", "秒: 12.3", "命令: pytest benchmarks/ -k sums"]
    assert told[4:8] == ["设置", "  策略", "    retry", "      by: repair"]


@pytest.mark.parametrize("say", [ENGLISH, language_named("zh")], ids=["en", "zh"])
def test_lines_fit_into_a_terminal_and_lose_nothing(reports: Reports, say: Language) -> None:
    reports.judged("one", "CCWE", command="pytest " + "benchmarks/ " * 20)
    whole, fitted = show_lines(read_run("one"), say), show_lines(read_run("one"), say, 60)
    assert max(map(text_width, whole)) > 200
    assert max(map(text_width, fitted)) <= 60
    assert " ".join(fitted).count("benchmarks/") == 20


def test_nothing_in_a_run_can_steer_the_terminal(reports: Reports) -> None:
    reports.judged("one", "C", command="pytest \x1b[2J\nrun: forged")
    assert "command: pytest \\x1b[2J run: forged" in show_lines(read_run("one"))
