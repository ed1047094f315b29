"""A folder per run, the latest beside it, and the step summary of a CI."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import PIL.Image
import pytest

from itemwise.analysis.run_history import read_histories
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord, write_reports
from itemwise.reporting.write_folder import REPORTS, claimed, new_folder, sweep
from itemwise.reporting.writers.markdown import summary_md
from itemwise.reporting.writers.runs_html import runs_html
from itemwise.results.entry import Entry
from itemwise.results.kept_verdicts import VERDICTS
from itemwise.results.ledger import Ledger
from itemwise.results.run_folder import RunFolderError, followed, read_run
from itemwise.results.spill import SpillFile
from tests.reporting.writers.test_html import a_png


def a_jpeg() -> bytes:
    content = io.BytesIO()
    PIL.Image.new("RGB", (30, 20)).save(content, format="JPEG")
    return content.getvalue()


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
    assert sorted(file.name for file in folder.iterdir()) == sorted([*REPORTS, VERDICTS])


def test_a_run_leaves_its_pictures_small_and_private(run: RunRecord, tmp_path: Path) -> None:
    names = [digit * 64 for digit in "0123"]
    shown = dict(zip(names, (a_png(), a_png((1600, 1200)), b"no picture", a_jpeg()), strict=True)) | {"../no hash": a_png()}
    folder = new_folder(tmp_path, "run")
    write_reports(replace(run, pictures=shown), folder)
    files = {file.name: file for file in (folder / "pictures").iterdir()}
    assert sorted(files) == [f"{names[0]}.png", f"{names[1]}.png", f"{names[3]}.jpg"]
    assert files[f"{names[0]}.png"].read_bytes() == shown[names[0]]
    assert Picture("large", lambda: files[f"{names[1]}.png"]).image().size == (768, 576)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files.values()} == {0o600}
    assert stat.S_IMODE((folder / "pictures").stat().st_mode) == 0o700


def test_reports_of_a_ledger_with_a_spill_file_are_those_of_one_without(run: RunRecord, tmp_path: Path) -> None:
    ledger = Ledger(SpillFile(tmp_path))
    for entry in run.entries:
        ledger.put(entry)
    for name, told in (("plain", run), ("spilled", replace(run, entries=ledger.entries, tallies=ledger.tallies()))):
        write_reports(told, new_folder(tmp_path, name))
    plain, spilled = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("plain", "spilled"))
    assert plain == spilled


def test_a_report_that_cannot_be_finished_is_not_there_in_part(run: RunRecord, tmp_path: Path) -> None:
    class Gone(dict[str, bytes]):
        def items(self) -> Any:
            raise OSError("the store is gone")

    folder = new_folder(tmp_path, "run")
    with pytest.raises(OSError, match="the store is gone"):
        write_reports(replace(run, pictures=Gone()), folder)
    assert not (folder / "report.html").exists()
    assert len((folder / "results.jsonl").read_text().splitlines()) == len(run.entries)


def test_a_report_that_cannot_be_made_costs_no_other(run: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(run: RunRecord) -> str:
        raise TypeError("unhashable")

    monkeypatch.setattr("itemwise.reporting.write_folder.run_json", broken)
    folder = new_folder(tmp_path, "run")
    with pytest.raises(OSError, match=r"^run\.json could not be written: TypeError: unhashable$"):
        write_reports(run, folder)
    assert {file.name for file in folder.iterdir()} == {*REPORTS} - {"run.json"}
    assert (tmp_path / "latest").resolve() == folder


def test_a_section_that_cannot_be_made_costs_no_report(run: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[object]:
        raise ValueError("no such split")

    monkeypatch.setattr("itemwise.reporting.sections.splits_section.splits", broken)
    folder = new_folder(tmp_path, "run")
    own = replace(run)
    write_reports(own, folder)
    assert "splits" not in {section.id for section in own.sections}
    assert own.troubles == ["the section splits could not be made: ValueError: no such split"]
    assert (folder / "report.html").exists()


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
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": odd}
    folder = new_folder(tmp_path, "run")
    write_reports(run_of(entry(0, Verdict.WRONG, reply=reply, **values), entry(1, Verdict.ERROR, **values), command=odd), folder)
    assert ElementTree.parse(folder / "junit.xml").getroot().tag == "testsuites"
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["command"] == odd
    assert json.loads((folder / "results.jsonl").read_text(encoding="utf-8").split("\n")[0])["reply"]["text"] == odd
    assert (tmp_path / "page.md").read_text(encoding="utf-8").startswith("| benchmark |")


def test_where_there_are_no_symbolic_links_latest_is_a_file_that_names_the_run(
    run: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise OSError("[WinError 1314] a required privilege is not held by the client")

    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    write_reports(run, new_folder(tmp_path, "before"))
    monkeypatch.setattr(Path, "symlink_to", refused)
    for name in ("20261128-101112", "20261128-101112-2"):
        write_reports(run, new_folder(tmp_path, name))
        assert (tmp_path / "latest").read_text() == f"{name}\n"
        assert followed(tmp_path / "latest") == tmp_path / name
        assert read_run("latest", tmp_path).folder == read_run(str(tmp_path / "latest")).folder == tmp_path / name
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == summary_md(run) * 3
    assert not any(".latest" in file.name for file in tmp_path.rglob("*"))
    monkeypatch.undo()
    write_reports(run, new_folder(tmp_path, "after"))
    assert os.readlink(tmp_path / "latest") == "after"


def test_a_latest_that_names_no_run_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "latest").write_text("gone\n")
    with pytest.raises(RunFolderError, match="no run 'latest'"):
        read_run("latest", tmp_path)


def test_the_step_summary_is_written_although_latest_cannot_be(run: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "mine").touch()
    with pytest.raises(OSError, match="latest"):
        write_reports(run, new_folder(tmp_path, "run"))
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == summary_md(run)
    assert (tmp_path / "latest" / "mine").exists()


@pytest.mark.skipif(os.name != "posix", reason="rights of other kinds")
def test_reports_are_private_to_their_user_where_they_are_made(run: RunRecord, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    folder = new_folder(tmp_path / "a" / "b", "run")
    write_reports(run, folder)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert [stat.S_IMODE(made.stat().st_mode) for made in (folder, folder.parent, folder.parent.parent)] == [0o700, 0o700, 0o755]


KILLED = """
import os, signal, sys
from pathlib import Path
from itemwise.reporting import write_folder as folder
claim = folder.claimed(Path(sys.argv[1]), sys.argv[2])
for name in sys.argv[3:]:
    (claim.folder / name).parent.mkdir(exist_ok=True)
    (claim.folder / name).touch()
