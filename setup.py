"""What pyproject.toml cannot say: a wheel holds benchmarks/ as itemwise/benchmarks, for ``python -m itemwise copy-benchmarks``."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BENCHMARKS = sorted(Path("benchmarks").glob("test_*.py"))


class BuildWithBenchmarks(build_py):
    """Copies the benchmarks into what is built; an editable install has them beside the package."""

    def run(self) -> None:
        """Build the package, then add the benchmarks."""
        super().run()
        if not self.editable_mode:
            folder = Path(self.build_lib, "itemwise", "benchmarks")
            self.mkpath(str(folder))
            for file in BENCHMARKS:
                self.copy_file(str(file), str(folder / file.name))

    def get_source_files(self) -> list[str]:
        """What a source distribution holds."""
        return [*super().get_source_files(), *map(str, BENCHMARKS)]


setup(cmdclass={"build_py": BuildWithBenchmarks})
