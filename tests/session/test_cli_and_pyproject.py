"""One setting at a time: where its value comes from, what it must be, and what is said where it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from itemwise.session.cli_and_pyproject import OPTIONS, OptionValues, SettingsError, own_models, pyproject_table


@pytest.fixture
def values(tmp_path: Path) -> Callable[..., OptionValues]:
    """The values of a command line given in the folder ``here`` over a pyproject.toml in ``root``."""

    def values(given: dict[str, object] | None = None, pyproject: str = "") -> OptionValues:
        (tmp_path / "root").mkdir(exist_ok=True)
        (tmp_path / "root" / "pyproject.toml").write_text(f"[tool.itemwise]\n{pyproject}", encoding="utf-8")
        return OptionValues(given or {}, tmp_path / "root", tmp_path / "here")

    return values


Values = Callable[..., OptionValues]


def test_the_command_line_goes_over_pyproject_and_that_over_the_default(values: Values) -> None:
    assert values()["seed"] == 42
    assert values(pyproject="seed = 5")["seed"] == 5
    both = values({"seed": "6"}, "seed = 5")
    assert (both["seed"], both.given, both.chose("seed"), both.chose("sample")) == ("6", {"seed"}, True, False)


@pytest.mark.parametrize(("given", "folder"), [({"store": "mine.sqlite"}, "here"), ({}, "root")], ids=["command line", "pyproject"])
def test_a_path_is_relative_to_where_it_was_written(given: dict[str, object], folder: str, values: Values, tmp_path: Path) -> None:
    read = values(given, "" if given else 'store = "mine.sqlite"')
    assert (read.path("store"), read.path("baseline")) == (tmp_path / folder / "mine.sqlite", None)


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda values: values({"seed": "x"}).whole("seed"), "--seed must be a whole number of at least 1, got x."),
        (lambda values: values({"sample": "0"}).whole_or("sample", "all"), '--sample must be at least 1 or "all", got 0.'),
        (lambda values: values({"gpus-per-replica": "-1"}).fraction("gpus-per-replica"), "must be a number of at least 0, such as 0.5"),
        (lambda values: values({"gpus-per-replica": "inf"}).fraction("gpus-per-replica"), "must be a number of at least 0, such as 0.5"),
        (lambda values: values({"engine": "x"}).one_of("engine", ["local", "ray"]), "--engine must be one of local, ray, got x."),
        (lambda values: values({"control": ["x"]}).some_of("control", ["a", "b"]), "--control must be one of a, b, got x."),
        (lambda values: values({"model": ["a", "b", "a"]}).texts("model"), "--model a is given twice."),
        (lambda values: values(pyproject="model = []").texts("model"), "--model must name at least one, got none."),
        (lambda values: values(pyproject="prompt = 5").texts("prompt"), '--prompt must be text ("..." in pyproject.toml), got 5.'),
        (lambda values: values(pyproject='fresh = "yes"').flag("fresh"), "--fresh must be true or false in pyproject.toml, got 'yes'."),
        (lambda values: values(pyproject="sed = 5"), "[tool.itemwise] has no setting 'sed'; it may have adapter, "),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_option(read: Callable[[Values], object], message: str, values: Values) -> None:
    with pytest.raises(SettingsError) as error:
        read(values)
    assert message in str(error.value)


def test_values_are_read_as_what_they_must_be(values: Values) -> None:
    read = values(
        {"sample": "7", "seed": 0, "gpus-per-replica": "0.5", "engine": "ray", "control": ["b"], "extractor": "strict-json", "fresh": True}
    )
    assert (read.whole_or("sample", "all"), read.whole("seed", least=0), read.fraction("gpus-per-replica")) == (7, 0, 0.5)
    assert (read.one_of("engine", ["local", "ray"]), read.some_of("control", ["a", "b"])) == ("ray", ("b",))
    assert (read.text("extractor"), read.flag("fresh"), read.flag("replay"), read.texts("model")) == (
        "strict-json",
        True,
        False,
        ["embedded-text"],
    )
    assert values({"sample": "all"}).whole_or("sample", "all") is None
    assert (values().whole_or("min-pixels"), values().fraction("gpus-per-replica"), values().text("extractor")) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "pyproject", "line"),
    [
        ({"reader": "strict-json"}, "", "--reader is now --extractor; the former name still works"),
        ({}, 'reader = "strict-json"', "reader in [tool.itemwise] is now extractor in [tool.itemwise]; the former name still works"),
    ],
)
def test_a_former_name_is_read_as_the_present_one_and_said(given: dict[str, object], pyproject: str, line: str, values: Values) -> None:
    read = values(given, pyproject)
    assert (read.text("extractor"), list(read.renamed)) == ("strict-json", [line])


def test_both_names_of_one_option_are_refused(values: Values) -> None:
    with pytest.raises(SettingsError, match="--reader is the former name of --extractor: give only --extractor"):
        values({"reader": "strict-json", "extractor": "strict-json"})


def test_every_option_has_both_its_names_and_a_help(values: Values) -> None:
    assert {name for option in OPTIONS for name in option.names if not name.islower() or " " in name} == set()
    assert [option.name for option in OPTIONS if not option.help] == []
    assert [option.names for option in OPTIONS if option.former] == [("extractor", "reader"), ("variants", "twins")]


def test_a_folder_without_pyproject_has_no_table_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert pyproject_table(tmp_path) == {}
    (tmp_path / "pyproject.toml").write_text("[tool.itemwise")
    with pytest.raises(SettingsError, match=r"pyproject\.toml cannot be read: "):
        pyproject_table(tmp_path)


@pytest.mark.parametrize("value", ["x", {"mine": "folder"}])
def test_models_of_ones_own_are_tables(value: object) -> None:
    with pytest.raises(SettingsError, match="must hold tables"):
        own_models(value)


def test_models_of_ones_own_are_given_by_name(values: Values) -> None:
    assert values(pyproject='models.mine.location = "folder"').models == {"mine": {"location": "folder"}}
