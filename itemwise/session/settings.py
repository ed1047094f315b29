"""Settings of a run, checked: what the command line and pyproject.toml (cli_and_pyproject.py) ask to measure, over defaults."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from itemwise.analysis.named_extractors import load_extractor
from itemwise.cases.controls import CONTROLS
from itemwise.cases.few_shot import FORMS
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.gates.gate import Gate, GateError
from itemwise.import_string import ImportStringError
from itemwise.language import ENGLISH, LANGUAGES, Language, language_named, locale_language
from itemwise.models import (
    COMPUTE_TYPES,
    PLANNED,
    QUANTISATIONS,
    ModelEntry,
    ModelError,
    entry_named,
    loaded_as,
    registry_with,
    with_adapter,
    with_pixels,
)
from itemwise.models.decoding import is_greedy, with_decoding
from itemwise.models.registry import quantisations_for
from itemwise.models.server.hidden_keys import without_keys
from itemwise.models.thinking_choice import THINKING, with_thinking
from itemwise.protocols import Protocol, protocol_names, protocols
from itemwise.results.baseline_file import is_baseline_file
from itemwise.session.cli_and_pyproject import ENGINES, PROGRESS, OptionValues, SettingsError, own_models, pyproject_table
from itemwise.session.given_replies import given_repeats, given_replies
from itemwise.session.served import served_words
from itemwise.session.shard import Shard, shard_of
from itemwise.strategies import ConfiguredStrategy, StrategyError, configured_strategy, strategy_names
from itemwise.trackers import tracker_names

__all__ = ["Settings", "SettingsError", "is_repeated_greedily", "known_models", "read_settings"]

STORE = "replies.sqlite"
SEEING = "embedded-vision"
NO_ADAPTER = "none"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Settings:
    """Everything a run was asked for, checked. `models` are those that are asked, once for each of the `quantisations`,
    `computes` and `token_limits`, which are empty for the model's own; `seeing` are asked by benchmarks with pictures where no model
    was named.
    `sample` is None for all rows, each asked `repeats` times; `batch_size` None for as many as the model can take;
    `prompts` are empty for the one that model or benchmark prefer, `shots` for the benchmark's own number; `examples` is None for those of
    the benchmark, and `prompt_form` for what fits the model; a `protocol` decides what no other option does; of a `shard` only its
    cases are asked; it is logged to the trackers of `log`; `given` are the names of the settings that the command line gave;
    `renamed` tells of those given by a former name; `suites` are those that were selected by name, whose means are told; reports and
    terminal speak the `language`, of which no record tells."""

    models: tuple[ModelEntry, ...]
    strategies: tuple[ConfiguredStrategy, ...]
    extractor: NamedExtractor | None
    sample: int | None
    seed: int
    source: Source
    quantisations: tuple[str, ...]
    computes: tuple[str, ...]
    token_limits: tuple[int, ...]
    batch_size: int | None
    gates: tuple[Gate, ...]
    baseline: str | None
    report_dir: Path
    store: Path
    fresh: bool
    replay: bool
    shard: Shard | None = None
    log: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    protocol: Protocol | None = None
    shots: tuple[int, ...] = ()
    examples: Source | None = None
    prompt_form: str | None = None
    seeing: tuple[ModelEntry, ...] = ()
    repeats: int = 1
    base_model: str | None = None
    controls: tuple[str, ...] = ()
    engine: str = "local"
    replicas: int = 1
    gpus_per_replica: float | None = None
    serve: tuple[str, ...] = ()
    batch_invariance: int = 0
    given: frozenset[str] = frozenset()
    renamed: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()
    language: Language = ENGLISH
    progress: str = "auto"

    @property
    def all_models(self) -> tuple[ModelEntry, ...]:
        """Every model that may be asked."""
        return self.models + self.seeing

    def models_for(self, *, pictures: bool) -> tuple[ModelEntry, ...]:
        """The models that a benchmark asks: those that were named, else the embedded one that sees where it shows pictures."""
        return self.seeing if pictures and self.seeing else self.models

    @property
    def planned_batch(self) -> int:
        """The batch size by which cases are dealt out before any model is loaded."""
        return self.batch_size or PLANNED

    def record(self) -> dict[str, Any]:
        """The settings as plain data, for run.json."""
        return {
            "models": [entry.name for entry in self.models],
            "strategies": {chosen.name: dict(chosen.settings) for chosen in self.strategies},
            "reader": self.extractor.name if self.extractor else None,
            "sample": self.sample or "all",
            "seed": self.seed,
            "source": self.source.text,
            "twins": self.source.variants,
            "controls": list(self.controls),
            "repeats": self.repeats,
            "prompt": _one_or_all(self.prompts),
            "protocol": self.protocol.name if self.protocol else None,
            "shots": _one_or_all(self.shots),
            "examples": self.examples.text if self.examples else None,
            "prompt_form": self.prompt_form,
            "quantisation": _one_or_all(self.quantisations),
            "compute": _one_or_all(self.computes),
            "max_new_tokens": _one_or_all(self.token_limits),
            "batch_size": self.batch_size or "auto",
            "engine": self.engine,
            "replicas": self.replicas,
            "gates": [gate.text for gate in self.gates],
            "base_model": self.base_model,
            "baseline": self.baseline,
            **({"shard": self.shard.text} if self.shard else {}),
            **({"serve": [without_keys(command) for command in self.serve]} if self.serve else {}),
            **({"log": list(self.log)} if self.log else {}),
        }


def read_settings(given: Mapping[str, Any], *, root: Path, here: Path) -> Settings:
    """Settings from what the command line gave (None where it did not) over the pyproject.toml in `root`.

    Paths given on the command line are relative to `here`, those of pyproject.toml to `root`.
    Raises SettingsError, naming the first setting that cannot be used.
    """
    values = OptionValues(given, root, here)
    try:
        protocol = None if values["protocol"] is None else protocols()[values.one_of("protocol", protocol_names())]
        if protocol and "prompt" in values.given:
            raise SettingsError(
                f"--protocol {protocol.name} has a prompt of its own, which is what was published; leave it or --prompt out."
            )
        quantisations, limits = values.some_of("quant", QUANTISATIONS, least=1), values.wholes("max-new-tokens")
        limits = limits or ((protocol.max_new_tokens,) if protocol else ())
        computes = values.some_of("compute", COMPUTE_TYPES, least=1)
        thinking = values.some_of("thinking", THINKING), values.wholes("max-thinking-tokens")
        decodings = values.decodings() or ((protocol.decoding,) if protocol else ())
        given_models = given_replies(values)
        asked = _models(values, registry_with(values.models, root)) if values.asks_models else ((), ())
        models, seeing = (
            tuple(
                loaded
                for entry in entries
                for told in with_thinking(entry, *thinking)
                for decoded in with_decoding(told, decodings)
                for quantised in [quantisations_for(decoded, quantisations, chosen=values.chose("quant"))]
                for loaded in loaded_as(decoded, quantised, computes, limits)
            )
            for entries in asked
        )
        models = given_models + models
        _require_apart("models", [entry.name for entry in models], "give replies a name of their own: --replies FILE#NAME.")
        asks_as_published = protocol is not None and not values.chose("strategy")
        ways = [protocol.strategy] if protocol and asks_as_published else values.texts("strategy")
        strategies = tuple(configured_strategy(text, [here, root]) for text in ways)
        _require_apart("strategies", [strategy.name for strategy in strategies], "rename one.")
        name = values.text("extractor")
        extractor = load_extractor(name, [here, root]) if name is not None else protocol.extractor if protocol else None
        source = _source(values, models)
        examples = _examples(values, source)
        known = [*strategy_names(), *(strategy.name for strategy in strategies)]
        gates = tuple(Gate.parse(text, known) for text in values.texts("fail-under", least=0))
    except (GateError, ModelError, ImportStringError, RowsError, StrategyError) as error:
        raise SettingsError(str(error)) from None
    report_dir = values.path("report-dir") or here
    shard = values.text("shard")
    if values.flag("fresh") and values.flag("replay"):
        raise SettingsError("--fresh asks everything anew and --replay asks nothing: give one of them.")
    return Settings(
        models=models,
        strategies=strategies,
        extractor=extractor,
        sample=_sample(values, source),
        seed=source.seed,
        source=source,
        prompts=() if protocol else tuple(values.texts("prompt", least=0)),
        protocol=protocol,
        shots=values.wholes("shots", least=0),
        examples=examples,
        prompt_form=None if values["prompt-form"] is None else values.one_of("prompt-form", FORMS),
        quantisations=tuple(dict.fromkeys(entry.quantisation for entry in models if entry.is_loaded_here)) or quantisations,
        computes=computes,
        token_limits=limits,
        batch_size=values.whole_or("batch-size", "auto"),
        gates=gates,
        baseline=_baseline(values),
        language=language_named(values.one_of("lang", LANGUAGES)) if values.chose("lang") else locale_language(),
        report_dir=report_dir,
        store=values.path("store") or report_dir / STORE,
        fresh=values.flag("fresh"),
        replay=values.flag("replay"),
        shard=None if shard is None else shard_of(shard, os.environ),
        log=values.some_of("log", tracker_names()),
        seeing=seeing,
        repeats=_repeats(values, models, strategies),
        base_model=_base_model(values, models + seeing),
        batch_invariance=values.whole("batch-invariance", least=0),
        engine=values.one_of("engine", ENGINES),
        replicas=values.whole("replicas") if values["engine"] == "ray" else 1,
        gpus_per_replica=values.fraction("gpus-per-replica"),
        serve=_serve(values, models + seeing),
        renamed=values.renamed,
        given=values.given,
        progress=values.one_of("progress", PROGRESS),
        controls=() if given_models or values.texts("control", least=0) == ["none"] else values.some_of("control", CONTROLS),
    )


def known_models(root: Path) -> dict[str, ModelEntry]:
    """The registry and the models that the pyproject.toml in `root` names. Raises SettingsError."""
    try:
        return registry_with(own_models(pyproject_table(root).get("models", {})), root)
    except ModelError as error:
        raise SettingsError(str(error)) from None


def _one_or_all(values: Sequence[Value]) -> Value | list[Value] | None:
    """The value as a single one was always recorded; several as a list."""
    return list(values) if len(values) > 1 else values[0] if values else None


def _models(values: OptionValues, registry: Mapping[str, ModelEntry]) -> tuple[tuple[ModelEntry, ...], tuple[ModelEntry, ...]]:
    """The models that are asked, and the one for benchmarks with pictures where none was named."""
    models = tuple(entry_named(text, registry, values.base("model")) for text in values.texts("model"))
    advice = "give one a name of its own under [tool.itemwise.models.NAME] in pyproject.toml."
    _require_apart("models", [entry.name for entry in models], advice)
    pixels = values.whole_or("min-pixels"), values.whole_or("max-pixels")
    seeing = () if values.chose("model") else (with_pixels(registry[SEEING], *pixels),)
    models = models if seeing else tuple(with_pixels(entry, *pixels) for entry in models)
    adapters = values.texts("adapter", least=0)
    if adapters and len(models) > 1:
        listed = ", ".join(entry.name for entry in models)
        raise SettingsError(
            f"--adapter fits one model, got {listed}; give one --model, or name each pair under [tool.itemwise.models.NAME] "
            "with location and adapter in pyproject.toml."
        )
    adapted = tuple(
        with_adapter(models[0], None if text == NO_ADAPTER else values.base("adapter") / Path(text).expanduser()) for text in adapters
    )
    _require_apart("models", [entry.name for entry in adapted], "give one of the adapters' folders a name of its own.")
    return adapted or models, seeing


def _require_apart(kind: str, names: Sequence[str], advice: str) -> None:
    if len(set(names)) < len(names):
        twice = max(names, key=names.count)
        raise SettingsError(f"two {kind} are called {twice!r}, so their cases could not be told apart; {advice}")


def _source(values: OptionValues, models: Sequence[ModelEntry]) -> Source:
    seed, text = values.whole("seed", least=0), values.text("source")
    defaults = {entry.source for entry in models}
    if text is None and len(defaults) > 1:
        listed = ", ".join(f"{entry.name}: {entry.source}" for entry in models)
        raise SettingsError(f"these models are asked different rows by default ({listed}); say which with --source.")
    source = Source.parse(defaults.pop() if text is None else text, seed=seed, root=values.base("source"))
    variants = 0 if any(entry.replies for entry in models) else values.whole("variants", least=0)
    return replace(source, variants=variants, picture_folder=values.path("picture-folder"))


def _examples(values: OptionValues, source: Source) -> Source | None:
    text = values.text("examples")
    if text is None:
        return None
    parsed = Source.parse(text, seed=source.seed, root=values.base("examples"), option="--examples")
    return replace(parsed, picture_folder=source.picture_folder)


def _sample(values: OptionValues, source: Source) -> int | None:
    """How many cases; None for all. A default source may not be what a benchmark with rows of its own reads, and is not refused."""
    if values["sample"] == "all" and values["source"] and source.endless:
        raise SettingsError(f"--sample all has no end with --source {source.text}; give a number such as --sample 1319.")
    return values.whole_or("sample", "all")


def _repeats(values: OptionValues, models: Sequence[ModelEntry], strategies: Sequence[ConfiguredStrategy]) -> int:
    """How often each case is asked; replies from files say so themselves, where the command line does not. Greedily a model of this
    machine would say the same each time, which is refused."""
    if all(entry.replies for entry in models) and "repeats" not in values.given:
        return max(given_repeats(entry) for entry in models)
    repeats = values.whole("repeats")
    if repeats > 1 and (scored := [chosen.name for chosen in strategies if chosen.scored]):
        raise SettingsError(
            f"--repeats {repeats} would count one score {repeats} times, as --strategy {scored[0]} samples nothing at any temperature; ask "
            "it in a run of its own, without --repeats."
        )
    if repeats > 1 and all(_says_the_same(entry, chosen) for entry in models for chosen in strategies):
        raise SettingsError(
            f"--repeats {repeats} would ask for the same greedy text {repeats} times, as nothing is sampled; give "
            "--decoding temperature=0.7, --decoding model or a strategy that samples. What a batch changes of greedy texts is told by "
            "--batch-invariance."
        )
    return repeats


def _says_the_same(entry: ModelEntry, strategy: ConfiguredStrategy) -> bool:
    return is_repeated_greedily(entry, strategy) and not entry.server and not entry.replies


def _base_model(values: OptionValues, models: Sequence[ModelEntry]) -> str | None:
    """The name of the base, which is one of the models as they are called in this run."""
    name = values.text("base-model")
    if name is not None and name not in (names := [entry.name for entry in models]):
        raise SettingsError(f"--base-model {name} is none of the models that are asked: {', '.join(names)}.")
    return name


def _serve(values: OptionValues, models: Sequence[ModelEntry]) -> tuple[str, ...]:
    """The commands of servers. Those in pyproject.toml are for the runs that ask one."""
    commands = tuple(values.texts("serve", least=0))
    if not commands or (not any(entry.server for entry in models) and "serve" not in values.given):
        return ()
    if not any(entry.server for entry in models):
        asked = ", ".join(entry.name for entry in models)
        raise SettingsError(
            f"--serve starts a server, and {asked} is none; give its address: --model http://127.0.0.1:8000/v1#NAME, at the port that the "
            "command serves."
        )
    try:
        for command in commands:
            served_words(command)
    except ValueError as error:
        raise SettingsError(f"--serve: {error}.") from None
    return commands


def is_repeated_greedily(entry: ModelEntry, strategy: ConfiguredStrategy) -> bool:
    """Whether the model is decoded greedily by a strategy that has no temperature."""
    return is_greedy(entry) and "temperature" not in strategy.settings


def _baseline(values: OptionValues) -> str | None:
    """The run's folder or baseline's file where the text leads to one; otherwise the text, a name in the report folder."""
    path = values.path("baseline")
    return str(path) if path and ((path / "run.json").is_file() or is_baseline_file(path)) else values.text("baseline")
