"""A baseline's file: what it keeps of a run, what git shows of two, and what is no such file."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.option_scores import GoldScore
from itemwise.cases.reply import Verdict
from itemwise.results.baseline_file import FORMAT, baseline_text, read_verdicts
from itemwise.results.entry import Entry
from itemwise.results.labels import rows_by_name
from itemwise.results.run_folder import RunFolder, RunFolderError
from itemwise.results.score import Score
from itemwise.results.statistics import accuracy
from tests.commands.conftest import Reports
from tests.reporting.conftest import MODEL, an_entry, reports

__all__ = ["reports"]

RECORD = {
    "started": "2026-05-01T12:00:00+00:00",
    "seconds": 7.0,
    "settings": {"seed": 42, "baseline": "/home/me/before", "gates": []},
    "environment": {"python": "3.11.7", "executable": "/home/me/python", "suite": {"commit": "0123456789abcdef"}},
}


def a_run(*entries: Entry, **changes: Any) -> RunFolder:
    models = {entry.model_name: entry.model for entry in entries}
    return RunFolder("reports/20260501-120000", RECORD | {"models": models, "rows": rows(entries)} | changes, entries)


def rows(entries: tuple[Entry, ...]) -> dict[str, Any]:
    return rows_by_name((entry.key, entry.rows) for entry in entries)


def kept(run: RunFolder, folder: Path) -> RunFolder:
    """The run as it comes back from its file."""
    file = folder / "kept.json"
    file.write_bytes(baseline_text(run).encode("utf-8", "backslashreplace"))
    return read_verdicts(str(file))


names = st.text(min_size=1, max_size=12)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Cases of two models with any names, golds, repeats and scores."""
    found = []
    for model in draw(st.lists(names, min_size=1, max_size=2, unique=True)):
        for case in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
            gold = draw(st.none() | st.floats(-1e6, 0).map(lambda logprob: GoldScore("text", logprob)))
            verdict, repeat = draw(st.sampled_from(Verdict)), draw(st.integers(1, 3))
            scores = {"score": Score(draw(st.floats(0, 1))), "score.parts": Score(1, 3)} if draw(st.booleans()) else {}
            told = {
                "scores": scores,
                "model_name": model,
                "case": case,
                "expected": draw(names),
                "gold": gold,
                "repeat": repeat,
                "model": MODEL,
            }
            found.append(an_entry(len(found), verdict, **told))
    return found


@given(entries())
def test_what_is_compared_comes_back_whatever_it_is_called(tmp_path_factory: pytest.TempPathFactory, found: list[Entry]) -> None:
    back = kept(a_run(*found), tmp_path_factory.mktemp("kept")).entries

    def compared(entry: Entry) -> tuple[object, ...]:
        return (
            *entry.key,
            entry.case,
            entry.item,
            entry.expected,
            entry.verdict,
            entry.scores,
            entry.gold,
            entry.sample_size,
            entry.model,
            entry.rows,
        )

    assert sorted(map(compared, back), key=repr) == sorted(map(compared, found), key=repr)


def test_a_flip_changes_one_line_and_the_order_is_no_run_s(tmp_path: Path) -> None:
    cases = [an_entry(number, Verdict.CORRECT) for number in (2, 10, 1)]
    flipped = [cases[2], cases[0], replace(cases[1], verdict=Verdict.WRONG)]
    lines = [baseline_text(a_run(*each)).splitlines() for each in (cases, flipped)]
    changed = [line for line in difflib.ndiff(*lines) if line[0] in "+-"]
    assert changed == ['-    ["sums-10", "42", "correct"]', '+    ["sums-10", "42", "wrong"]']


