"""What `show` prints of a run."""

from __future__ import annotations

from itemwise.commands.show import show_lines
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


def test_nothing_in_a_run_can_steer_the_terminal(reports: Reports) -> None:
    reports.judged("one", "C", command="pytest \x1b[2J\nrun: forged")
    assert "command: pytest \\x1b[2J run: forged" in show_lines(read_run("one"))
