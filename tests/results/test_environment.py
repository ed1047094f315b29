"""What a run notes of the place it took place in; what cannot be known is left out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.commands.show import show_lines
from itemwise.results import environment as place
from itemwise.results.environment import environment, gpu_count, hardware, library_versions, suite_state
from itemwise.results.run_folder import read_run

SUMS = '''
"""Sums: a benchmark of one's own, whose cases need no model."""
from itemwise.extractors import last_number
from itemwise import Case, cases

@cases(lambda: [Case("sum-0", "How much is 1 + 1?", "2")], extract=last_number)
def test_sums(case):
    assert case.answer == "2"
'''


@pytest.fixture(autouse=True)
def no_settings_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of git names its repository to all it starts; the user's own settings may sign commits."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(["git", "-C", str(folder), *who, *words], capture_output=True, check=True, text=True).stdout.strip()


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A repository of one commit with a benchmark in a folder."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "test_sums.py").write_text("sums")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "sums")
    return folder


def test_the_commit_of_a_clean_tree_is_noted(suite: Path) -> None:
    assert suite_state(suite, suite / "reports") == {"commit": git(suite, "rev-parse", "HEAD"), "tree": "clean"}


def test_what_is_changed_or_new_anywhere_in_the_tree_is_counted(suite: Path) -> None:
    (suite / "test_sums.py").write_text("more sums")
    (suite.parent / "conftest.py").touch()
    assert suite_state(suite, suite / "reports")["tree"] == "2 changed or new"


def test_reports_do_not_count_as_changes(suite: Path) -> None:
    (suite / "reports").mkdir()
    (suite / "reports" / "run.json").touch()
    assert suite_state(suite, suite / "reports")["tree"] == "clean"


@pytest.mark.parametrize("reports", ["..", "../..", "../../reports"])
def test_reports_may_lie_anywhere(reports: str, suite: Path) -> None:
    assert suite_state(suite, suite / reports)["tree"] == "clean"


def test_a_folder_in_no_repository_has_no_commit(tmp_path: Path) -> None:
    assert suite_state(tmp_path, tmp_path / "reports") == {}


def test_without_git_there_is_no_commit(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert suite_state(suite, suite / "reports") == {}


def test_a_git_that_takes_too_long_is_left_out(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_GIT_TIMEOUT", 0)
    assert suite_state(suite, suite / "reports") == {}


def test_the_libraries_that_decide_text_are_noted_without_importing_them() -> None:
    script = "import sys; from itemwise.results.environment import environment; print(environment({})['libraries'], 'torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=600).stdout
    assert said.strip() == f"{library_versions()} False"
    assert {"torch", "transformers", "bitsandbytes"} <= set(library_versions())


def test_a_library_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "LIBRARIES", ("pytest", "no-such-library"))
    assert library_versions() == {"pytest": pytest.__version__}


def torch_with(*gpus: str) -> Any:
    return SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: bool(gpus), device_count=lambda: len(gpus), get_device_name=gpus.__getitem__)
    )


@pytest.mark.parametrize(("torch", "gpus"), [(None, None), (torch_with(), None), (torch_with("A", "B"), ["A", "B"])])
def test_gpus_are_named_where_torch_is_there_and_sees_them(torch: Any, gpus: list[str] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert hardware().get("gpus") == gpus


def test_the_machine_is_told_by_its_cores_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2**21}.__getitem__)
    found = hardware()
    assert (found["cores"], found["memory"]) == (4, "8 GiB")


def test_a_machine_that_tells_nothing_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: None)
    monkeypatch.delattr("os.sysconf")
    monkeypatch.setattr(place, "_cpu", lambda: "")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert hardware() == {}


def test_the_environment_is_plain_data() -> None:
    found = environment({"commit": "0123"})
    assert json.loads(json.dumps(found)) == found
    assert found["suite"] == {"commit": "0123"}
    assert "suite" not in environment({})


def test_a_run_notes_it_all_with_the_hash_of_its_cases_and_show_prints_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(test_sums=SUMS)
    git(pytester.path, "init", "-q")
    git(pytester.path, "add", "test_sums.py")
    git(pytester.path, "commit", "-q", "-m", "sums")
    pytester.runpytest_inprocess("-p", "no:cacheprovider")
    lines = show_lines(read_run("latest"))
    assert f"    commit: {git(pytester.path, 'rev-parse', 'HEAD')}" in lines
    assert {line.split(":")[0].strip() for line in lines} >= {"cases", "tree", "libraries", "torch", "hardware", "cores", "suite"}


@pytest.mark.parametrize(("visible", "count"), [(None, 3), ("", 0), ("1", 1), ("0,2", 2), ("0,1,2,3", 3)])
def test_gpus_are_counted_without_torch(visible: str | None, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: [folder / f"nvidia{number}" for number in range(3)])
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu_count() == count
