"""What a benchmark file declares: `@cases(loader, extract=...)` over a test function."""

import inspect
import reprlib
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, reduce
from typing import TypeVar

import pytest

from itemwise.cases.card import Card
from itemwise.cases.case import Case
from itemwise.cases.draw import draw
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors import last_number
from itemwise.extractors.visible_parts import read_visible

__all__ = ["MARK", "Benchmark", "BenchmarkError", "cases"]

MARK = "itemwise"
_TOLD = frozenset({"case", "options"})
Loader = Callable[..., Iterable[Case]]
Extractor = Callable[[str], "str | None"]
Draw = Callable[[Sequence[Case], int, int], Sequence[Case]]
Test = TypeVar("Test", bound=Callable[..., object])


class BenchmarkError(Exception):
    """A benchmark cannot give its cases; the message says what was wrong and what to do instead."""


@dataclass(frozen=True)
class Benchmark:
    """A loader of cases with its named prompts and the extractor of replies."""

    loader: Loader
    extract: Callable[..., str | None]
    prompts: Mapping[str, str] = field(default_factory=dict)
    draw: Draw = draw
    pictures: bool = False
    examples: Examples | None = None
    prompt_form: str | None = None  # one of few_shot.FORMS, where no option says another
    configs: tuple[str, ...] = ()
    config: str = ""  # the one of them that it is on
    other_configs: tuple[str, ...] = ()  # then the others
    card: Card | None = None

    @property
    def takes_source(self) -> bool:
        """Whether `--source` decides where the rows come from; otherwise the loader brings its own."""
        return "source" in inspect.signature(self.loader).parameters

    def of_config(self, config: str) -> "Benchmark":
        """The benchmark on one of its `configs`, which its loaders are told; itself for none. Raises BenchmarkError for a loader that
        takes no config."""
        if not config:
            return self
        if "config" not in _parameters("loader", self.loader):
            raise BenchmarkError(f"it has the configs {', '.join(self.configs)}, but its loader takes no config; let it take one.")
        examples = self.examples
        if examples and callable(examples.cases) and "config" in _parameters("examples", examples.cases):
            examples = replace(examples, cases=partial(examples.cases, config=config))
        others = tuple(other for other in (*self.configs, *self.other_configs) if other != config)
        return replace(self, loader=partial(self.loader, config=config), examples=examples, configs=(), config=config, other_configs=others)

    @property
    def reads_numbers(self) -> bool:
        """Whether its extractor is `last_number`, so that every gold must be a number in that form."""
        return self.extract is last_number

    def require_form(self) -> None:
        """Raise BenchmarkError for a loader or an extractor that cannot be called, before anything is asked for it."""
        for what, loader in (("loader", self.loader), *([("examples", own)] if (own := self._own_examples) else [])):
            offered = {name: None for name in ("source", "prompt", "prompt_name") if name in _parameters(what, loader)}
            _require_call(what, loader, (), offered, "may take source, prompt and prompt_name")
        if self.examples and isinstance(self.examples.cases, str) and not self.takes_source:
            raise BenchmarkError(
                f"examples of the split {self.examples.cases!r} are read by its loader, which takes no source; "
                "let it take source, or give Examples a function or cases."
            )
        may = "is given the text of a reply, and the case or its options where it has a parameter case or options"
        _require_call("extract", self.extract, ("",), dict.fromkeys(self._told), may)
        if inspect.iscoroutinefunction(self.extract):
            raise BenchmarkError("extract is an async function; it must return the answer itself.")

    def prompt_name(self, wanted: str | None) -> str | None:
        """The name of the prompt to use: the one wanted, else the first; None where the benchmark names no prompts."""
        if not self.prompts:
            return None
        if wanted is None:
            return next(iter(self.prompts))
        if wanted not in self.prompts:
            raise BenchmarkError(f"--prompt {wanted!r} is not one of this benchmark's: {', '.join(self.prompts)}.")
        return wanted

    def extractor(self, case: Case) -> Extractor:
        """What reads a reply to `case`: the extractor, told of the case, or of its options, where it has a parameter of that name.

        `last_number` takes the reply as it is and parts it itself; any other is given what is visible.
        """
        if self.reads_numbers:
            return self.extract
        told = {name: value for name, value in (("case", case), ("options", case.choices)) if name in self._told}
        return partial(read_visible, partial(self.extract, **told) if told else self.extract)

    @cached_property
    def _told(self) -> frozenset[str]:
        """What of its case the extractor is told."""
        return _TOLD.intersection(_parameters("extract", self.extract))

    def cases(self, source: Source, prompt: str | None) -> Iterable[Case]:
        """The loader's cases, all of them, lazily. A loader is given what its parameters name: `source`, `prompt`, `prompt_name`."""
        return self._loaded(self.loader, source, prompt)

    def solved_cases(self, examples: Examples, source: Source, prompt: str | None, *, elsewhere: bool) -> Iterable[Case]:
        """The cases to choose `examples` from, in the words of the same prompt; `elsewhere` where `source` is not that of the rows, but
        of examples alone, in the place of the benchmark's own."""
        if elsewhere or isinstance(examples.cases, str):
            split = examples.cases if isinstance(examples.cases, str) else "train"
            is_file = elsewhere and source.path is not None and source.path.is_file()
            return self._loaded(self.loader, replace(source, split="examples" if is_file else split, variants=0), prompt)
        return self._loaded(examples.cases, source, prompt) if callable(examples.cases) else examples.cases

    @property
    def _own_examples(self) -> Loader | None:
        return self.examples.cases if self.examples and callable(self.examples.cases) else None

    def _loaded(self, loader: Loader, source: Source, prompt: str | None) -> Iterable[Case]:
        offered = {"source": source, "prompt": self.prompts.get(prompt or "", ""), "prompt_name": prompt or ""}
        wanted = inspect.signature(loader).parameters
        return loader(**{name: value for name, value in offered.items() if name in wanted})


