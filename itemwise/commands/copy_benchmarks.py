"""``python -m itemwise copy-benchmarks FOLDER``: write the benchmarks where they can be run and changed."""

import shutil
from pathlib import Path

from itemwise.commands import CommandError

__all__ = ["benchmark_files", "copy_benchmarks"]

PACKAGE = Path(__file__).resolve().parents[1]


def copy_benchmarks(folder: str) -> None:
    """Copy the benchmark files into `folder`, which is made. Raises CommandError, with nothing written, where a file is there already."""
    to = Path(folder)
    files = benchmark_files()
    if present := [file.name for file in files if (to / file.name).exists()]:
        raise CommandError(f"{to} holds {' and '.join(present)} already; give another folder, or remove what is there.")
    try:
        to.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, to / file.name)
    except OSError as error:
        raise CommandError(f"{to}: cannot be written ({error}).") from None
    print("\n".join(f"wrote {to / file.name}" for file in files))
    print(f"run them: pytest {to} -k gsm8k")


def benchmark_files() -> list[Path]:
    """Those of the installed package; of a source tree those beside the package. Raises CommandError where there are none."""
    for folder in (PACKAGE / "benchmarks", PACKAGE.parent / "benchmarks"):
        if files := sorted(folder.glob("test_*.py")):
            return files
    raise CommandError("this installation holds no benchmarks; install the package from its wheel or its source tree.")
