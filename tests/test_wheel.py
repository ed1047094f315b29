"""The wheel: what is in it, and that its user can run the benchmarks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BENCHMARKS = sorted(file.name for file in (ROOT / "benchmarks").glob("test_*.py"))
BUILD = "from setuptools.build_meta import build_sdist, build_wheel; build_wheel('dist'); build_sdist('dist')"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree in which a wheel and a source distribution were built, without a network."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for name in ("itemwise", "benchmarks", "training", "extractors"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-c", BUILD], cwd=tree, check=True, capture_output=True, timeout=300)
    return tree


@pytest.fixture(scope="module")
def installed(tree: Path) -> Path:
    """The wheel as it lies in a user's site-packages."""
    (wheel,) = (tree / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tree / "site")
    return tree / "site"


def as_user(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command where only the wheel's package is found."""
    where = os.environ | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": ""}
    return subprocess.run([sys.executable, "-m", *command], cwd=folder, env=where, capture_output=True, text=True, check=False, timeout=300)


def test_holds_the_package_and_nothing_else(installed: Path) -> None:
    assert [path.name for path in sorted(installed.iterdir()) if path.suffix != ".dist-info"] == ["itemwise"]


def test_holds_every_module_the_pages_the_models_and_the_benchmarks(installed: Path) -> None:
    def files(of: Path) -> set[str]:
        return {str(path.relative_to(of)) for path in of.rglob("*") if path.is_file() and "__pycache__" not in path.parts}

    assert files(installed / "itemwise") == files(ROOT / "itemwise") | {f"benchmarks/{name}" for name in BENCHMARKS}


def test_a_source_distribution_holds_the_benchmarks_too(tree: Path) -> None:
    (sdist,) = (tree / "dist").glob("*.tar.gz")
    shutil.unpack_archive(sdist, tree / "unpacked")
    (unpacked,) = (tree / "unpacked").iterdir()
    assert sorted(path.name for path in (unpacked / "benchmarks").iterdir()) == BENCHMARKS


def test_its_user_copies_the_benchmarks_and_runs_them(installed: Path, tmp_path: Path) -> None:
    copied = as_user(installed, tmp_path, "itemwise", "copy-benchmarks")
    assert (copied.stdout.splitlines()[0], copied.stderr) == (f"wrote benchmarks/{BENCHMARKS[0]}", "")
    for name in BENCHMARKS:
        assert (tmp_path / "benchmarks" / name).read_text() == (ROOT / "benchmarks" / name).read_text()
    ran = as_user(installed, tmp_path, "pytest", "benchmarks", "-k", "gsm8k", "--sample", "2", "-p", "no:cacheprovider")
    assert "2 replies generated" in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == 0
