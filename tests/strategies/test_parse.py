"""From the words of --strategy to a strategy with its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.strategies import StrategyError, chosen_strategy, strategy_names

OWN = """
async def twopass(question, ask, read, *, passes: int = 2, careful: bool = True):
    ...

def plain(question, ask, read):
    ...
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / f"own_{tmp_path.name.replace('-', '_')}.py").write_text(OWN)
    return tmp_path


def module(folder: Path) -> str:
    return next(folder.glob("own_*.py")).stem


def refused(text: str, *folders: Path) -> str:
    with pytest.raises(StrategyError) as caught:
        chosen_strategy(text, folders)
    return str(caught.value)


def test_the_files_of_the_folder_are_the_strategies() -> None:
    assert strategy_names() == ["direct", "retry", "tool", "vote"]


def test_a_strategy_has_its_settings_at_their_defaults() -> None:
    chosen = chosen_strategy("vote")
    assert (chosen.name, chosen.settings) == ("vote", {"samples": 5, "temperature": 0.7})


def test_settings_that_are_given_stand_in_the_name_in_one_order() -> None:
    chosen = chosen_strategy("vote:temperature=1,samples=9")
    assert (chosen.name, chosen.settings) == ("vote:samples=9,temperature=1", {"samples": 9, "temperature": 1.0})
    assert chosen == chosen_strategy("vote:samples=9,temperature=1")


def test_one_of_ones_own_is_named_by_module_and_function(folder: Path) -> None:
    chosen = chosen_strategy(f"{module(folder)}:twopass:passes=3", [folder])
    assert (chosen.name, chosen.settings) == ("twopass:passes=3", {"passes": 3, "careful": True})
    assert chosen_strategy(f"{module(folder)}:twopass:careful=false", [folder]).settings["careful"] is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("votes", "--strategy must be one of direct, retry, tool, vote, or MODULE:FUNCTION for one of your own, got votes."),
        ("", "--strategy must be one of direct, retry, tool, vote, or MODULE:FUNCTION for one of your own, got ."),
        ("vote:k=9", "--strategy vote:k=9: it has no setting 'k'; its settings: samples, temperature."),
        ("direct:k=9", "--strategy direct:k=9: it has no setting 'k'; its settings: none."),
        ("vote:samples=0", "--strategy vote:samples=0: samples must be a whole number of at least 1, got 0."),
        ("vote:samples=many", "--strategy vote:samples=many: samples must be a whole number of at least 1, got many."),
        ("vote:temperature=0", "--strategy vote:temperature=0: temperature must be a number above 0, got 0."),
        ("vote:temperature=nan", "--strategy vote:temperature=nan: temperature must be a number above 0, got nan."),
        ("retry:by=luck", "--strategy retry:by=luck: by must be repair or temperature, got luck."),
        ("vote:samples=", "--strategy vote:samples=: settings are NAME=VALUE with commas between them, got 'samples='."),
        ("vote:samples=3,", "--strategy vote:samples=3,: settings are NAME=VALUE with commas between them, got ''."),
        ("no_such_module:twopass", "--strategy no_such_module:twopass: no_such_module cannot be imported (ModuleNotFoundError"),
    ],
)
def test_what_cannot_be_chosen_is_said_with_what_can(text: str, said: str) -> None:
    assert refused(text).startswith(said)


def test_a_function_that_is_no_coroutine_is_refused(folder: Path) -> None:
    assert "is no coroutine; write async def plain(question, ask, read)." in refused(f"{module(folder)}:plain", folder)
    assert "has no function missing" in refused(f"{module(folder)}:missing", folder)