def _parameters(what: str, function: object) -> Mapping[str, inspect.Parameter]:
    """By name; none of built-in types, such as str, which tell nothing of theirs. Raises BenchmarkError for what is no function."""
    if not callable(function):
        raise BenchmarkError(f"{what} must be a function, got {reprlib.repr(function)}.")
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _require_call(what: str, function: Callable[..., object], given: Sequence[str], named: Mapping[str, None], may: str) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # as above
        return
    try:
        signature.bind(*given, **named)
    except TypeError as error:
        raise BenchmarkError(f"{what} cannot be called ({error}): it {may}, and nothing else.") from None


def cases(
    loader: Loader,
    *,
    extract: Callable[..., str | None],
    prompts: Mapping[str, str] | None = None,
    draw: Draw = draw,
    pictures: bool = False,
    examples: Examples | None = None,
    configs: Sequence[str] = (),
    card: Card | None = None,
) -> Callable[[Test], Test]:
    """Make a test function a benchmark: it runs once for each case of `loader`, model and strategy.

    `loader` yields cases; it may take ``source`` (where rows come from, as `--source` says), ``prompt`` (the text
    chosen from `prompts` by `--prompt`, the first by default) and ``prompt_name``. `extract` reads what a reply says
    (`visible_text`) into an answer, or None; it is told of the case where it has a parameter ``case``, and of its options where it has
    ``options``. `draw` takes the sample from all
    cases, by size and seed. With `pictures` the cases show pictures, so that a model that sees is asked by default. `examples` are solved
    cases that may be shown before each question (`--shots`): ``Examples("train")``. Each of `configs`, such as languages, is a measurement
    of its own, ``mgsm-zh``, with its own sample: the loader takes ``config``, and calls its cases so (``mgsm-zh-12``). The `card` tells its
    version, licence, suites and published numbers.
    The test asks for the stations it wants by name: ``model``, ``strategy``, ``case``, ``reply``, ``answer``.

    >>> @cases(capitals, extract=last_word)              # doctest: +SKIP
    ... def test_capitals(case, answer):
    ...     assert answer == case.answer
    """
    if examples is not None and not isinstance(examples, Examples):
        raise TypeError(f'examples must be Examples(...), such as Examples("train"), got {reprlib.repr(examples)}.')
    benchmark = Benchmark(loader, extract, dict(prompts or {}), draw, pictures, examples, configs=tuple(configs), card=card)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pytest.PytestUnknownMarkWarning)
            marks = [getattr(pytest.mark, suite) for suite in (card.suites if card else ())]
            marks.append(getattr(pytest.mark, MARK)(benchmark=benchmark))
            return lambda test: reduce(lambda marked, mark: mark(marked), marks, test)
    except (pytest.fail.Exception, pytest.PytestUnknownMarkWarning):  # only the plugin knows the mark
        return pytest.mark.skip(reason="a benchmark of itemwise, whose plugin is not loaded: -p no:itemwise, or plugins are off")
