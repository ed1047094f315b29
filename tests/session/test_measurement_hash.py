"""Two runs are the same measurement when they ask the same and judge the same."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import PIL.Image
import pytest

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.picture import Picture
from itemwise.extractors import last_number
from itemwise.results.store import key_of
from itemwise.session.measurement_hash import cases_hash, judge_hash

CASES = [Case("sum-0", "6*7?", "42"), Case("sum-1", "6*8?", "48")]


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(sys.modules, "extractor", ModuleType("extractor"))  # forgotten again after the test
    file = tmp_path / "test_sums.py"
    file.write_text("PROMPT = 'Add.'\n")
    return file


def extractor_in(file: Path, line: str) -> Any:
    """The module `file`, which reads replies by `line`."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"def read(text):\n    {line}\n\nclass Extractor:\n    def __call__(self, text):\n        return read(text)\n")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("field", ["name", "prompt", "answer"])
def test_cases_that_differ_in_one_thing_are_others(field: str) -> None:
    assert cases_hash(CASES) != cases_hash([CASES[0], replace(CASES[1], **{field: "other"})])


def test_more_or_fewer_cases_or_another_order_are_others() -> None:
    assert len({cases_hash(CASES), cases_hash(CASES[:1]), cases_hash(CASES[::-1]), cases_hash([])}) == 4


@pytest.mark.parametrize("place", range(3))
def test_every_turn_of_a_chat_matters(place: int) -> None:
    chat = [Turn("user", "1+1?"), Turn("assistant", "2"), Turn("user", "6*7?")]
    other = [replace(turn, content="other") if number == place else turn for number, turn in enumerate(chat)]
    assert cases_hash([Case("sum-0", chat, "42")]) != cases_hash([Case("sum-0", other, "42")])


def test_pictures_of_a_chat_matter_and_one_that_cannot_be_read_is_left_to_its_case() -> None:
    shown = [Picture(colour, partial(PIL.Image.new, "RGB", (2, 2), colour)) for colour in ("red", "green")]
    cases = [[Case("a", [Turn("user", "?", pictures=(picture,))], "0")] for picture in (*shown, Picture("row 7", lambda: b"GIF89a"))]
    assert len({cases_hash(each) for each in cases}) == 3


def test_the_hash_of_cases_in_words_is_that_of_before_there_were_chats() -> None:
    assert cases_hash(CASES) == key_of({"cases": [["sum-0", "6*7?", "42"], ["sum-1", "6*8?", "48"]]})


def test_tags_do_not_matter() -> None:
    assert cases_hash(CASES) == cases_hash([replace(case, tags={"grade": "3"}) for case in CASES])


def test_the_same_benchmark_and_extractor_judge_alike(suite: Path) -> None:
    assert judge_hash(suite, last_number) == judge_hash(suite, last_number)


def test_another_line_in_the_benchmark_judges_anew(suite: Path) -> None:
    before = judge_hash(suite, last_number)
    suite.write_text("PROMPT = 'Add!'\n")
    assert before != judge_hash(suite, last_number)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda module: module.read,
        lambda module: partial(module.read),
        lambda module: partial(partial(module.read)),
        lambda module: wraps(module.read)(lambda text: module.read(text)),
        lambda module: module.Extractor(),
        lambda module: module.Extractor,
    ],
    ids=["function", "partial", "partial of a partial", "decorated", "object", "class"],
)
def test_another_line_in_the_extractor_judges_anew(suite: Path, tmp_path: Path, wrapped: Callable[[Any], Any]) -> None:
    found = {
        judge_hash(suite, wrapped(extractor_in(tmp_path / "own" / "extractor.py", line)))
        for line in ("return text", "return text.strip()", "return text")
    }
    assert len(found) == 2


def test_files_beside_an_extractor_that_it_does_not_import_do_not_matter(suite: Path, tmp_path: Path) -> None:
    read = extractor_in(tmp_path / "own" / "extractor.py", "return text").read
    before = judge_hash(suite, read)
    tmp_path.joinpath("own", "notes.py").write_text("NONE = 'none'\n")
    assert before == judge_hash(suite, read)


def test_another_line_in_what_the_extractor_imports_judges_anew(suite: Path, tmp_path: Path) -> None:
    read = extractor_in(tmp_path / "own" / "extractor.py", "import helper; return text").read
    tmp_path.joinpath("own", "helper.py").write_text("NONE = 'none'\n")
    before = judge_hash(suite, read)
    tmp_path.joinpath("own", "helper.py").write_text("NONE = 'nothing'\n")
    assert before != judge_hash(suite, read)


@pytest.mark.parametrize("built_in", [str, str.strip, "{}".format, partial(str.strip)])
def test_an_extractor_built_into_python_is_no_fault(suite: Path, built_in: Callable[[str], str]) -> None:
    assert judge_hash(suite, built_in) == judge_hash(suite, str)
