"""Nothing that is imported needs POSIX: a run on Windows must start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

WINDOWS = """
import builtins, importlib, os, pkgutil, signal, sys

import itemwise

def ours():
    names = [module.name for module in pkgutil.walk_packages(itemwise.__path__, "itemwise.")]
    return [name for name in names if not name.endswith("__main__")]

for name in ours():
    importlib.import_module(name)  # with all that they import of others, who have ways of their own on Windows
for name in [name for name in sys.modules if name.startswith("itemwise")]:
    del sys.modules[name]
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGXCPU", "SIGXFSZ", "alarm", "setitimer", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
for name in ("fchmod", "fork", "geteuid", "getuid", "killpg", "setsid", "major", "sysconf", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)

def on_windows(name, *arguments, whole=builtins.__import__):
    if name in ("fcntl", "resource", "pwd", "grp", "termios", "syslog"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return whole(name, *arguments)

builtins.__import__ = on_windows
import itemwise
print([name for name in ours() if importlib.import_module(name) is None], len(ours()) > 80)
"""


def test_no_module_needs_posix_to_be_imported() -> None:
    ran = subprocess.run([sys.executable, "-c", WINDOWS], capture_output=True, text=True, check=False, timeout=300)
    assert (ran.stdout, ran.returncode) == ("[] True\n", 0), ran.stderr


WITHOUT_SYRUPY = """
import sys
sys.modules["syrupy"] = None
import itemwise.reporting, itemwise.snapshots, itemwise.commands.compare
"""


def test_reports_need_no_syrupy() -> None:
    ran = subprocess.run([sys.executable, "-c", WITHOUT_SYRUPY], capture_output=True, text=True, check=False, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, "")


READING_ROWS = """
import sys
import itemwise.cases.source
print([name for name in sys.modules if name.startswith(("itemwise.analysis", "itemwise.results", "scipy"))])
"""


def test_reading_rows_brings_no_statistics() -> None:
    ran = subprocess.run([sys.executable, "-c", READING_ROWS], capture_output=True, text=True, check=False, timeout=300)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_an_ordinary_suite_loads_nothing_that_asks_judges_or_decides() -> None:
    late = [
        "itemwise.analysis.pairs",
        "itemwise.causes.find_causes",
        "itemwise.engine.engine",
        "itemwise.extractors.choice",
        "itemwise.extractors.expression",
        "itemwise.extractors.words",
        "itemwise.gates.threshold",
        "PIL",
        "asyncio",
        "jinja2",
        "torch",
    ]
    program = f"import sys, itemwise.plugin; print([name for name in {late} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert ran.stdout == "[]\n"


ONE_CASE = """
import contextlib, io, sys
import pytest
with contextlib.redirect_stdout(io.StringIO()):
    status = pytest.main(sys.argv[1:])
print(int(status), [kind for kind in ("choice", "number", "words") if f"itemwise.extractors.{kind}" in sys.modules])
"""


def test_a_run_that_reads_numbers_imports_no_extractor_of_choices_and_words(tmp_path: Path) -> None:
    rows, replies = tmp_path / "rows.jsonl", tmp_path / "replies.jsonl"
    rows.write_text(json.dumps({"question": "What is 6*7?", "answer": "#### 42"}))
    replies.write_text(json.dumps({"id": "gsm8k-0", "text": "The answer is 41."}))
    given = [str(ROOT / "benchmarks" / "test_gsm8k.py"), "--source", str(rows), "--replies", str(replies), "--report-dir", str(tmp_path)]
    command = [sys.executable, "-c", ONE_CASE, "-p", "no:cacheprovider", *given]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, cwd=ROOT)
    assert ran.stdout == "0 ['number']\n"
