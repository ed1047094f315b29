"""Functions of the user's own by MODULE:FUNCTION."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from itemwise.import_string import ImportStringError, load_function


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my_functions.py").write_text("def double(n):\n    return 2 * n\n\nnumber = 5\n")
    (tmp_path / "my_broken.py").write_text("1 / 0\n")
    for name in ("my_functions", "my_broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_a_function_is_had_from_a_folder_and_the_folder_is_no_part_of_the_path_afterwards(folder: Path) -> None:
    before = list(sys.path)
    assert load_function("my_functions:double", "--strategy", [folder])(21) == 42
    assert sys.path == before


def test_a_function_is_had_from_what_is_installed() -> None:
    assert load_function("json:dumps", "--extractor")([1]) == "[1]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("double", "--strategy must be MODULE:FUNCTION, such as my_own:boxed, got 'double'."),
        (":double", "--strategy must be MODULE:FUNCTION, such as my_own:double, got ':double'."),
        ("my_functions:", "--strategy must be MODULE:FUNCTION, such as my_own:boxed, got 'my_functions:'."),
        ("my_functions:triple", "--strategy my_functions:triple: my_functions has no function triple."),
        ("my_functions:number", "--strategy my_functions:number: my_functions has no function number."),
        ("my_broken:double", "my_broken cannot be imported (ZeroDivisionError: division by zero)."),
        ("my_missing:double", "my_missing cannot be imported (ModuleNotFoundError: No module named 'my_missing')."),
    ],
)
def test_what_is_no_function_is_refused_by_its_option(text: str, message: str, folder: Path) -> None:
    before = list(sys.path)
    with pytest.raises(ImportStringError) as error:
        load_function(text, "--strategy", [folder])
    assert message in str(error.value)
    assert sys.path == before
