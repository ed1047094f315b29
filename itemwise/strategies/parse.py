"""Parses `--strategy` into a strategy with its settings: ``vote``, ``vote:samples=9,temperature=1``, ``module:function``."""

from __future__ import annotations

import inspect
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from itemwise.cases.chat import Turn
from itemwise.cases.hint import Hint
from itemwise.import_string import ImportStringError, load_function
from itemwise.strategies.strategy import Ask, Extract, FileName, Scored, Strategy, Transcript

__all__ = ["BoundStrategy", "ConfiguredStrategy", "StrategyError", "begins_plainly", "configured_strategy", "gain_of", "scored_by"]
__all__ += ["strategy_names"]


GIVEN = (
    "options",
    "tool_hint",
    "found_hints",
    "reference_answer",
)  # parameters of a strategy that are no settings: `ConfiguredStrategy.bind`

_FORM = "(chat, ask, extract)"


class StrategyError(Exception):
    """A strategy cannot be had or set so; the message says what was wrong and what to do instead."""


@dataclass(frozen=True)
class ConfiguredStrategy:
    """A strategy as a run uses it. `name` stands in node ids and reports: the strategy's own, with the settings that
    were given. `settings` are all it has, those left at their defaults among them; `files` are where those lie that name one."""

    name: str
    strategy: Strategy = field(compare=False)
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)
    files: Mapping[str, Path] = field(default_factory=dict, compare=False)

    @property
    def wants_hints(self) -> bool:
        """Whether it is given what fits each case: the first `count` of its settings, of its `file` or of worked examples."""
        return bool(self.given(found_hints=()))

    @property
    def scored(self) -> Scored | None:
        """What it scores, as it declares; None where the model writes a reply."""
        return _scored(self.strategy)

    def given(self, **offered: Any) -> dict[str, Any]:
        """Of what a run can hand to a strategy by name, and is no setting, that for which this one has a parameter."""
        return {name: value for name, value in offered.items() if name in self._parameters}

    @cached_property
    def _parameters(self) -> Collection[str]:
        return inspect.signature(self.strategy).parameters

    def bind(
        self,
        chat: Sequence[Turn],
        extract: Extract,
        options: Sequence[str] = (),
        *,
        tool_hint: bool = True,
        stop: Sequence[str] = (),
        found_hints: Sequence[Hint] = (),
        reference_answer: Callable[[], str] = str,
        repeat_seed: int = 0,
        greedy: bool = True,
    ) -> BoundStrategy:
        """The strategy for one case. `options`, the texts of a choice, the `tool_hint` of the model's entry, `found_hints` and
        `reference_answer` are handed to a strategy that has a parameter of that name. The texts in `stop`, the case's own, end every
        reply. A `repeat_seed` is added to the seed of what is sampled; with `greedy` that is what the strategy asks for at a temperature,
        else all."""
        settled = tuple(chat), extract, tuple(options), tool_hint, tuple(stop), tuple(found_hints), reference_answer, repeat_seed, greedy
        return BoundStrategy(self, *settled)


@dataclass(frozen=True)
class BoundStrategy:
    """A configured strategy with the case that it asks."""

    configured: ConfiguredStrategy
    chat: tuple[Turn, ...]
    extract: Extract
    options: tuple[str, ...] = ()
    tool_hint: bool = True
    stop: tuple[str, ...] = ()
    found_hints: tuple[Hint, ...] = ()
    reference_answer: Callable[[], str] = str
    repeat_seed: int = 0
    greedy: bool = True

    @property
    def name(self) -> str:
        """The strategy's, with the settings that were given."""
        return self.configured.name

    def __call__(self, ask: Ask) -> Coroutine[Any, Any, Transcript]:
        """The conversation, not yet begun."""
        given = self.configured.given(**{name: getattr(self, name) for name in GIVEN})
        asked: Ask = partial(_ask_again, ask, self.repeat_seed, self.greedy) if self.repeat_seed else ask
        asked = partial(_ask_until, asked, self.stop) if self.stop else asked
        said = self.configured.strategy(self.chat, asked, self.extract, **self.configured.settings, **given)
        return _generated(self.name, said) if self.repeat_seed else said


def _ask_until(
    ask: Ask,
    of_case: Sequence[str],
    turns: Sequence[Turn],
    *,
    stop: str | Sequence[str] = (),
    continuations: Sequence[str] = (),
    window: int = 0,
    **settings: Any,
) -> Awaitable[Turn]:
    """`ask` with the stop texts `of_case` beside those of the strategy; what is scored has its own end."""
    if continuations or window:
        scored = {"continuations": continuations} if continuations else {"window": window}
        return ask(turns, **scored, **settings)
    return ask(turns, stop=[*of_case, *([stop] if isinstance(stop, str) else stop)], **settings)


