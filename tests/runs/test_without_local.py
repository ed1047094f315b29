"""What works where the extra ``[local]`` is not installed: all but models on this machine, and those say what to install."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from itemwise.models.extras import install_hint
from tests.runs.test_written_before import VERDICTS, lay_out_before
from tests.stand_in import StandIn, said

ROOT = Path(__file__).parents[2]

# What an environment without the extra is to an import, to find_spec and to the versions of distributions. It is loaded before itemwise.
HIDDEN = """
import importlib.metadata
from functools import partial
from importlib.machinery import PathFinder

MISSING = ("torch", "transformers", "bitsandbytes", "accelerate", "peft", "tokenizers", "safetensors")
find_spec, distribution = PathFinder.find_spec, importlib.metadata.distribution

def found(name, path=None, target=None):
    return None if name in MISSING else find_spec(name, path, target)

def installed(name):
    if name in MISSING:
        raise importlib.metadata.PackageNotFoundError(name)
    return distribution(name)

PathFinder.find_spec, importlib.metadata.distribution = partial(found), installed  # a partial binds to no class of another's
"""
NEEDED = (
    r"^! embedded-text is a local model, which needs torch and transformers \(No module named '\w+'\): "
    rf"{re.escape(install_hint('local'))}\. A model on a server needs neither"
)


@pytest.fixture
def without_local(tmp_path: Path) -> Path:
    """A folder of one's own whose pythons find none of the libraries of local models."""
    (tmp_path / "hidden.py").write_text(HIDDEN)
    return tmp_path


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``python -m ...`` in `folder`, as it is without the extra."""
    start = f"import hidden, runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = {list(arguments[1:])!r}"
    start += f"; runpy.run_module({arguments[0]!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", start], cwd=folder, capture_output=True, text=True, timeout=600)


def run(folder: Path, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """pytest on `file`, without what takes most of the time: the import of Hypothesis, which does nothing here."""
    places = (f"--rootdir={folder}", f"--report-dir={folder / 'reports'}", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    return python(folder, "pytest", str(file), "--tb=no", *places, *options)


def benchmark(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(folder, ROOT / "benchmarks" / "test_gsm8k.py", "--source", "synthetic", "--sample", "2", *options)


def test_cases_are_collected(without_local: Path) -> None:
    done = benchmark(without_local, "--collect-only", "-q")
    assert "test_gsm8k[embedded-text-direct-gsm8k-synthetic-42-0]" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_a_local_model_stops_the_run_with_the_extra_it_needs(without_local: Path) -> None:
    done = benchmark(without_local)
    assert len(re.findall(NEEDED, done.stdout, re.MULTILINE)) == 1, done.stdout + done.stderr
    assert "0 replies generated" in done.stdout
    assert done.returncode == 1


def test_structure_names_the_extra_in_one_line(without_local: Path) -> None:
    done = python(without_local, "itemwise", "structure", "embedded-text")
    assert (done.returncode, done.stdout) == (2, "")
    assert "structure needs torch and transformers (No module named 'torch'): pip install " in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_server_is_asked_and_its_run_shown_and_compared(without_local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = StandIn(lambda question, _: said('{"answer": 5}'))
    try:
        done = benchmark(without_local, "--model", f"{server.url}#adder")
    finally:
        server.close()
    assert "gsm8k-synthetic  adder  " in done.stdout, done.stdout + done.stderr
    assert sum(server.asked.values()) == 2
    latest, again = str((without_local / "reports" / "latest").resolve()), str(without_local / "again")
    shutil.copytree(latest, again)
    shown = python(without_local, "itemwise", "show", latest)
    assert (shown.returncode, "gsm8k-synthetic" in shown.stdout) == (0, True), shown.stderr
    compared = python(without_local, "itemwise", "compare", latest, again, "--html", "compare.html")
    assert compared.returncode == 0, compared.stderr
    assert (without_local / "compare.html").is_file()


def test_what_a_local_model_once_said_is_replayed(without_local: Path) -> None:
    lay_out_before(without_local)
    done = run(without_local, without_local / "test_sums.py", "--sample=all", "--store=replies.sqlite", "--model=adder", "--replay")
    assert "0 replies generated, 4 from the store" in done.stdout, done.stdout + done.stderr
    lines = (without_local / "reports" / "latest" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == VERDICTS["direct"]
