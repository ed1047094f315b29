"""From the words of --strategy to a strategy with its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from itemwise import strategies
from itemwise.cases.chat import Turn, TurnCost
from itemwise.strategies import (
    Ask,
    ConfiguredStrategy,
    Extract,
    StrategyError,
    Transcript,
    begins_plainly,
    configured_strategy,
    gain_of,
    scored_by,
    scores,
    strategy_names,
)  # fmt: skip
from itemwise.strategies.tool import HINTS
from tests.scripted import Script, read_all

NAMES = ", ".join(strategy_names())
OWN = """
from functools import partial

from itemwise import Turn
from itemwise.strategies import Transcript, scores

async def twopass(chat, ask, extract, *, passes: int = 2, careful: bool = True):
    ...

def plain(chat, ask, extract):
    ...

async def old(question, ask, read, *, passes: int = 2):
    ...

async def typed(first: Turn, ask, read):
    ...

async def short(chat, ask):
    ...

async def needy(chat, ask, extract, more):
    ...

async def choosing(chat, ask, extract, *, options=(), letter: str = "A"):
    return chat, options, letter

@scores("text")
async def measured(chat, ask, extract):
    turn = await ask(chat, continuations=["a"])
    return Transcript([*chat, turn], turn)

async def undeclared(chat, ask, extract, *, also: bool = False):
    scored = await ask(chat, continuations=["a"])
    return Transcript([*chat, scored, *([await ask(chat)] if also else [])], scored)

partly = partial(measured)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / f"own_{tmp_path.name.replace('-', '_')}.py").write_text(OWN)
    return tmp_path


def module(folder: Path) -> str:
    return next(folder.glob("own_*.py")).stem


def refused(text: str, *folders: Path) -> str:
    with pytest.raises(StrategyError) as caught:
        configured_strategy(text, folders)
    return str(caught.value)


def test_the_files_of_the_folder_whose_coroutine_has_their_name_are_the_strategies() -> None:
    files = Path(strategies.__file__).parent.glob("*.py")
    assert strategy_names() == sorted(file.stem for file in files if f"async def {file.stem}(" in file.read_text())
    assert {"direct", "retry", "tool", "vote", "likelihood"} <= set(strategy_names())


def test_old_names_are_there_and_say_their_new_ones_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for old, new in (
        ("Said", "Transcript"),
        ("together", "gather"),
        ("Read", "Extract"),
        ("ChosenStrategy", "ConfiguredStrategy"),
        ("chosen_strategy", "configured_strategy"),
    ):
        monkeypatch.delitem(vars(strategies), old, raising=False)  # said at the first time only
        with pytest.warns(DeprecationWarning, match="is now called") as warned:
            exec(f"from itemwise.strategies import {old} as found", given := dict[str, object]())
        assert [str(each.message) for each in warned] == [f"itemwise.strategies.{old} is now called {new}; import that."]
        assert given["found"] is getattr(strategies, new)
    assert not hasattr(strategies, "Sayd")


def test_a_strategy_has_its_settings_at_their_defaults() -> None:
    chosen = configured_strategy("vote")
    assert (chosen.name, chosen.settings) == ("vote", {"samples": 5, "temperature": 0.7})


def test_settings_that_are_given_stand_in_the_name_in_one_order() -> None:
    chosen = configured_strategy("vote:temperature=1,samples=9")
    assert (chosen.name, chosen.settings) == ("vote:samples=9,temperature=1", {"samples": 9, "temperature": 1.0})
    assert chosen == configured_strategy("vote:samples=9,temperature=1")


def test_one_of_ones_own_is_named_by_module_and_function(folder: Path) -> None:
    chosen = configured_strategy(f"{module(folder)}:twopass:passes=3", [folder])
    assert (chosen.name, chosen.settings) == ("twopass:passes=3", {"passes": 3, "careful": True})
    assert configured_strategy(f"{module(folder)}:twopass:careful=false", [folder]).settings["careful"] is False


def test_what_only_scores_says_so_itself(folder: Path) -> None:
    own = (f"{module(folder)}:{name}" for name in ("measured", "partly", "twopass"))
    ways = ("likelihood:form=text", "perplexity", "reference", "direct", "vote", *own)
    assert [configured_strategy(way, [folder]).scored for way in ways] == ["options", "text", "text", None, None, "text", "text", None]
    assert [scored_by(name) for name in ("likelihood:form=text", "reference", "direct", "measured")] == ["options", "text", None, None]
    with pytest.raises(ValueError, match="a strategy scores 'options' or 'text', got 'texts'"):
        scores("texts")  # type: ignore[arg-type]


