"""Environment of a run: library versions, hardware, and the git commit and state of the suite."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from itemwise import __version__

__all__ = ["environment", "gpu_count", "hardware", "library_versions", "suite_state"]

LIBRARIES = ("torch", "transformers", "tokenizers", "bitsandbytes", "accelerate", "datasets")
_GIT_TIMEOUT = 5  # seconds for git, which may sit on a slow disk


def environment(suite: Mapping[str, str]) -> dict[str, Any]:
    """All of it, for run.json; `suite` is its `suite_state` when the run began."""
    return {
        "itemwise": __version__,
        "pytest": version("pytest"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "executable": sys.executable,
        "libraries": library_versions(),
        "hardware": hardware(),
        **({"suite": dict(suite)} if suite else {}),
    }


def library_versions() -> dict[str, str]:
    """The versions of the libraries between a prompt and a reply, without importing one; what is not installed is left out."""
    return {name: installed for name in LIBRARIES if (installed := _installed(name))}


def hardware() -> dict[str, Any]:
    """CPU, cores and memory; GPUs only where torch is imported already, for it takes seconds. What is not known is left out."""
    parts = {"cpu": _cpu(), "cores": os.cpu_count(), "memory": _memory(), "gpus": _gpus()}
    return {name: value for name, value in parts.items() if value}


def gpu_count() -> int:
    """The NVIDIA GPUs that this process may use, found without torch; ``CUDA_VISIBLE_DEVICES`` may leave some out."""
    there = len(list(Path("/dev").glob("nvidia[0-9]*")))
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    return there if allowed is None else min(there, sum(bool(part.strip()) for part in allowed.split(",")))


def suite_state(folder: Path, reports: Path) -> dict[str, str]:
    """The commit of the repository that `folder` is in, and whether its tree is clean but for `reports`, which runs write.

    Empty without git or a repository. Take it when a run begins: the code that runs is the code of then.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return {}
    top, written = Path(_git(folder, "rev-parse", "--show-toplevel") or ""), reports.resolve()
    inside = written.is_relative_to(top) and written != top
    but_for = [f":(top,exclude,literal){written.relative_to(top).as_posix()}"] if inside else []
    changed = _git(folder, "--no-optional-locks", "status", "--porcelain", "-unormal", "--", ":/", *but_for)
    if changed is None:
        return {"commit": commit}
    return {"commit": commit, "tree": f"{len(changed.splitlines())} changed or new" if changed else "clean"}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(folder: Path, *words: str) -> str | None:
    """The output of git, or None where it is missing, slow, or finds no repository."""
    try:
        result = subprocess.run(  # noqa: S603 - fixed words
            ["git", "-C", str(folder), *words],  # noqa: S607 - the git that the user has
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            timeout=_GIT_TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on Windows
        return ""
    return f"{size / 2**30:.0f} GiB"


def _gpus() -> list[str]:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return []
    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
