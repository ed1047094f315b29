"""The run's samples by test function: cases in the words of each prompt, their extractor, and the hashes that name the measurement."""

import ast
import inspect
import textwrap
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, product
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook  # what pytest itself reads test files with

from itemwise.cases.benchmark import Benchmark, BenchmarkError, Extractor
from itemwise.cases.case import Case
from itemwise.cases.controls import CONTROLS
from itemwise.cases.hint import Hint
from itemwise.cases.repeats import item_of
from itemwise.cases.source import NoMadeRowsError
from itemwise.models import ModelEntry
from itemwise.plugin.items import (
    NO_CASES,
    Fault,
    benchmark_of,
    case_index,
    config_name,
    function_id,
    own_parameters,
    parameters,
    plain_name,
)
from itemwise.plugin.selection import may_be_selected
from itemwise.replies import MatchedReplies, matched, read_replies
from itemwise.results.labels import measurement_names
from itemwise.results.store import key_of
from itemwise.session.asked_protocol import of_one, protocol_words, under_protocol
from itemwise.session.measurement_hash import cases_hash, code_hash, judge_hash
from itemwise.session.sample import Sample, sampled
from itemwise.session.settings import Settings
from itemwise.session.wording import Wording, wordings_of
from itemwise.strategies import ConfiguredStrategy

__all__ = ["AskedCase", "Samples"]

PACKAGE = Path(__file__).parent.parent
_STRIPPED = (
    "{}: Python runs with -O or PYTHONOPTIMIZE set, which leaves assert statements out, and pytest does not write those of this test "
    "anew, so every case would be correct. Run without it (PYTHONOPTIMIZE=0), or with --assert=rewrite and the assert in the test itself."
)


_UNREAD = "{0}: -k or -m seemed to leave it out, so its rows were not read, and then selected it; select it by its name: -k {0}."
_ROW_WORDS = ("synthetic", "held-out", "trained", "selection", "shot", "twin", *CONTROLS)  # of ids, beside names and numbers


@dataclass(frozen=True, slots=True)
class AskedCase:
    """One test of a benchmark's function under a model and strategy: the `place` of its case in the sample, and the `config` and `prompt`
    (its name, the number of its examples) where the function is run under several, each with a sample of its own. In the place of a sample
    that cannot be had stands a fault."""

    id: str
    value: Case | Fault
    place: int = 0
    prompt: str = ""
    config: str = ""


