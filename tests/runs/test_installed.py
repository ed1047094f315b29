"""What an installation puts beside other people's code: one name, `itemwise`, and all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from setuptools import find_packages

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]

BESIDE_OURS = """
    import extractors
    from itemwise.extractors import last_number

    def test_own():
        assert extractors.OWN == "the project's"
        assert last_number("The answer is 5.") == "5"
"""


def packages() -> list[str]:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    return list(find_packages(str(ROOT), **setup["packages"]["find"]))


def test_one_top_level_name_is_installed() -> None:
    assert {package.partition(".")[0] for package in packages()} == {"itemwise"}


def test_every_package_is_installed() -> None:
    folders = {file.parent.relative_to(ROOT) for file in (ROOT / "itemwise").rglob("*.py")}
    assert sorted(packages()) == sorted(".".join(folder.parts) for folder in folders)


@pytest.mark.parametrize("form", ["extractors.py", "extractors/__init__.py"])
@pytest.mark.parametrize("start", ["pytest", "python -m pytest"])
def test_a_projects_own_extractors_stand_beside_ours(pytester: pytest.Pytester, form: str, start: str) -> None:
    own = pytester.path / form
    own.parent.mkdir(exist_ok=True)
    own.write_text('OWN = "the project\'s"\n')
    pytester.makepyfile(BESIDE_OURS)
    program = [sys.executable, "-m", "pytest"] if start == "python -m pytest" else [Path(sys.executable).with_name("pytest")]
    pytester.run(*program).assert_outcomes(passed=1)


def test_the_demos_extractors_are_the_installed_ones() -> None:
    import extractors
    import itemwise.extractors

    assert {name: getattr(extractors, name) for name in extractors.__all__} == {
        name: getattr(itemwise.extractors, name) for name in itemwise.extractors.__all__
    }