def test_one_that_scores_and_does_not_say_so_is_not_repeated(folder: Path) -> None:
    async def ask(turns: Sequence[Turn], *, continuations: Sequence[str] = (), **_: Any) -> Turn:
        cost = TurnCost("stop", 5, 0 if continuations else 1, 0.0, 0)
        return Turn("assistant", "", cost=cost, logprobs=(-1.0,) * len(continuations))

    def reply(settings: str, repeat_seed: int) -> Turn:
        way = configured_strategy(f"{module(folder)}:undeclared{settings}", [folder])
        return asyncio.run(way.bind([Turn("user", "6*7?")], read_all, repeat_seed=repeat_seed)(ask)).reply  # type: ignore[arg-type]

    assert reply("", 0) == reply(":also=true", 7)
    with pytest.raises(StrategyError, match="counts the same score several times, as undeclared generates nothing; write @scores"):
        reply("", 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("votes", f"--strategy must be one of {NAMES}, or MODULE:FUNCTION for one of your own, got votes."),
        ("", f"--strategy must be one of {NAMES}, or MODULE:FUNCTION for one of your own, got ."),
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
    assert "is no coroutine; write async def plain(chat, ask, extract)." in refused(f"{module(folder)}:plain", folder)
    assert "has no function missing" in refused(f"{module(folder)}:missing", folder)


def test_a_strategy_of_the_old_form_is_refused_with_what_to_change(folder: Path) -> None:
    assert (
        ":old takes question, one turn, which is the old form: a strategy is given the chat, a sequence of turns. "
        "Write async def old(chat, ask, extract), ask(chat) for ask([question]), "
        "and Transcript([*chat, ...]) for Transcript([question, ...])."
    ) in refused(f"{module(folder)}:old:passes=3", folder)
    assert ":typed takes first, one turn, which is the old form" in refused(f"{module(folder)}:typed", folder)


@pytest.mark.parametrize(("name", "why"), [("short", "too many positional arguments"), ("needy", "missing a required argument: 'more'")])
def test_a_coroutine_that_cannot_be_called_as_a_strategy_is_refused(folder: Path, name: str, why: str) -> None:
    said = refused(f"{module(folder)}:{name}", folder)
    assert f":{name} cannot be called as a strategy ({why}); write async def {name}(chat, ask, extract), its settings behind a *." in said


def test_options_are_the_case_s_and_no_setting(folder: Path) -> None:
    chosen = configured_strategy(f"{module(folder)}:choosing", [folder])
    assert chosen.settings == {"letter": "A"}
    assert "it has no setting 'options'" in refused(f"{module(folder)}:choosing:options=2", folder)
    chat = [Turn("user", "Which?")]
    assert asyncio.run(chosen.bind(chat, read_all, ["red", "green"])(Script("?"))) == (tuple(chat), ("red", "green"), "A")  # type: ignore[comparison-overlap]


def test_a_setting_that_names_a_file_is_the_file_s_name_and_the_file_is_the_first_that_there_is(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    file = tmp_path / "facts" / "mine.md"
    file.write_text("- a fact")
    chosen = configured_strategy("hints:count=2,file=facts/mine.md", [tmp_path / "facts", tmp_path])
    assert (chosen.name, dict(chosen.settings)) == ("hints:count=2,file=mine.md", {"count": 2, "file": "mine.md"})
    assert (chosen.files, chosen.wants_hints) == ({"file": file}, True)
    assert (configured_strategy("hints").files, configured_strategy("direct").wants_hints) == ({}, False)
    assert refused("hints:file=other.md", tmp_path) == (
        f"--strategy hints:file=other.md: file must be a file, and there is no {tmp_path}/other.md."
    )


def test_a_strategy_without_that_parameter_is_not_told_of_options() -> None:
    bound = configured_strategy("direct").bind([Turn("user", "Which?")], read_all, ["red", "green"])
    assert asyncio.run(bound(Script("red"))).reply.content == "red"


@pytest.mark.parametrize("greedy", [True, False])
def test_a_repeat_has_a_seed_of_its_own_where_it_is_sampled(*, greedy: bool) -> None:
    asked: list[dict[str, Any]] = []

    async def ask(turns: Sequence[Turn], **settings: Any) -> Turn:
        asked.append(settings)
        return Turn("assistant", "4")

    async def own(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        await ask(chat, temperature=0.5, seed=1)
        await ask(chat, continuations=["A", "B"])
        reply = await ask(chat)
        return Transcript([*chat, reply], reply)

    bound = ConfiguredStrategy("own", own).bind([Turn("user", "2+2?")], read_all, repeat_seed=9, greedy=greedy)
    asyncio.run(bound(ask))
    assert [settings.get("repeat_seed") for settings in asked] == [9, None, None if greedy else 9]


def test_the_stop_texts_of_a_case_end_every_reply_beside_those_of_the_strategy() -> None:
    asked: list[dict[str, Any]] = []

    async def ask(turns: Sequence[Turn], **settings: Any) -> Turn:
        asked.append({"turns": list(turns), **settings})
        return Turn("assistant", "4")

    async def own(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        await ask(chat, stop="Q:", temperature=0.5)
        await ask(chat, continuations=["A", "B"])
        reply = await ask(chat)
        return Transcript([*chat, reply], reply)

    chat = [Turn("text", "2+2=")]
    asyncio.run(ConfiguredStrategy("own", own).bind(chat, read_all, stop=["\n\n"])(ask))
    assert asked == [
        {"turns": chat, "stop": ["\n\n", "Q:"], "temperature": 0.5},
        {"turns": chat, "continuations": ["A", "B"]},
        {"turns": chat, "stop": ["\n\n"]},
    ]
    asked.clear()
    asyncio.run(ConfiguredStrategy("own", own).bind(chat, read_all)(ask))
    assert asked[2] == {"turns": chat}


@pytest.mark.parametrize("tool_hint", [True, False])
def test_a_strategy_that_has_the_parameter_is_told_whether_the_model_wants_the_tool_hint(*, tool_hint: bool) -> None:
    chosen = configured_strategy("tool")
    assert "tool_hint" not in chosen.settings
    assert chosen.given(tool_hint=tool_hint) == {"tool_hint": tool_hint}
    assert configured_strategy("direct").given(tool_hint=tool_hint) == {}
    transcript = asyncio.run(chosen.bind([Turn("user", "6*7?")], read_all, tool_hint=tool_hint)(Script("42")))
    assert transcript.turns[0].content == "6*7?" + f"\n\n{HINTS['call']}" * tool_hint


SHOT = (Turn("system", "Be brief."), Turn("user", "1+1?"), Turn("assistant", "2"), Turn("user", "6*7?"))


@pytest.mark.parametrize("name", [name for name in strategy_names() if name != "perplexity"])  # which takes no chat
def test_every_strategy_asks_the_whole_chat_and_tells_it_first(name: str) -> None:
    script = Script("42", logprobs=(-1.0, -2.0))
    bound = configured_strategy(name).bind(SHOT, read_all, ("42", "41"), tool_hint=False, reference_answer=lambda: "42")
    transcript = asyncio.run(bound(script))
    assert all(tuple(turns[: len(SHOT)]) == SHOT for turns, *_ in script.asked)
    assert tuple(transcript.turns[: len(SHOT)]) == SHOT
    assert transcript.reply.content == ("A" if name == "likelihood" else "42")


@pytest.mark.parametrize(
    ("name", "gain", "plainly"),
    [
        ("direct", "direct", True),
        ("retry:attempts=2", "asking again", True),
        ("tool", "the calculator", False),
        ("likelihood:form=text", "scoring the options", False),
        ("vote:samples=9,temperature=1", "voting", False),
        ("mine:samples=2", "mine:samples=2", False),
    ],
)
def test_a_strategys_file_says_what_it_adds_to_plain_asking(name: str, gain: str, plainly: bool) -> None:
    assert (gain_of(name), begins_plainly(name)) == (gain, plainly)


UNREAD = """
from __future__ import annotations
from functools import partial
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from itemwise import Turn

async def checked(chat: Sequence[Turn], ask: Ask, extract: Extract, *, passes: int = 2) -> Transcript:
    ...

async def former(first: Turn, ask, read):
    ...

async def needs(chat, ask, extract, *, passes):
    ...

often = partial(checked, passes=9)
"""


def test_annotations_for_type_checkers_alone_partial_functions_and_settings_without_default(tmp_path: Path) -> None:
    name = f"unread_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(UNREAD)
    assert configured_strategy(f"{name}:checked:passes=3", [tmp_path]).settings == {"passes": 3}
    often = configured_strategy(f"{name}:often", [tmp_path])
    assert (often.name, often.settings) == ("often", {"passes": 9})
    assert "takes first, one turn, which is the old form" in refused(f"{name}:former", tmp_path)
    assert refused(f"{name}:needs", tmp_path) == (
        f"--strategy {name}:needs: passes has no default; give it one, or a value: {name}:needs:passes=..."
    )