os.kill(os.getpid(), signal.SIGKILL)
"""
KILLED_AT = {
    "20260101-000000": [],
    "20260101-000001": [".results.jsonl"],
    "20260101-000002": ["results.jsonl", ".run.json"],
    "20260101-000003": ["results.jsonl", "run.json", ".report.html"],
    "20260101-000009": ["results.jsonl", f"pictures/{'0' * 64}.png", f"pictures/.{'1' * 64}.jpg"],
    "20260101-000010": ["results.jsonl", f"pictures/{'0' * 64}.png", "pictures/my own.png"],
    "20260101-000011": ["results.jsonl", "run.json", f"pictures/{'0' * 64}.png"],
    "20260101-000004": [*REPORTS, ".latest"],
}


def test_what_killed_runs_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name, files in KILLED_AT.items():
        subprocess.run([sys.executable, "-c", KILLED, tmp_path, name, *files], check=False, timeout=60)
        assert (tmp_path / name / ".running").exists()
    mine = [tmp_path / "mine", tmp_path / "20260101-000005", tmp_path / "20260101-000006"]
    for folder in (*mine, tmp_path / "20260101-000007"):
        folder.mkdir()
    (mine[1] / "notes.txt").touch()
    (mine[2] / "results.jsonl").touch()  # of a run that ended, with its disk full
    for name in (".itemwise-old", ".itemwise-new", ".latest-77"):
        (tmp_path / name).touch()
    for name in (".itemwise-old", ".latest-77"):
        os.utime(tmp_path / name, (0, 0))
    alive = claimed(tmp_path, "20260101-000008")
    (alive.folder / ".results.jsonl").touch()
    sweep(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file() or not any(path.iterdir())}
    assert left == {
        *(f"20260101-000003/{name}" for name in ("results.jsonl", "run.json")),
        *(f"20260101-000004/{name}" for name in REPORTS),
        "20260101-000010/pictures/my own.png",
        *(f"20260101-000011/{name}" for name in ("results.jsonl", "run.json", f"pictures/{'0' * 64}.png")),
        *("mine", "20260101-000005/notes.txt", "20260101-000006/results.jsonl", ".itemwise-new"),
        *("20260101-000008/.running", "20260101-000008/.results.jsonl"),
    }
    alive.release()
    assert not (alive.folder / ".running").exists()


def test_a_run_that_reports_nothing_leaves_no_folder(tmp_path: Path) -> None:
    claimed(tmp_path / "reports", "run").release()
    assert list((tmp_path / "reports").iterdir()) == []


def test_a_folder_that_is_swept_before_it_is_claimed_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def swept_at_once(parent: Path, name: str) -> Path:
        made.append(new_folder(parent, name))
        if len(made) == 1:
            sweep(parent)
        return made[-1]

    monkeypatch.setattr("itemwise.reporting.write_folder.new_folder", swept_at_once)
    assert claimed(tmp_path, "20260101-000000").is_held
    assert len(made) == 2


def test_the_page_of_all_runs_lies_beside_the_newest_run_and_links_to_each(run: RunRecord, tmp_path: Path) -> None:
    for name in ("20261101-120000", "20261102-120000"):
        write_reports(run, tmp_path / name)
    page = (tmp_path / "index.html").read_text()
    assert [f'href="{name}/report.html"' in page for name in ("20261101-120000", "20261102-120000")] == [True, True]
    assert stat.S_IMODE((tmp_path / "index.html").stat().st_mode) == 0o600


def test_the_page_of_all_runs_is_the_same_by_the_verdicts_that_runs_keep(run: RunRecord, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("20261101-120000", "20261102-120000")]
    for folder in folders:
        write_reports(run, folder)
    page = (tmp_path / "index.html").read_text()
    for folder in folders:
        (folder / VERDICTS).unlink()
    found, _ = read_histories(folders)
    assert page == runs_html(found, tmp_path)


def test_a_run_that_cannot_be_read_does_not_keep_the_page_from_being_written(run: RunRecord, tmp_path: Path) -> None:
    (tmp_path / "20261101-120000").mkdir()
    (tmp_path / "20261101-120000" / "run.json").write_text("{")
    write_reports(run, tmp_path / "20261102-120000")
    assert "20261102-120000" in (tmp_path / "index.html").read_text()