class Samples:
    """The samples of a run, each drawn once: ids, order and answers are the same for all models, the words of a prompt may not be."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._samples: dict[tuple[str, str, Wording], Sample] = {}
        self._of_case: dict[tuple[str, str, str, str], Sample] = {}  # by function, model, configuration and prompt
        self._asked_cases: dict[str, Sequence[AskedCase]] = {}
        self._measures: dict[tuple[object, ...], dict[str, str]] = {}
        self._protocols: dict[tuple[int, ModelEntry | None, str], Mapping[str, str]] = {}  # by sample, model and strategy
        self._given: dict[tuple[str, str, str, str], MatchedReplies] = {}  # by function, configuration, file and prompt
        self._asked: dict[str, frozenset[str]] = {}  # the fixtures that each benchmark's function asks for

    def of_function(self, function: pytest.Function, benchmark: Benchmark) -> Sequence[AskedCase] | Fault:
        """The cases of a benchmark's test function, those of each configuration and prompt in turn, or why there are none.

        With several prompts, or several numbers of examples, the ids of its cases begin with the prompt's name, with the number, or with
        both. A prompt that the benchmark does not have is one fault among the cases of the others, and so is a configuration without rows.
        """
        self._asked[function.nodeid] = frozenset(function.fixturenames)
        if not __debug__ and not _asserts(function):
            return Fault(_STRIPPED.format(function.nodeid))
        try:
            benchmark = under_protocol(benchmark, _plain(function), self._settings)
            configs = [config for config in benchmark.configs or ("",) if self._may_be_selected(function, benchmark, config)]
            each = {config: benchmark.of_config(config) for config in configs}
        except BenchmarkError as error:
            return Fault(str(error))
        if not each:
            return Fault(_UNREAD.format(_plain(function)))
        wordings = wordings_of(benchmark, self._settings, self._first_model(function, benchmark))
        found = {
            (config, prompt): self._sample_or_fault(function, each[config], config, wording)
            for config, (prompt, wording) in product(each, wordings.items())
        }
        found |= _read_twice(_plain(function), found)
        faults = [sample for sample in found.values() if isinstance(sample, Fault)]
        if len(faults) == len(found):
            unmade = all(fault.unmade for fault in faults) or all(self._is_unmade(function, each[config], config) for config in each)
            if not benchmark.configs:
                return Fault("\n".join(dict.fromkeys(fault.message for fault in faults)), unmade=unmade)
            found = {key: replace(fault, unmade=unmade) for key, fault in zip(found, faults, strict=True)}  # by whose names -k selects them
        asked = [case for (config, prompt), sample in found.items() for case in _asked_cases(_plain(function), sample, config, prompt)]
        self._asked_cases[function.nodeid] = asked
        return asked

    def _first_model(self, function: pytest.Function, benchmark: Benchmark) -> ModelEntry | None:
        """The model that the function asks first, in whose words its cases are drawn before any is asked; None where it asks none."""
        return self._settings.models_for(pictures=benchmark.pictures)[0] if "model" in function.fixturenames else None

    def _may_be_selected(self, function: pytest.Function, benchmark: Benchmark, config: str) -> bool:
        settings = self._settings
        names = [entry.name for entry in settings.all_models], [strategy.name for strategy in settings.strategies], benchmark.prompts
        return may_be_selected(function, benchmark, config, [*chain(*names), *_ROW_WORDS])

    def _sample_or_fault(self, function: pytest.Function, benchmark: Benchmark, config: str, wording: Wording) -> Sample | Fault:
        try:
            return self._sample(function, benchmark, config, wording)
        except BenchmarkError as error:
            return Fault(str(error), unmade=isinstance(error.__cause__, NoMadeRowsError))
        except (Exception, SystemExit) as error:  # the loader's own fault shows its own lines
            return Fault(_traceback(error))

    def _is_unmade(self, function: pytest.Function, benchmark: Benchmark, config: str) -> bool:
        """Whether there are no made rows of it, whatever else is wrong with what options ask of it."""
        sample = self._sample_or_fault(function, benchmark, config, Wording())
        return isinstance(sample, Fault) and sample.unmade

    def of_case(self, item: pytest.Item) -> Sample:
        """The sample that a case belongs to, in the words that it is asked in."""
        asked, model = self._asked_case(item), parameters(item).get("model")
        key = function_id(item), model.name if model else "", asked.config, asked.prompt
        if key not in self._of_case:
            benchmark = self.benchmark(item)
            self._of_case[key] = self._sample(item, benchmark, asked.config, wordings_of(benchmark, self._settings, model)[asked.prompt])
        return self._of_case[key]

    def given_replies(self, item: pytest.Item) -> MatchedReplies | None:
        """The replies that were made elsewhere to the cases of the item's sample; None where a model is asked. Raises RepliesError."""
        entry = parameters(item).get("model")
        if entry is None or not entry.replies:
            return None
        key = function_id(item), self._asked_case(item).config, entry.location, self.prompt(item)
        if key not in self._given:
            self._given[key] = matched(read_replies(Path(entry.location)), self.of_case(item).cases)
        return self._given[key]

    def rows(self, item: pytest.Item) -> Mapping[str, str]:
        """Where the case's sample comes from and how it is read, as words; of replies made elsewhere also which there are."""
        given = self.given_replies(item)
        words = {**self._protocol_words(item), **(given.words if given else {})}
        return {**self.of_case(item).rows, **words, "cases": self.measure(item)["cases"][:16]}

    def _protocol_words(self, item: pytest.Item) -> Mapping[str, str]:
        """Whether the case's model and strategy ask it as the run's protocol does, where there is one."""
        model, way, sample = parameters(item).get("model"), self.strategy(item), self.of_case(item)
        key = id(sample), model, way.name if way else ""
        if key not in self._protocols:
            asked = wordings_of(self.benchmark(item), self._settings, model)[self.prompt(item)] if self._settings.protocol else Wording()
            self._protocols[key] = protocol_words(of_one(self._settings, model, way), asked, sample.cases)
        return self._protocols[key]

    def benchmark(self, item: pytest.Item) -> Benchmark:
        """The benchmark that a case belongs to, as the run's protocol asks it where there is one, on the case's configuration."""
        return under_protocol(benchmark_of(item), _plain(item), self._settings).of_config(self._asked_case(item).config)

    def case(self, item: pytest.Item) -> Case:
        """The case under test, in the words of the prompt that its model is asked with."""
        return self.of_case(item).cases[self.place(item)]

    def hints(self, item: pytest.Item) -> Sequence[Hint]:
        """What fits the case under test, where its strategy is given such."""
        found = self.of_case(item).hints.get(parameters(item)["strategy"])
        case = self.case(item)
        return found.by_case[item_of(case.name, case.repeat)] if found else ()

    def strategy(self, item: pytest.Item) -> ConfiguredStrategy | None:
        """What asks the case; None where its test asks for no strategy."""
        name = parameters(item).get("strategy")
        return next((chosen for chosen in self._settings.strategies if chosen.name == name), None)

    def place(self, item: pytest.Item) -> int:
        """Where the case stands in its sample."""
        return self._asked_case(item).place

    def prompt(self, item: pytest.Item) -> str:
        """The name of the case's prompt, with the number of its examples, where its benchmark is asked with several; else empty."""
        return self._asked_case(item).prompt

    def prompt_place(self, item: pytest.Item) -> int:
        """Where the case's prompt stands among those that its benchmark is asked with."""
        return list(wordings_of(self.benchmark(item), self._settings, None)).index(self.prompt(item))

    def config_place(self, item: pytest.Item) -> int:
        """Where the case's configuration stands among those of its benchmark; 0 where it has none."""
        config = self._asked_case(item).config
        return benchmark_of(item).configs.index(config) if config else 0

    def _asked_case(self, item: pytest.Item) -> AskedCase:
        return self._asked_cases[function_id(item)][case_index(item)]

    def label(self, item: pytest.Item) -> str:
        """What the case counts for, in words that no other measurement of this run has."""
        named = measurement_names(tuple(self._asked))[function_id(item)]
        extra = self.own_parameters(item)[0]
        told = self.of_case(item).label_of(self.case(item)).removeprefix(_plain(item))
        return f"{named}[{extra}]{told}" if extra else f"{named}{told}"

    def own_parameters(self, item: pytest.Item) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        """The ids of the parameters of the benchmark's own, their places, and the places of those that only repeat it."""
        return own_parameters(item, self._asked[function_id(item)])

    def extractor(self, item: pytest.Item) -> Extractor:
        """What reads the case's replies: the run's extractor where one is named, else the benchmark's own."""
        case = self.case(item)
        if self._settings.extractor:
            return partial(self._settings.extractor.answer, expected=case.answer, choices=case.choices)
        return benchmark_of(item).extractor(case)

    def measure(self, item: pytest.Item) -> Mapping[str, str]:
        """Hashes of what is asked, in which way, and of what judges it: two runs are one measurement where they are equal."""
        asked = self._asked_case(item)
        key = function_id(item), parameters(item).get("model"), parameters(item).get("strategy"), asked.config, asked.prompt
        if key not in self._measures:
            self._measures[key] = self._measured(item)
        return self._measures[key]

    def _sample(self, item: pytest.Item, benchmark: Benchmark, config: str, wording: Wording) -> Sample:
        key = function_id(item), config, wording
        if key not in self._samples:
            self._samples[key] = sampled(config_name(_plain(item), config), benchmark, self._settings, wording)
        return self._samples[key]

    def _measured(self, item: pytest.Item) -> dict[str, str]:
        way, model = self.strategy(item), parameters(item).get("model")
        given = way.given(tool_hint=False) if way and model and not model.tool_hint else {}
        found = self.of_case(item).hints.get(way.name if way else "")
        given |= {"hints": found.digest} if found else {}
        extractor = self._settings.extractor.extract if self._settings.extractor else benchmark_of(item).extract
        return {
            "cases": cases_hash(self.of_case(item).cases),
            "judge": judge_hash(item.path, extractor),
            "strategy": key_of({"name": way.name, "settings": {**way.settings, **given}, "code": code_hash(way.strategy)}) if way else "-",
        }


