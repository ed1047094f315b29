"""Words of other projects, read in their files without importing them."""

from pathlib import Path

import pytest

from itemwise.cases.row import RowsError
from itemwise.protocols.installed_words import calls_of_dict, constant, installed_file
from tests.protocols.asked import package


def test_a_file_of_an_installed_package_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = package(tmp_path, monkeypatch, "a_harness", {"tasks/one.py": ""})
    assert installed_file("a_harness", "tasks/one.py", "a_harness==1") == place / "tasks" / "one.py"
    for name, file in (("a_harness", "tasks/two.py"), ("no_harness", "tasks/one.py")):
        with pytest.raises(RowsError, match=rf"words of {name} in its own file {file}: pip install --no-deps x==1; or else\."):
            installed_file(name, file, "x==1", instead="; or else")


def test_constants_are_literals_or_the_strip_of_one(tmp_path: Path) -> None:
    file = tmp_path / "task.py"
    file.write_text('import torch\nA = """ a\n""".strip()\nB = {"en": "x"}\nC = A + "c"\n')
    assert (constant(file, "A"), constant(file, "B")) == ("a", {"en": "x"})
    with pytest.raises(RowsError, match=r"task.py: C is no literal; install the version that the protocol names"):
        constant(file, "C")
    with pytest.raises(RowsError, match=r"task.py has no D; install the version that the protocol names"):
        constant(file, "D")


def test_keywords_of_calls_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "configuration.py"
    file.write_text("a = dict(list=[dict(role='x', prompt='1'), dict(role='y', prompt='2')], other=dict(role=X, prompt='3'))\n")
    assert calls_of_dict(file, "role", "prompt") == [{"role": "x", "prompt": "1"}, {"role": "y", "prompt": "2"}]
