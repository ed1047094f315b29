"""How much memory is left is read where the system and a container say it."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch

from itemwise.models.local.free_memory import free_bytes, return_freed

CPU = torch.device("cpu")
V2 = ("memory.max", "memory.current", "memory.stat")
V1 = ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat")


def container(folder: Path, names: tuple[str, str, str], limit: str, usage: int, inactive: int = 0) -> Path:
    for name, text in zip(names, (limit, str(usage), f"anon 5\ninactive_file {inactive}"), strict=True):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{text}\n")
    return folder


@pytest.mark.parametrize("names", [V2, V1])
@pytest.mark.parametrize(
    ("limit", "usage", "inactive", "expected"), [("9000", 4000, 0, 5000), ("9000", 8000, 3000, 4000), ("9000", 9500, 0, 0)]
)
def test_a_container_has_what_its_limit_leaves(
    tmp_path: Path, names: tuple[str, str, str], limit: str, usage: int, inactive: int, expected: int
) -> None:
    assert free_bytes(CPU, container(tmp_path, names, limit, usage, inactive)) == expected


@pytest.mark.parametrize("limit", ["max", str(2**63 - 4096)])
def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path, limit: str) -> None:
    free = free_bytes(CPU, container(tmp_path, V2, limit, 4000))
    assert 0 < free <= psutil.virtual_memory().total


def test_a_machine_without_containers_has_what_it_has(tmp_path: Path) -> None:
    assert 0 < free_bytes(CPU, tmp_path) <= psutil.virtual_memory().total


@pytest.mark.parametrize(("platform", "trims", "expected"), [("linux", True, [0]), ("linux", False, []), ("win32", True, [])])
def test_freed_memory_is_returned_where_the_c_library_can(
    monkeypatch: pytest.MonkeyPatch, platform: str, trims: bool, expected: list[int]
) -> None:
    kept: list[int] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(**({"malloc_trim": kept.append} if trims else {})))
    return_freed()
    assert kept == expected
