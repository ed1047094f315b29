"""A folder per run, the latest beside it, and the step summary of a CI."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from itemwise.case import Verdict
from itemwise.ledger import Entry, Ledger
from itemwise.reporting import RunRecord, write_reports
from itemwise.reporting.folder import new_folder
from itemwise.reporting.markdown import summary_md
from itemwise.spool import Spool


@pytest.fixture(autouse=True)
def no_step_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "a" / "b", "run")
    assert (folder, folder.is_dir()) == (tmp_path / "a" / "b" / "run", True)


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    assert [new_folder(tmp_path, "run").name for _ in range(3)] == ["run", "run-2", "run-3"]


def test_a_file_in_the_way_is_an_error_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "reports").touch()
    with pytest.raises(FileExistsError):
        new_folder(tmp_path / "reports", "run")


def test_every_run_leaves_all_its_reports(run: RunRecord, tmp_path: Path) -> None:
    folder = new_folder(tmp_path, "run")
    write_reports(run, folder)
    assert sorted(file.name for file in folder.iterdir()) == ["junit.xml", "report.html", "results.jsonl", "run.json", "summary.md"]


def test_reports_of_a_ledger_with_a_spool_are_those_of_one_without(run: RunRecord, tmp_path: Path) -> None:
    ledger = Ledger(Spool(tmp_path))
    for entry in run.entries:
        ledger.put(entry)
    for name, told in (("plain", run), ("spooled", replace(run, entries=ledger.entries, tallies=ledger.tallies()))):
        write_reports(told, new_folder(tmp_path, name))
    plain, spooled = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("plain", "spooled"))
    assert plain == spooled


def test_a_report_that_cannot_be_finished_is_not_there_in_part(run: RunRecord, tmp_path: Path) -> None:
    class Gone(dict[str, bytes]):
        def items(self) -> Any:
            raise OSError("the store is gone")

    folder = new_folder(tmp_path, "run")
    with pytest.raises(OSError, match="the store is gone"):
        write_reports(replace(run, pictures=Gone()), folder)
    assert not (folder / "report.html").exists()
    assert len((folder / "results.jsonl").read_text().splitlines()) == len(run.entries)


def test_latest_is_the_last_run_that_reported(run: RunRecord, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_reports(run, new_folder(tmp_path, name))
        assert (tmp_path / "latest").resolve() == tmp_path / name
    assert os.readlink(tmp_path / "latest") == "two", "relative, so that the reports can be moved as a whole"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["latest", "one", "two"]


def test_latest_moves_although_a_killed_run_left_its_traces(run: RunRecord, tmp_path: Path) -> None:
    (tmp_path / f".latest-{os.getpid()}").symlink_to("gone")
    write_reports(run, new_folder(tmp_path, "run"))
    assert (tmp_path / "latest").resolve() == tmp_path / "run"


def test_the_step_summary_is_added_to_what_stands_there(run: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "summary.md"
    page.write_text("# Build\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    write_reports(run, new_folder(tmp_path, "run"))
    assert page.read_text(encoding="utf-8") == "# Build\n" + summary_md(run)


def test_nothing_a_model_or_a_file_system_says_keeps_the_reports_from_being_written(
    run_of: Callable[..., RunRecord], entry: Callable[..., Entry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    odd = "\ud800\x00\x1b]]>|<b>\r\n\udce9"
    values = {"benchmark": odd, "model_name": odd, "answer": odd, "message": odd, "rows": {"source": odd}, "model": {"location": odd}}
    reply = {**entry(0, Verdict.WRONG).reply, "text": odd}
    folder = new_folder(tmp_path, "run")
    write_reports(run_of(entry(0, Verdict.WRONG, reply=reply, **values), entry(1, Verdict.ERROR, **values), command=odd), folder)
    assert ElementTree.parse(folder / "junit.xml").getroot().tag == "testsuites"
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["command"] == odd
    assert json.loads((folder / "results.jsonl").read_text(encoding="utf-8").split("\n")[0])["reply"]["text"] == odd
    assert (tmp_path / "page.md").read_text(encoding="utf-8").startswith("| benchmark |")