def _ask_again(
    ask: Callable[..., Awaitable[Turn]],
    repeat_seed: int,
    greedy: bool,
    turns: Sequence[Turn],
    *,
    temperature: float = 0.0,
    **settings: Any,
) -> Awaitable[Turn]:
    """`ask` with a further seed where the reply is sampled; greedily, and where texts are scored, the reply would be the same."""
    is_sampled = (temperature or not greedy) and not settings.get("continuations") and not settings.get("window")
    return ask(turns, temperature=temperature, **settings, **({"repeat_seed": repeat_seed} if is_sampled else {}))


async def _generated(name: str, said: Coroutine[Any, Any, Transcript]) -> Transcript:
    """The transcript of a case that is asked again. Raises StrategyError where all of it are scores, the same each time."""
    transcript = await said
    turns = transcript.turns if isinstance(transcript, Transcript) else ()
    if any(turn.logprobs for turn in turns) and not any(turn.cost and turn.cost.completion_tokens for turn in turns):
        raise StrategyError(
            f'--repeats counts the same score several times, as {name} generates nothing; write @scores("options") or @scores("text") '
            "(itemwise.strategies) above it, and ask it without --repeats."
        )
    return transcript


def strategy_names() -> list[str]:
    """The strategies that come with the package, in order of their names."""
    return sorted(_package_strategies())


def configured_strategy(text: str, folders: Sequence[Path] = ()) -> ConfiguredStrategy:
    """The strategy that `text` names, one of the package's or ``MODULE:FUNCTION`` of a module in `folders` or installed.

    Settings may follow: ``NAME:setting=value,setting=value``. Raises StrategyError where there is no such strategy or
    setting, or a value does not fit.
    """
    named, settings = _split_settings(text)
    strategy = _package_strategies().get(named) or _imported(text, named, folders)
    allowed = _settings_of(strategy)
    given = {name: _value(text, name, word, allowed) for name, word in settings.items()}
    name = _name_of(strategy, named)
    if missing := [key for key, parameter in allowed.items() if parameter.default is parameter.empty and key not in given]:
        raise StrategyError(f"--strategy {text}: {missing[0]} has no default; give it one, or a value: {named}:{missing[0]}=...")
    files = {key: _found(text, key, settings[key], folders) for key, value in given.items() if isinstance(value, FileName)}
    if given:
        name += ":" + ",".join(f"{key}={given[key] if key in files else word}" for key, word in sorted(settings.items()))
    return ConfiguredStrategy(name, strategy, {key: parameter.default for key, parameter in allowed.items()} | given, files)


def gain_of(name: str) -> str:
    """What the strategy of this name, settings among it or not, adds to plain asking: its file's ``GAIN``, else the name."""
    return str(_constant(name, "GAIN", name))


def begins_plainly(name: str) -> bool:
    """Whether the strategy's first request is the chat alone, so that the next rung of a ladder adds to what it does."""
    return bool(_constant(name, "BEGINS_PLAINLY", False))


def scored_by(name: str) -> Scored | None:
    """What the package's strategy of this name, settings among it or not, scores; None where it writes replies, or is of a user's own."""
    return _scored(_package_strategies().get(name.partition(":")[0]))


def _scored(strategy: Strategy | None) -> Scored | None:
    found: Scored | None = getattr(getattr(strategy, "func", strategy), "scored", None)  # of a partial one its function's
    return found


def _constant(name: str, constant: str, default: object) -> object:
    strategy = _package_strategies().get(name.partition(":")[0])
    return getattr(sys.modules[strategy.__module__], constant, default) if strategy else default


@cache
def _package_strategies() -> dict[str, Strategy]:
    folder = str(Path(__file__).parent)
    modules = [import_module(f"itemwise.strategies.{module.name}") for module in pkgutil.iter_modules([folder])]
    named = {name: getattr(module, name, None) for module in modules if (name := module.__name__.rpartition(".")[2])}
    return {name: function for name, function in named.items() if inspect.iscoroutinefunction(function)}


def _found(text: str, name: str, word: str, folders: Sequence[Path]) -> Path:
    """The file that a setting names, the first that there is in `folders`."""
    paths = [folder / Path(word).expanduser() for folder in folders or [Path()]]
    if path := next((path for path in paths if path.is_file()), None):
        return path
    raise StrategyError(f"--strategy {text}: {name} must be a file, and there is no {' or '.join(dict.fromkeys(map(str, paths)))}.")