def _asked_cases(name: str, sample: Sample | Fault, config: str, prompt: str) -> list[AskedCase]:
    before = f"{prompt}-" if prompt else ""
    if isinstance(sample, Fault):
        called = f"{config_name(name, config)}-{NO_CASES}" if config else NO_CASES
        return [AskedCase(f"{before}{called}", sample, prompt=prompt, config=config)]
    return [AskedCase(f"{before}{case.name}", case, place, prompt, config) for place, case in enumerate(sample.cases)]


def _read_twice(name: str, found: Mapping[tuple[str, str], Sample | Fault]) -> dict[tuple[str, str], Fault]:
    """A fault in the place of each sample of a configuration whose files another is read in too: one of both would be called wrongly."""
    read = {key: sample.rows["sha256"] for key, sample in found.items() if isinstance(sample, Sample) and "sha256" in sample.rows}
    faults = {}
    for (config, prompt), rows in read.items():
        if others := sorted({other for (other, _), same in read.items() if same == rows} - {config}):
            what = f"{config_name(name, config)} is read in the same files as {', '.join(others)}"
            faults[config, prompt] = Fault(f"{what}; give files that are called for what they hold, or ask one of them with -k.")
    return faults


def _plain(item: pytest.Item) -> str:
    return plain_name(getattr(item, "originalname", item.name))


def _traceback(error: BaseException) -> str:
    """The last two lines of the user's code that led to `error`, and its message; of our own code where there are no others."""
    frames = traceback.extract_tb(error.__traceback__)
    users = [frame for frame in frames if Path(frame.filename).is_file() and not Path(frame.filename).is_relative_to(PACKAGE)]
    return "".join([*traceback.format_list((users or frames)[-2:]), *traceback.format_exception_only(error)])


def _asserts(function: pytest.Function) -> bool:
    """Whether an assert of the test is carried out although Python leaves out assert statements: pytest's rewriting makes it
    an if and a raise, in the files that it imports itself."""
    rewritten = isinstance(getattr(function.module, "__loader__", None), AssertionRewritingHook)
    if not rewritten or "PYTEST_DONT_REWRITE" in function.path.read_text(encoding="utf-8"):
        return False
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function.obj)))
    return any(isinstance(node, (ast.Assert, ast.Raise)) for node in ast.walk(ast.parse(source)))
