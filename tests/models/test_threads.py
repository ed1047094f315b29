"""How many threads torch has for a model on a CPU, and how they wait: ours where nobody chose, and said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from itemwise.models import threads as threads_module
from itemwise.models.threads import SMALL, keep_few_kernels, threads_for, threads_text

LOAD = """
import json, os, sys
{before}
from itemwise.models import LoadOptions, REGISTRY
from itemwise.models.lazy import LazyModel
model = LazyModel(REGISTRY["embedded-text"], LoadOptions("none", 4))
described = model.describe()
import torch
during = torch.get_num_threads()
model.release()
print(json.dumps([described["threads"], during, torch.get_num_threads(), os.environ.get("OMP_WAIT_POLICY")]))
"""


@pytest.fixture(autouse=True)
def nobody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(threads_module, "_core_counts", lambda: {8})


def in_force(before: str = "", **environment: str) -> list[object]:
    """What a process of its own says of the threads of the embedded model: described, during, after, and the policy set."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD.replace("{before}", before)], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    result: list[object] = json.loads(done.stdout.splitlines()[-1])
    return result


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
    described, during, after, policy = in_force()
    assert (described, during, policy) == ("1 thread, passive waiting", 1, "PASSIVE")
    assert after == int(subprocess.check_output([sys.executable, "-c", "import torch; print(torch.get_num_threads())"]))


def test_where_torch_is_imported_already_its_threads_go_on_as_they_do() -> None:
    described, _, _, policy = in_force("import torch")
    assert (described, policy) == ("1 thread, active waiting", None)


def test_the_users_own_settings_win() -> None:
    described, during, after, policy = in_force(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="ACTIVE")
    assert (described, during, after, policy) == ("1 thread as set, active waiting", 1, 1, "ACTIVE")
    more = 2 * (os.cpu_count() or 1) + 1  # than torch takes by itself
    assert in_force(f"import torch; torch.set_num_threads({more})")[:3] == [f"{more} threads as set, active waiting", more, more]


def test_the_measurement_of_threads_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tools.bench_threads",
            "--rounds",
            "1",
            "--items",
            "2",
            "--max-new-tokens",
            "4",
            "--busy",
            "1",
            "--without-quiet",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(threads_module.__file__).parents[2],
    )
    assert "| one thread, passive | 1 thread as set, passive waiting |" in done.stdout


def test_few_kernels_are_kept_unless_the_user_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "300")
    monkeypatch.setenv("LRU_CACHE_CAPACITY", "")  # so that it is put back
    monkeypatch.delenv("LRU_CACHE_CAPACITY")
    keep_few_kernels()
    assert (os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"], os.environ["LRU_CACHE_CAPACITY"]) == ("300", "64")