def _split_settings(text: str) -> tuple[str, dict[str, str]]:
    """The strategy's words and its settings' words."""
    head, colon, tail = text.rpartition(":")
    if not colon or "=" not in tail:
        return text, {}
    pairs = [part.partition("=") for part in tail.split(",")]
    wrong = [name + equals for name, equals, value in pairs if not (name.strip() and value)]
    if wrong:
        raise StrategyError(f"--strategy {text}: settings are NAME=VALUE with commas between them, got {wrong[0]!r}.")
    return head, {name.strip(): value.strip() for name, _, value in pairs}


def _imported(text: str, named: str, folders: Sequence[Path]) -> Strategy:
    if ":" not in named:
        names = ", ".join(strategy_names())
        raise StrategyError(f"--strategy must be one of {names}, or MODULE:FUNCTION for one of your own, got {text}.")
    try:
        function = load_function(named, "--strategy", folders)
    except ImportStringError as error:
        raise StrategyError(str(error)) from None
    if not inspect.iscoroutinefunction(function):
        raise StrategyError(f"--strategy {text}: {named} is no coroutine; write async def {named.rpartition(':')[2]}{_FORM}.")
    if fault := _form_fault(function, _name_of(function, named)):
        raise StrategyError(f"--strategy {text}: {named} {fault}")
    strategy: Strategy = function
    return strategy


def _name_of(function: Callable[..., Any], named: str) -> str:
    """The function's own name; of a partial one, which has none, that under which it was named."""
    return getattr(function, "__name__", named.rpartition(":")[2])


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """The signature with annotations that are written as text read, where they can be: some are imported for type checkers alone."""
    try:
        return inspect.signature(function, eval_str=True)
    except Exception:  # whatever reading an annotation raises
        return inspect.signature(function)


def _form_fault(function: Callable[..., Any], name: str) -> str | None:
    """What keeps a coroutine from being called as a strategy, and what to change; None where nothing does."""
    signature = _signature(function)
    first = next(iter(signature.parameters.values()), None)
    if first is not None and (first.name == "question" or first.annotation in (Turn, "Turn")):
        return (
            f"takes {first.name}, one turn, which is the old form: a strategy is given the chat, a sequence of turns. "
            f"Write async def {name}{_FORM}, ask(chat) for ask([{first.name}]), "
            f"and Transcript([*chat, ...]) for Transcript([{first.name}, ...])."
        )
    needed = {parameter.name: None for parameter in signature.parameters.values() if parameter.kind is parameter.KEYWORD_ONLY}
    try:
        signature.bind((), None, None, **needed)
    except TypeError as error:
        return f"cannot be called as a strategy ({error}); write async def {name}{_FORM}, its settings behind a *."
    return None


def _settings_of(strategy: Strategy) -> dict[str, inspect.Parameter]:
    parameters = _signature(strategy).parameters.values()
    settings = (parameter for parameter in parameters if parameter.kind is inspect.Parameter.KEYWORD_ONLY)
    return {parameter.name: parameter for parameter in settings if parameter.name not in GIVEN}


def _value(text: str, name: str, word: str, allowed: Mapping[str, inspect.Parameter]) -> Any:
    if name not in allowed:
        has = ", ".join(allowed) or "none"
        raise StrategyError(f"--strategy {text}: it has no setting {name!r}; its settings: {has}.")
    default, annotation = allowed[name].default, allowed[name].annotation
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    try:
        value = _read(word, default)
    except ValueError:
        value = None
    if value is None or (choices and value not in choices):
        raise StrategyError(f"--strategy {text}: {name} must be {_demand(default, choices)}, got {word}.")
    return value


def _read(word: str, default: Any) -> Any:
    """`word` as the kind of value that `default` is; None where it is out of bounds."""
    match default:
        case bool():
            return {"true": True, "false": False}.get(word.lower())
        case int():
            return number if (number := int(word)) >= 1 else None
        case float():
            return share if 0 < (share := float(word)) < float("inf") else None
        case FileName():
            return FileName(Path(word).name)
    return word


def _demand(default: Any, choices: Sequence[Any]) -> str:
    if choices:
        return " or ".join(map(str, choices))
    match default:
        case bool():
            return "true or false"
        case int():
            return "a whole number of at least 1"
        case float():
            return "a number above 0"
    return "text"