def test_clusters_are_kept_so_that_an_accuracy_has_the_same_interval(tmp_path: Path) -> None:
    of = {"rows": {"cluster": "photograph"}}
    verdicts = [Verdict.CORRECT, Verdict.CORRECT, Verdict.WRONG, Verdict.WRONG, Verdict.ERROR]
    asked = [an_entry(n, verdict, tags={"photograph": f"made-{n // 2}", "kind": "kite"}, **of) for n, verdict in enumerate(verdicts)]
    run = a_run(*asked)
    back = kept(run, tmp_path)
    assert [entry.cluster for entry in back.entries] == ["made-0", "made-0", "made-1", "made-1", "made-2"]
    assert [dict(entry.tags) for entry in back.entries[:1]] == [{"photograph": "made-0"}]
    assert back.tallies[0].accuracy == run.tallies[0].accuracy != accuracy(2, 4)
    assert back.tallies[0].clusters


def test_texts_that_a_strategy_of_one_s_own_scored_have_no_accuracy_when_they_come_back(tmp_path: Path) -> None:
    back = kept(a_run(an_entry(0, Verdict.CORRECT, strategy="mine", is_answered=False)), tmp_path)
    assert (back.tallies[0].judged, back.tallies[0].accuracy.share) == (1, None)


def test_settings_commit_and_versions_are_kept_and_no_path_of_the_machine(tmp_path: Path) -> None:
    back = kept(a_run(an_entry(0, Verdict.CORRECT)), tmp_path)
    assert back.record["environment"] == {"python": "3.11.7", "suite": {"commit": "0123456789abcdef"}}
    assert (back.record["settings"], back.record["run"]) == ({"seed": 42}, "20260501-120000")
    assert "seconds" not in back.record
    assert (back.has_replies, back.entries[0].texts().reply) == (False, None)


def damaged(**changes: Any) -> str:
    part = {"benchmark": "b", "model": "m", "strategy": "s", "sample": 1, "test": "t", "columns": ["case", "expected", "verdict"]}
    cases = changes.pop("cases", [["a", "1", "correct"]])
    return json.dumps({"format": FORMAT, "models": {}, "rows": {}, "measurements": [{**part, "cases": cases}]} | changes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " cannot be read: Expecting value"),
        ("<<<<<<< HEAD\n{", " cannot be read: Expecting value: line 1"),
        ("[]", " holds list instead of an object."),
        ('{"results": []}', " is no saved baseline; give a run's folder, or save one: python -m itemwise baseline save RUN --to FILE."),
        (
            damaged(format="itemwise baseline 2"),
            " is of the format 'itemwise baseline 2', and this version reads ",
        ),
        (damaged(format=7), " is no saved baseline;"),
        (damaged(measurements=None), " is not as it was saved (TypeError: "),
        (damaged(models=[1]), " is not as it was saved (TypeError: "),
        (damaged(cases=[["a", "1"]]), " is not as it was saved (ValueError: "),
        (
            damaged(cases=[["a", "1", "perfect"]]),
            " is not as it was saved (ValueError: 'perfect' is not a valid Verdict); save",
        ),
        (damaged(cases=[["a", 1, "correct"]]), " is not as it was saved (TypeError: "),
        (damaged(cases=[[None, "1", "correct"]]), " is not as it was saved (TypeError: "),
    ],
)
def test_what_is_no_baseline_is_named_with_what_to_do(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text(text)
    with pytest.raises(RunFolderError) as raised:
        read_verdicts(str(file))
    assert str(raised.value).startswith(f"{file}{said}")


def test_a_log_likelihood_that_is_no_number_is_refused(tmp_path: Path) -> None:
    text = damaged().replace('"verdict"]', '"verdict", "gold"]').replace('"correct"]', '"correct", NaN]')
    (tmp_path / "kept.json").write_text(text)
    with pytest.raises(RunFolderError, match="a log-likelihood of nan"):
        read_verdicts(str(tmp_path / "kept.json"))


def test_a_file_that_is_not_there_is_told_with_the_command_that_makes_it(reports: Reports) -> None:
    with pytest.raises(RunFolderError, match=r"no file 'gone\.json'; python -m itemwise baseline save RUN --to FILE makes one of a run\."):
        read_verdicts("gone.json")
    with pytest.raises(RunFolderError, match="no run 'gone': neither gone nor reports/gone is a folder"):
        read_verdicts("gone")
