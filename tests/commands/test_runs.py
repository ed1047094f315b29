"""What `runs` says of a report folder, its page, and what it removes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itemwise.__main__ import main
from itemwise.analysis.run_history import read_histories
from itemwise.commands.runs import runs_lines
from itemwise.results.run_folder import RunFolderError, read_run, run_folders
from tests.commands.conftest import Reports

RIGHT = "C" * 20 + "W" * 10
LOST = "W" * 8 + "C" * 12 + "W" * 10


def leave(reports: Reports, day: int, verdicts: str, **changes: Any) -> Path:
    own = {"started": f"2026-11-{day:02}T12:00:00+00:00", "environment": {"suite": {"commit": f"{day:02}" * 20}}}
    return reports.judged(f"202611{day:02}-120000", verdicts, **own, **changes)


def told() -> list[str]:
    return list(runs_lines(read_histories(run_folders(Path("reports")))[0]))


def shown(lines: list[str] | None = None) -> dict[str, str]:
    """What each run shows against the one before, by the day of its name."""
    lines = told() if lines is None else lines
    return {line.split()[0][6:8]: line.split(" of 30")[1].strip() for line in lines if line.startswith("  2026")}


@pytest.fixture
def week(reports: Reports) -> Reports:
    for day, verdicts in ((1, RIGHT), (2, RIGHT), (3, LOST), (4, LOST), (5, RIGHT)):
        leave(reports, day, verdicts)
    return reports


@pytest.mark.usefixtures("week")
def test_lines_fit_into_a_terminal_and_keep_every_run() -> None:
    found = read_histories(run_folders(Path("reports")))[0]
    whole, fitted = list(runs_lines(found)), list(runs_lines(found, width=60))
    assert max(map(len, whole)) > 80
    assert max(map(len, fitted)) <= 60
    assert sum(line.startswith("  2026") for line in fitted) == 5
    assert sum("better" in line for line in fitted) == sum("better" in line for line in whole)


@pytest.mark.usefixtures("week")
def test_a_drop_that_the_same_cases_show_is_told_from_none() -> None:
    assert shown() == {
        "05": "+26.7 points, p 0.00781: better",
        "04": "+0.0 points, p 1: no difference shown",
        "03": "-26.7 points, p 0.00781: worse",
        "02": "+0.0 points, p 1: no difference shown",
        "01": "first",
    }


def test_a_drop_under_another_prompt_is_no_regression(reports: Reports) -> None:
    leave(reports, 1, RIGHT)
    leave(reports, 2, LOST, rows={"source": "synthetic", "prompt": "cot", "seed": "42"})
    assert shown()["02"] == "-26.7 points, asked otherwise: prompt"


def test_a_drop_of_other_weights_is_one(reports: Reports) -> None:
    leave(reports, 1, RIGHT)
    leave(reports, 2, LOST, models={"m": {"revision": "sha256:4567", "batching": "static"}})
    assert shown()["02"] == "-26.7 points, p 0.00781: worse"


def test_other_cases_are_not_compared(reports: Reports) -> None:
    leave(reports, 1, RIGHT)
    leave(reports, 2, RIGHT[:-1])
    assert "other cases" in told()[2]


@pytest.mark.usefixtures("week")
def test_cases_that_are_right_in_some_of_the_runs_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    named = ", ".join(f"sums-{number}" for number in range(8))
    line = f"  the 5 newest runs asked the same: 12 cases always right, 10 always wrong, 8 sometimes right: {named}"
    assert line in capsys.readouterr().out.splitlines()


def test_runs_before_a_change_of_the_prompt_do_not_count_as_the_same(week: Reports) -> None:
    for day in (6, 7):
        leave(week, day, RIGHT, rows={"source": "synthetic", "prompt": "cot", "seed": "42"})
    lines = told()
    assert lines[-2] == "  the 2 newest runs asked the same: 20 cases always right, 10 always wrong, 0 sometimes right"


@pytest.mark.usefixtures("week")
def test_the_newest_runs_alone_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--last", "2"]) == 0
    assert list(shown(capsys.readouterr().out.splitlines())) == ["05", "04"]


def test_a_run_that_cannot_be_read_is_left_out_and_named(week: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    (week.root / "reports" / "20261103-120000" / "results.jsonl").write_text("{")
    assert main(["runs"]) == 0
    assert "left out: " in capsys.readouterr().out
    assert shown()["04"].startswith("-26.7 points")  # against the second of November


def test_a_folder_without_runs_is_refused(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    assert reports.root.is_dir()
    assert main(["runs"]) == 2
    assert "reports holds no runs; name another folder with --reports." in capsys.readouterr().err


def test_the_page_links_to_the_runs_and_draws_what_changed(week: Reports) -> None:
    (week.root / "reports" / "20261103-120000" / "report.html").write_text("")
    leave(week, 6, RIGHT, rows={"source": "synthetic", "prompt": "</script><b>", "seed": "42"})
    assert main(["runs", "--html", "reports/index.html"]) == 0
    page = (week.root / "reports" / "index.html").read_text()
    assert '<a href="20261103-120000/report.html">20261103-120000</a>' in page
    assert page.count('class="point worse"') == page.count('class="point better"') == page.count('class="asked"') == 1
    assert page.count('class="interval"') == 6
    assert "<b>" not in page
    assert "<script" not in page


@pytest.mark.usefixtures("week")
def test_a_page_that_cannot_be_written_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--html", "nowhere/index.html"]) == 2
    assert "--html nowhere/index.html cannot be written" in capsys.readouterr().err


def test_old_runs_are_removed_but_not_the_latest_nor_one_that_is_named(week: Reports) -> None:
    folder = week.root / "reports"
    (folder / "latest").symlink_to("20261102-120000")
    (folder / "notes").mkdir()
    assert main(["runs", "--keep", "2", "--but", "20261101-120000"]) == 0
    assert sorted(path.name[6:8] for path in folder.glob("2026*")) == ["01", "02", "04", "05"]
    assert (folder / "notes").is_dir()


def test_a_run_to_keep_that_is_none_removes_nothing_and_one_before_the_latest_is_kept(week: Reports) -> None:
    folder = week.root / "reports"
    assert main(["runs", "--keep", "1", "--but", "20261101-12000"]) == 2
    assert len(list(folder.glob("2026*"))) == 5
    assert main(["runs", "--keep", "1", "--but", "latest~3"]) == 0
    assert sorted(path.name[6:8] for path in folder.glob("2026*")) == ["02", "05"]


def test_a_run_before_the_latest_has_a_name(week: Reports) -> None:
    assert read_run("latest~0").name.endswith("20261105-120000")
    assert read_run("latest~2").name.endswith("20261103-120000")
    (week.root / "reports" / "latest").symlink_to("20261104-120000")
    assert read_run("latest~1").name.endswith("20261103-120000")
    with pytest.raises(RunFolderError, match="no run latest~9: reports holds "):
        read_run("latest~9")
