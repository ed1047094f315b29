"""How many threads torch has for a model on a CPU, and how they wait: ours where nobody chose, and said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from itemwise.models import REGISTRY, LoadOptions
from itemwise.models import threads as threads_module
from itemwise.models.lazy import LazyModel
from itemwise.models.threads import SMALL, keep_few_kernels, threads_for, threads_text
from tools import bench_threads

TAKEN_BY_ITSELF = threads_module._core_counts()
ROOT = Path(threads_module.__file__).parents[2]
LOAD = """
import json, os
from tests.models.test_threads import in_force
print(json.dumps([in_force(), os.environ.get("OMP_WAIT_POLICY")]))
"""
SAY_WHAT_IS_SET = """
import json, os
print(json.dumps([1234, os.environ.get("OMP_NUM_THREADS", "-") + " " + os.environ.get("OMP_WAIT_POLICY", "-")]))
"""


@pytest.fixture(autouse=True)
def nobody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(threads_module, "_core_counts", lambda: {8})


def in_force() -> list[object]:
    """The threads of the embedded model as it describes them, those that torch has meanwhile, and those that it has afterwards."""
    model = LazyModel(REGISTRY["embedded-text"], LoadOptions("none", 4))
    described = model.describe()["threads"]
    import torch

    during = torch.get_num_threads()
    model.release()
    return [described, during, torch.get_num_threads()]


@pytest.fixture
def torch_has() -> Iterator[Callable[[int], None]]:
    """Gives torch so many threads in this process, where it is imported."""
    import torch

    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize(("parameters", "processes", "threads"), [(SMALL - 1, 1, 1), (SMALL, 1, 8), (SMALL, 2, 4), (SMALL, 99, 1)])
def test_a_small_model_has_one_thread_and_a_large_one_its_share(parameters: int, processes: int, threads: int) -> None:
    assert threads_for(parameters, processes, now=8) == threads


def test_a_number_that_the_user_chose_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert threads_for(5, 2, now=3) == 3  # none that torch takes by itself
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert threads_for(5, 2, now=8) == 8


@pytest.mark.parametrize(
    ("environment", "chosen", "expected"),
    [
        ({}, False, "1 thread, active waiting"),
        ({"OMP_WAIT_POLICY": "PASSIVE"}, True, "1 thread as set, passive waiting"),
        ({"GOMP_SPINCOUNT": "99", "OMP_WAIT_POLICY": "PASSIVE"}, False, "1 thread, GOMP_SPINCOUNT 99"),
    ],
)
def test_what_is_in_force_is_said(environment: dict[str, str], chosen: bool, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert threads_text(1, chosen) == expected
    assert threads_text(2, False).startswith("2 threads, ")


def test_threads_wait_passively_where_torch_is_not_imported_yet() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=True)
    (described, during, after), policy = json.loads(done.stdout.splitlines()[-1])
    assert (described, during, policy) == ("1 thread, passive waiting", 1, "PASSIVE")
    assert after in TAKEN_BY_ITSELF


def test_where_torch_is_imported_already_its_threads_go_on_as_they_do(torch_has: Callable[[int], None]) -> None:
    torch_has(8)
    assert in_force() == ["1 thread, active waiting", 1, 8]
    assert "OMP_WAIT_POLICY" not in os.environ


def test_the_users_own_settings_win(torch_has: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    torch_has(9)  # than which torch takes fewer by itself
    assert in_force() == ["9 threads as set, active waiting", 9, 9]
    torch_has(8)
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert in_force() == ["8 threads as set, active waiting", 8, 8]
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


def test_each_way_is_measured_under_its_own_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench_threads, "ASK", SAY_WHAT_IS_SET)
    monkeypatch.setattr(sys, "argv", ["bench_threads", "--rounds", "2", "--busy", "1", "--without-quiet"])
    monkeypatch.setenv("OMP_NUM_THREADS", "77")  # of the shell that measures: in force nowhere
    bench_threads.main()
    out = capsys.readouterr().out
    assert "embedded-text, 1 busy neighbours" in out
    assert "| one thread, passive | 1 PASSIVE | 1,234 | 1,234 to 1,234 | 1.00 |" in out
    assert "| as itemwise chooses | - - | 1,234 |" in out


def test_what_is_measured_is_a_model_s_speed_and_threads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["", json.dumps(["embedded-text", "none", 2, 4])])
    exec(bench_threads.ASK, {})
    speed, threads = json.loads(capsys.readouterr().out)
    assert speed > 0
    assert threads.endswith("active waiting")


def test_few_kernels_are_kept_unless_the_user_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "300")
    monkeypatch.setenv("LRU_CACHE_CAPACITY", "")  # so that it is put back
    monkeypatch.delenv("LRU_CACHE_CAPACITY")
    keep_few_kernels()
    assert (os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"], os.environ["LRU_CACHE_CAPACITY"]) == ("300", "64")
