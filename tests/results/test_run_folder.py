"""A run's folder is read back whole, or the one thing wrong with it is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.reply import Verdict
from itemwise.results.run_folder import RunFolderError, read_run, read_runs
from tests.commands.conftest import Reports, a_case


def complaint(text: str) -> str:
    with pytest.raises(RunFolderError) as raised:
        read_run(text)
    return str(raised.value)


def test_a_run_is_found_by_its_name_and_by_its_path(reports: Reports) -> None:
    folder = reports.judged("one", "CW")
    assert [read_run(text).name for text in ("one", "reports/one", str(folder))] == ["reports/one"] * 3


def test_the_latest_run_is_called_by_its_own_name(reports: Reports) -> None:
    (reports.judged("one", "C").parent / "latest").symlink_to("one")
    assert read_run("latest").name == "reports/one"


def test_a_run_outside_of_here_is_called_by_its_path(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = reports.judged("one", "C")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert read_run(str(folder)).name == str(folder)


def test_the_entries_are_what_the_run_judged(reports: Reports) -> None:
    reports.judged("one", "CWNTE")
    run = read_run("one")
    assert [entry.verdict for entry in run.entries] == [verdict for verdict in Verdict if verdict is not Verdict.UNDECIDED]
    (tally,) = run.tallies
    assert (tally.judged, tally.sample_size, tally.accuracy.share) == (4, 5, 0.25)
    assert run.entries[0].rows["seed"] == "42"
    assert run.entries[0].model["revision"] == "sha256:0123"


def test_a_reply_may_hold_any_line_break_and_half_a_character(reports: Reports) -> None:
    text = "a\u2028b\x85c\x0bd\r\n\ud83d"
    reports.leave("one", a_case(0, "C", reply={"text": text, "finish_reason": "stop"}))
    assert read_run("one").entries[0].texts().reply_text == text


def test_what_a_newer_run_notes_besides_is_passed_over(reports: Reports) -> None:
    reports.leave("one", a_case(0, "C", mood="good"))
    assert read_run("one").entries[0].case == "sums-0"


def test_a_run_without_a_case_has_no_tally(reports: Reports) -> None:
    reports.leave("one")
    assert read_run("one").tallies == []


def test_a_missing_run_is_named_with_those_there_are(reports: Reports) -> None:
    for name in ("a", "b", "c", "d", "e"):
        reports.judged(name, "C")
    (reports.root / "reports" / "latest").symlink_to("e")
    assert complaint("f") == "no run 'f': neither f nor reports/f is a folder; reports holds c, d, e and 2 older."


def test_a_missing_run_where_nothing_ever_ran_is_named(reports: Reports) -> None:
    assert complaint("f") == "no run 'f': neither f nor reports/f is a folder; reports holds no runs."


@pytest.mark.parametrize("text", [".", "reports", "reports/empty", "empty"])
def test_a_folder_without_run_json_is_no_run(text: str, reports: Reports) -> None:
    (reports.root / "reports" / "empty").mkdir(parents=True)
    assert "holds no run.json, so it is not the folder of a run" in complaint(text)


def test_no_name_at_all_is_no_run(reports: Reports) -> None:
    assert complaint("").startswith("no run '': neither (nothing) nor reports is a folder")


def test_a_folder_here_of_the_same_name_does_not_hide_a_run(reports: Reports) -> None:
    reports.judged("gsm8k", "C")
    (reports.root / "gsm8k").mkdir()
    assert read_run("gsm8k").name == "reports/gsm8k"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read: Expecting property name"),
        ("[" * 100_000, "cannot be read: "),
        ("[]", "holds list instead of an object."),
        ("{}", "is not one that a run writes (KeyError: 'results')."),
        ('{"results": 1, "models": {}, "rows": {}}', "is not one that a run writes (TypeError: "),
    ],
)
def test_a_damaged_run_json_is_named(text: str, said: str, reports: Reports) -> None:
    folder = reports.judged("one", "C")
    (folder / "run.json").write_text(text)
    assert complaint("one").startswith(f"{folder / 'run.json'} {said}")


def line(**changes: Any) -> str:
    return json.dumps(a_case(1, "C") | changes)


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (line()[:100], "not JSON (Unterminated string"),
        ("\0" * 20, "not JSON ("),
        ("7", "int instead of an object."),
        ("{}", "no text under 'node_id'."),
        (line(expected=42), "no text under 'expected'."),
        (line(reply=None), "no reply with a text, nor an empty one."),
        (line(reply={"finish_reason": "stop"}), "no reply with a text, nor an empty one."),
        (line(answer=42), "an answer that is neither text nor null."),
        (line(verdict="perfect"), "not a case as a run writes it (ValueError: 'perfect' is not a valid Verdict)."),
        (line(span=7), "not a case as a run writes it (TypeError: "),
    ],
)
def test_a_damaged_line_is_named_with_its_file_and_number(damaged: str, said: str, reports: Reports) -> None:
    file = reports.judged("one", "C") / "results.jsonl"
    file.write_text(file.read_text() + "\n" + damaged + "\n")
    assert complaint("one").startswith(f"{file}, line 3: {said}")


def test_a_run_without_its_cases_is_named(reports: Reports) -> None:
    file = reports.judged("one", "C") / "results.jsonl"
    file.unlink()
    assert complaint("one").startswith(f"{file} cannot be read: ")


def test_one_run_given_twice_is_named_whatever_it_is_called(reports: Reports) -> None:
    folder: Path = reports.judged("one", "C")
    with pytest.raises(RunFolderError, match=r"the run reports/one is given twice\."):
        read_runs(["one", str(folder)])


def test_a_case_of_one_prompt_of_several_comes_back_with_its_rows_and_size(reports: Reports) -> None:
    cases = [a_case(number, "C", prompt_name=prompt) for prompt, size in (("json", 2), ("cot", 3)) for number in range(size)]
    reports.leave("one", *cases)
    run = read_run("one")
    assert [(tally.prompt_name, tally.judged, tally.sample_size) for tally in run.tallies] == [("json", 2, 2), ("cot", 3, 3)]
    assert [entry.rows["prompt"] for entry in run.entries] == ["json", "json", "cot", "cot", "cot"]
