"""`python -m itemwise baseline save`, and the commands that take such a file in the place of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from itemwise.__main__ import main
from itemwise.cases.text_score import TextScore
from itemwise.commands import CommandError
from itemwise.commands.compare import comparison_lines, comparison_of
from itemwise.commands.save_baseline import save_baseline
from itemwise.gates.baseline import baseline_decisions, read_baseline
from itemwise.results.baseline_file import read_verdicts
from itemwise.results.run_folder import read_run, read_runs
from tests.commands.conftest import Reports, a_case


def scored(number: int, gold: float) -> dict[str, Any]:
    """A case whose four options were scored, the expected one first."""
    logprobs = [gold, -9.0, -9.5, -9.9]
    notes = {"likelihood": {"form": "letter", "norm": "sum", "logprobs": logprobs, "scores": logprobs, "merged": 0}}
    reply = {"text": "A", "finish_reason": "stop", "completion_tokens": 0, "seconds": 0.1, "turns": [], "notes": notes}
    return a_case(number, "C", expected="A", answer="A", choices=["w", "x", "y", "z"], reply=reply)


GOLD = [-0.1 - 0.02 * number for number in range(20)]
RUNS: Mapping[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "flips": ([a_case(n, "CCCCCCCWN"[n]) for n in range(9)], [a_case(n, "WWWWWWWCC"[n]) for n in range(9)]),
    "scored": ([scored(n, gold) for n, gold in enumerate(GOLD)], [scored(n, gold - 0.1) for n, gold in enumerate(GOLD)]),
    "repeats": (
        [a_case(n, "C", case=f"a-repeat{n}" if n > 1 else "a", repeat=n) for n in (1, 2, 3)],
        [a_case(n, "CWW"[n - 1], case=f"a-repeat{n}" if n > 1 else "a", repeat=n) for n in (1, 2, 3)],
    ),
}


@pytest.fixture
def saved(reports: Reports, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Reports:
    """Runs `before` and `now`, the first of them saved in a file too."""
    before, now = RUNS[getattr(request, "param", "flips")]
    reports.leave("before", *before)
    reports.leave("now", *now)
    assert main(["baseline", "save", "before"]) == 0
    return reports


@pytest.mark.parametrize("saved", RUNS, indirect=True)
def test_a_file_stands_where_its_run_may_stand(saved: Reports) -> None:
    folder, file = (comparison_lines(comparison_of(read_runs([name, "now"], read=read_verdicts))) for name in FIRST)
    told = [line for line in file if line.startswith("  how far the options moved: ")]
    assert all(line.endswith("not told, as a baseline's file has the scores of the expected ones alone") for line in told)
    assert len(told) == sum(line.startswith("  how far the options moved: KL ") for line in folder)
    shared = [[line for line in lines if "how far the options moved" not in line] for lines in (folder, file)]
    assert [line.split() for line in shared[0]] == [line.replace(FIRST[1], "reports/before").split() for line in shared[1]]
    decided = [baseline_decisions(read_baseline(name, saved.root / "reports"), read_run("now").entries) for name in FIRST]
    assert [(each.passed, each.text.replace(FIRST[1], "reports/before")) for each in decided[1]] == [
        (each.passed, each.text) for each in decided[0]
    ]


FIRST = ("reports/before", "itemwise-baseline.json")


def test_saving_says_how_large_it_is_and_that_the_suite_was_not_clean(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reports.judged("before", "CCW", environment={"suite": {"commit": "0123", "tree": "2 changed or new"}})
    assert main(["baseline", "save", "before", "--to", "kept.json"]) == 0
    size = (reports.root / "kept.json").stat().st_size
    assert capsys.readouterr().out.splitlines() == [
        f"written: kept.json, 3 cases, {size:,} bytes",
        "the suite's files when it ran: 2 changed or new, so its commit does not tell what ran",
    ]


def test_scores_of_texts_are_left_out_and_counted(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reply = {"text": "", "finish_reason": "stop", "turns": [], "notes": TextScore.of("a text", -9.5, 3, 2048).notes()}
    reports.leave("before", a_case(0, "C", reply=reply), a_case(1, "C"), environment={"suite": {"commit": "0123", "tree": "clean"}})
    assert main(["baseline", "save", "before"]) == 0
    said = "left out: how likely 1 text was, which only a comparison with the run's folder tells"
    assert capsys.readouterr().out.splitlines()[1:] == [said]


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ("", "reports/before holds no case, so it can be no baseline."),
        ("CCE", "reports/before, sums/m/direct: only 2 of 3 cases are judged"),
    ],
)
def test_what_could_decide_no_gate_is_not_saved(verdicts: str, said: str, reports: Reports) -> None:
    reports.judged("before", verdicts)
    with pytest.raises(CommandError) as raised:
        save_baseline("before", "kept.json")
    assert str(raised.value).startswith(said)
    assert not (reports.root / "kept.json").exists()


def test_a_file_that_cannot_be_written_is_told(reports: Reports) -> None:
    reports.judged("before", "C")
    with pytest.raises(CommandError, match=r"--to no/folder\.json cannot be written: "):
        save_baseline("before", "no/folder.json")


@pytest.mark.parametrize(
    "arguments", [("extractors", FIRST[1]), ("export", FIRST[1], "--to", "csv"), ("merge", FIRST[1], "now")], ids=lambda words: words[0]
)
def test_what_needs_replies_says_so(arguments: tuple[str, ...], saved: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(arguments) == 2
    assert (
        f"{FIRST[1]} is a file, and this needs the folder of a run, with its replies; reports holds before, now." in capsys.readouterr().err
    )


def test_the_page_of_replies_needs_the_run_s_folder(saved: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", FIRST[1], "now", "--html", "page.html"]) == 2
    assert f"--html shows replies, and {FIRST[1]} is a baseline, which holds none: give that run's folder." in capsys.readouterr().err


def test_a_file_is_shown_as_a_run_is(saved: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", FIRST[1]]) == 0
    printed = capsys.readouterr().out
    assert "revision: sha256:0123" in printed
    assert "77.8%" in printed
