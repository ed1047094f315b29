"""Which files decide what a function returns: its own and those it imports of the same area, and no others."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itemwise.extractors import last_number, stated_choice
from itemwise.session import code_files as code_files_module
from itemwise.session.code_files import code_files
from itemwise.strategies.direct import direct
from itemwise.strategies.tool import tool

PACKAGE = Path(code_files_module.__file__).parents[1]


def files_of(function: Callable[..., Any]) -> set[str]:
    """The files of the package that decide what one of its functions returns."""
    files = code_files(function.__module__, Path(function.__code__.co_filename))
    return {file.relative_to(PACKAGE).as_posix() for file in files}


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., set[str]]:
    """Writes files of a user's project, by path and text; the files that decide what `module` does."""

    def write(module: str, **sources: str) -> set[str]:
        for name, source in sources.items():
            file = tmp_path / f"{name.replace('__', '/').replace('//init//', '/__init__')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source)
        path = tmp_path.joinpath(*module.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        found = code_files(module, file)
        return {str(file.relative_to(tmp_path)) if file.is_relative_to(tmp_path) else file.parent.name for file in found}

    return write


def test_a_strategy_is_its_own_file_and_what_it_imports_of_the_strategies() -> None:
    assert files_of(direct) == {"strategies/direct.py", "strategies/strategy.py"}
    assert "strategies/calculator.py" in files_of(tool)


def test_each_extractor_is_its_own_folder_and_what_it_uses_of_the_other() -> None:
    number, choice = files_of(last_number), files_of(stated_choice)
    assert "extractors/number/last_number.py" in number - choice
    assert "extractors/choice/match_option.py" in choice - number
    assert "extractors/number/number_words.py" in number & choice  # "twelve" chooses the option "12"
    assert all(file.startswith("extractors/") for file in number | choice)


def test_the_packages_own_init_files_are_passed_over() -> None:
    assert not any(file.endswith("__init__.py") for file in files_of(last_number) | files_of(direct))


def test_a_module_that_imports_nothing_is_its_own_file(project: Callable[..., set[str]]) -> None:
    assert project("mine", mine="X = 1", other="X = 2") == {"mine.py"}


@pytest.mark.parametrize(
    "statement",
    [
        *("import helper", "import helper as h", "from helper import X", "from helper import *", "def late():\n    from helper import X"),
        "class Own:\n    if True:\n        pass\n    else:\n        import helper",
        "try:\n    import tomllib\nexcept ImportError:\n    import helper",
        "try:\n    pass\nfinally:\n    import helper",
        "match 1:\n    case 1:\n        with open(0):\n            for _ in ():\n                import helper",
    ],
)
def test_a_module_beside_it_that_is_imported_counts(project: Callable[..., set[str]], statement: str) -> None:
    assert project("mine", mine=statement, helper="X = 1", other="") == {"mine.py", "helper.py"}


def test_what_an_imported_module_imports_counts_and_a_circle_ends(project: Callable[..., set[str]]) -> None:
    assert project("a", a="import b", b="import c", c="import a") == {"a.py", "b.py", "c.py"}


@pytest.mark.parametrize(
    "statement", ["from . import words", "from .words import X", "from own import words", "import own.words", "from .. import z"]
)
def test_of_a_package_only_what_is_imported_counts(project: Callable[..., set[str]], statement: str) -> None:
    found = project("own.mine", own__mine=statement, own__words="X = 1", own__other="", own____init____="")
    assert found == ({"own/mine.py"} if "z" in statement else {"own/mine.py", "own/words.py"})


def test_a_name_that_a_package_hands_on_leads_to_where_it_is_from(project: Callable[..., set[str]]) -> None:
    sources = {"own____init____": "from own.words import X\nfrom .others import Y", "own__words": "X = 1", "own__others": "Y = 1"}
    assert project("mine", mine="from own import X", **sources) == {"mine.py", "own/words.py"}
    assert project("whole", whole="import own", **sources) == {"whole.py", "own/__init__.py", "own/words.py", "own/others.py"}


def test_a_modules_own_use_of_our_extractors_counts_and_no_other_code_of_ours(project: Callable[..., set[str]]) -> None:
    found = project("mine", mine="from itemwise import Case\nfrom itemwise.extractors import stated_choice")
    choice = code_files(stated_choice.__module__, Path(stated_choice.__code__.co_filename))
    assert found == {"mine.py", *(file.parent.name for file in choice)}


@pytest.mark.parametrize("source", ["import (", "import helper\x00"], ids=["no Python", "zero byte"])
def test_a_module_that_cannot_be_parsed_is_its_own_file(project: Callable[..., set[str]], source: str) -> None:
    assert project("mine", mine=source, helper="") == {"mine.py"}


def test_a_module_under_another_name_is_followed_beside_its_file(project: Callable[..., set[str]], tmp_path: Path) -> None:
    project("mine", mine="import helper", helper="")
    assert code_files("__main__", tmp_path / "mine.py") == {tmp_path / "mine.py", tmp_path / "helper.py"}


def test_of_an_installed_library_only_its_own_modules_count() -> None:
    stdlib = Path(sysconfig.get_path("stdlib"))
    assert {file.parent for file in code_files("json", stdlib / "json" / "__init__.py")} == {stdlib / "json"}
