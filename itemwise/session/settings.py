"""What a run is asked to measure: command line over `[tool.itemwise]` of pyproject.toml over defaults."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from itemwise.analysis.named_extractors import NamedExtractor, extractor_named, extractor_names
from itemwise.cases.controls import CONTROLS
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.gates.gate import Gate, GateError
from itemwise.import_string import NamedError
from itemwise.models import PLANNED, QUANTISATIONS, ModelEntry, ModelError, entry_named, registry_with, with_adapter, with_pixels
from itemwise.models.server.address import without_userinfo
from itemwise.strategies import ConfiguredStrategy, StrategyError, configured_strategy, strategy_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["OPTIONS", "OPTION_NAMES", "Option", "Settings", "SettingsError", "known_models", "read_settings"]

STORE = "replies.sqlite"
ENGINES = ("local", "ray")
DEFAULT, SEEING = "embedded-text", "embedded-vision"


class SettingsError(Exception):
    """A setting cannot be used; the message says which, its value, and what it may be."""


@dataclass(frozen=True)
class Option:
    """One setting, the same word on the command line (``--word``) and in ``[tool.itemwise]``. Its `former` name still works."""

    name: str
    help: str
    default: Any = None
    many: bool = False
    flag: bool = False
    former: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The option's name, and the former one where it had another."""
        return (self.name, self.former) if self.former else (self.name,)


OPTIONS = (
    Option(
        "model",
        "model to ask: a registered name, a folder, a hub id, or a server (http://host:8000/v1#name); repeatable "
        "(default: embedded-text, embedded-vision for pictures)",
        [DEFAULT],
        many=True,
    ),
    Option("adapter", "LoRA to put on the model: a folder that peft wrote"),
    Option(
        "strategy",
        f"way of asking, repeatable: {', '.join(strategy_names())}, with settings such as vote:samples=9,temperature=1, "
        "or MODULE:FUNCTION (default: direct)",
        ["direct"],
        many=True,
    ),
    Option(
        "extractor",
        f"read replies by this instead of the benchmark's own extractor: {', '.join(extractor_names())}, or MODULE:FUNCTION",
        former="reader",
    ),
    Option("sample", 'how many cases to draw, or "all" (default: 50)', 50),
    Option("seed", "seed of the draw and of made rows (default: 42)", 42),
    Option(
        "source",
        "where rows come from: hub, synthetic (or synthetic:held-out, :all, :trained), or a file or folder of jsonl, csv, parquet, arrow",
    ),
    Option("picture-folder", "folder that picture paths of the rows may lead into, besides the rows' own"),
    Option("twins", "ask each made problem again this often with other numbers, and report the drop (default: 0)", 0),
    Option("control", f"ask each case again under a control, repeatable: {', '.join(CONTROLS)}", [], many=True),
    Option("min-pixels", "fewest pixels a picture is scaled up to (default: the model's own)"),
    Option("max-pixels", "most pixels a picture is scaled down to (default: the model's own)"),
    Option("prompt", "which of a benchmark's named prompts to use (default: its first)"),
    Option("quant", f"quantisation of local models: {', '.join(QUANTISATIONS)} (default: nf4)", "nf4"),
    Option("max-new-tokens", "token limit of one reply (default: the model's own, 1024 for most)"),
    Option(
        "batch-size", 'most cases asked at once, of each replica, or "auto": what the model and its memory allow (default: auto)', "auto"
    ),
    Option("batch-invariance", "ask so many cases of each strategy again, each alone, and tell what differs (default: 0)", 0),
    Option("engine", f"where local models run: {', '.join(ENGINES)} (default: local)", "local"),
    Option("replicas", "with --engine ray: how many of the model at once (default: 2)", 2),
    Option(
        "gpus-per-replica", "with --engine ray: what each replica takes of a GPU, such as 0.5 (default: a whole one where there are any)"
    ),
    Option(
        "fail-under",
        "gate, repeatable: BENCHMARK[/MODEL[/STRATEGY]]=ACCURACY, such as gsm8k=0.80; >= demands it of the interval's lower end",
        [],
        many=True,
    ),
    Option("baseline", "gate: not significantly worse than this earlier run, given by its folder or its name in the report folder"),
    Option("report-dir", "folder that receives a folder per run (default: reports)", "reports"),
    Option("store", "file that keeps replies and verdicts (default: replies.sqlite in the report folder)"),
    Option("fresh", "ask everything anew, and replace what the store holds", False, flag=True),
    Option("replay", "judge stored replies only; a case without one is an error, and no model is loaded", False, flag=True),
)
OPTION_NAMES = tuple(name for option in OPTIONS for name in option.names)


@dataclass(frozen=True)
class Settings:
    """Everything a run was asked for, checked. `sample` is None for all rows; `max_new_tokens` None for the model's own;
    `batch_size` None for as many as the model can take; `seeing` is asked by benchmarks with pictures where no model was named;
    `given` are the names of the settings that the command line gave; `renamed` tells of those given by a former name."""

    models: tuple[ModelEntry, ...]
    strategies: tuple[ConfiguredStrategy, ...]
    extractor: NamedExtractor | None
    sample: int | None
    seed: int
    source: Source
    prompt: str | None
    quantisation: str
    max_new_tokens: int | None
    batch_size: int | None
    gates: tuple[Gate, ...]
    baseline: str | None
    report_dir: Path
    store: Path
    fresh: bool
    replay: bool
    seeing: ModelEntry | None = None
    controls: tuple[str, ...] = ()
    engine: str = "local"
    replicas: int = 1
    gpus_per_replica: float | None = None
    batch_invariance: int = 0
    given: frozenset[str] = frozenset()
    renamed: tuple[str, ...] = ()

    @property
    def all_models(self) -> tuple[ModelEntry, ...]:
        """Every model that may be asked."""
        return (*self.models, self.seeing) if self.seeing else self.models

    def models_for(self, *, pictures: bool) -> tuple[ModelEntry, ...]:
        """The models that a benchmark asks: those that were named, else the embedded one that sees where it shows pictures."""
        return (self.seeing,) if pictures and self.seeing else self.models

    @property
    def planned_batch(self) -> int:
        """The batch size by which cases are dealt out before any model is loaded."""
        return self.batch_size or PLANNED

    def token_limit(self, entry: ModelEntry) -> int:
        """The token limit for one reply of `entry`."""
        return self.max_new_tokens or entry.max_new_tokens

    def record(self) -> dict[str, Any]:
        """The settings as plain data, for run.json."""
        return {
            "models": [entry.name for entry in self.models],
            "strategies": {chosen.name: dict(chosen.settings) for chosen in self.strategies},
            "reader": self.extractor.name if self.extractor else None,
            "sample": self.sample or "all",
            "seed": self.seed,
            "source": self.source.text,
            "twins": self.source.twins,
            "controls": list(self.controls),
            "prompt": self.prompt,
            "quantisation": self.quantisation,
            "max_new_tokens": self.max_new_tokens,
            "batch_size": self.batch_size or "auto",
            "engine": self.engine,
            "replicas": self.replicas,
            "gates": [gate.text for gate in self.gates],
            "baseline": self.baseline,
        }


def read_settings(given: Mapping[str, Any], *, root: Path, here: Path) -> Settings:
    """Settings from what the command line gave (None where it did not) over the pyproject.toml in `root`.

    Paths given on the command line are relative to `here`, those of pyproject.toml to `root`.
    Raises SettingsError, naming the first setting that cannot be used.
    """
    given, renamed = _by_present_names(given, "--{}")
    table, renamed_keys = _by_present_names(_table(root), "{} in [tool.itemwise]")
    own_models = _own_models(table.pop("models", {}))
    names = {option.name for option in OPTIONS}
    if unknown := set(table) - names:
        raise SettingsError(f"[tool.itemwise] has no setting {sorted(unknown)[0]!r}; it may have {', '.join(sorted(names))}, and models.")
    value = {option.name: _first(given.get(option.name), table.get(option.name), option.default) for option in OPTIONS}
    base = {name: here if given.get(name) is not None else root for name in names}
    try:
        registry = registry_with(own_models, root)
        models = _models(_listed("model", value["model"]), registry, base["model"])
        named = given.get("model") is not None or "model" in table
        pixels = [None if value[name] is None else _whole(name, value[name]) for name in ("min-pixels", "max-pixels")]
        seeing = None if named else with_pixels(registry[SEEING], *pixels)
        models = tuple(with_pixels(entry, *pixels) for entry in models) if named else models
        if value["adapter"] is not None:
            models = (_adapted(models, base["adapter"] / Path(_text("adapter", value["adapter"])).expanduser()),)
        strategies = _strategies(_listed("strategy", value["strategy"]), [here, root])
        extractor = None if value["extractor"] is None else extractor_named(_text("extractor", value["extractor"]), [here, root])
        seed = _whole("seed", value["seed"], least=0)
        wanted = _default_source(models) if value["source"] is None else _text("source", value["source"])
        folder = value["picture-folder"]
        source = replace(
            Source.parse(wanted, seed=seed, root=base["source"]),
            twins=_whole("twins", value["twins"], least=0),
            picture_folder=None if folder is None else base["picture-folder"] / Path(_text("picture-folder", folder)).expanduser(),
        )
    except (ModelError, RowsError, StrategyError, NamedError) as error:
        raise SettingsError(str(error)) from None
    report_dir = base["report-dir"] / Path(_text("report-dir", value["report-dir"])).expanduser()
    fresh, replay = _flag("fresh", value["fresh"]), _flag("replay", value["replay"])
    if fresh and replay:
        raise SettingsError("--fresh asks everything anew and --replay asks nothing: give one of them.")
    return Settings(
        models=models,
        strategies=strategies,
        extractor=extractor,
        sample=_sample(value["sample"], source if value["source"] else None),
        seed=seed,
        source=source,
        prompt=None if value["prompt"] is None else _text("prompt", value["prompt"]),
        quantisation=_one_of("quant", value["quant"], QUANTISATIONS),
        max_new_tokens=None if value["max-new-tokens"] is None else _whole("max-new-tokens", value["max-new-tokens"]),
        batch_size=_batch_size(value["batch-size"]),
        gates=_gates(_listed("fail-under", value["fail-under"], least=0), _names(strategies)),
        baseline=None if value["baseline"] is None else _run(_text("baseline", value["baseline"]), base["baseline"]),
        report_dir=report_dir,
        store=report_dir / STORE if value["store"] is None else base["store"] / Path(_text("store", value["store"])).expanduser(),
        fresh=fresh,
        replay=replay,
        seeing=seeing,
        batch_invariance=_whole("batch-invariance", value["batch-invariance"], least=0),
        engine=_one_of("engine", value["engine"], ENGINES),
        replicas=_whole("replicas", value["replicas"]) if value["engine"] == "ray" else 1,
        gpus_per_replica=None if value["gpus-per-replica"] is None else _gpus(value["gpus-per-replica"]),
        renamed=(*renamed, *renamed_keys),
        given=frozenset(name for name in names if given.get(name) is not None),
        controls=tuple(_one_of("control", name, CONTROLS) for name in _listed("control", value["control"], least=0)),
    )


def known_models(root: Path) -> dict[str, ModelEntry]:
    """The registry and the models that the pyproject.toml in `root` names. Raises SettingsError."""
    try:
        return registry_with(_own_models(_table(root).get("models", {})), root)
    except ModelError as error:
        raise SettingsError(str(error)) from None


def _table(root: Path) -> dict[str, Any]:
    file = root / "pyproject.toml"
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("itemwise", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    return dict(table)


def _by_present_names(given: Mapping[str, Any], form: str) -> tuple[dict[str, Any], list[str]]:
    """`given` with former names replaced by the present ones, and a line, its names in `form`, for each that was. Raises SettingsError."""
    values, lines = dict(given), list[str]()
    for name, former in ((option.name, option.former) for option in OPTIONS if given.get(option.former) is not None):
        if values.get(name) is not None:
            raise SettingsError(f"{form.format(former)} is the former name of {form.format(name)}: give only {form.format(name)}.")
        values[name] = values.pop(former)
        lines.append(f"{form.format(former)} is now {form.format(name)}; the former name still works")
    return values, lines


def _own_models(value: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(settings, dict) for settings in value.values()):
        raise SettingsError(f"[tool.itemwise.models] must hold tables, [tool.itemwise.models.NAME] with a location, got {value!r}.")
    return value


def _run(text: str, base: Path) -> str:
    """The run's folder where `text` leads from `base` to one; otherwise `text`, a name in the report folder."""
    folder = base / Path(text).expanduser()
    return str(folder) if (folder / "run.json").is_file() else text


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"--{name} must be true or false in pyproject.toml, got {value!r}.")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingsError(f'--{name} must be text ("..." in pyproject.toml), got {value!r}.')
    return value


def _listed(name: str, value: Any, least: int = 1) -> list[str]:
    listed = [_text(name, text) for text in (value if isinstance(value, (list, tuple)) else [value])]
    repeated = [text for number, text in enumerate(listed) if text in listed[:number]]
    if repeated:
        raise SettingsError(f"--{name} {without_userinfo(repeated[0])} is given twice.")
    if len(listed) < least:
        raise SettingsError(f"--{name} must name at least one, got none.")
    return listed


def _models(texts: Sequence[str], registry: Mapping[str, ModelEntry], base: Path) -> tuple[ModelEntry, ...]:
    entries = tuple(entry_named(text, registry, base) for text in texts)
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise SettingsError(
            f"two models are called {max(names, key=names.count)!r}, so their cases could not be told apart; "
            "give one a name of its own under [tool.itemwise.models.NAME] in pyproject.toml."
        )
    return entries


def _adapted(models: Sequence[ModelEntry], folder: Path) -> ModelEntry:
    if len(models) > 1:
        listed = ", ".join(entry.name for entry in models)
        raise SettingsError(
            f"--adapter fits one model, got {listed}; give one --model, or name each pair under [tool.itemwise.models.NAME] "
            "with location and adapter in pyproject.toml."
        )
    return with_adapter(models[0], folder)


def _strategies(texts: Sequence[str], folders: Sequence[Path]) -> tuple[ConfiguredStrategy, ...]:
    chosen = tuple(configured_strategy(text, folders) for text in texts)
    names = [each.name for each in chosen]
    if len(set(names)) < len(names):
        twice = max(names, key=names.count)
        raise SettingsError(f"two strategies are called {twice!r}, so their cases could not be told apart; rename one.")
    return chosen


def _gates(texts: Sequence[str], strategies: Sequence[str]) -> tuple[Gate, ...]:
    try:
        return tuple(Gate.parse(text, strategies) for text in texts)
    except GateError as error:
        raise SettingsError(str(error)) from None


def _names(strategies: Sequence[ConfiguredStrategy]) -> list[str]:
    return [*strategy_names(), *(chosen.name for chosen in strategies)]


def _default_source(models: Sequence[ModelEntry]) -> str:
    defaults = {entry.source for entry in models}
    if len(defaults) > 1:
        listed = ", ".join(f"{entry.name}: {entry.source}" for entry in models)
        raise SettingsError(f"these models are asked different rows by default ({listed}); say which with --source.")
    return defaults.pop()


def _sample(value: Any, asked_for: Source | None) -> int | None:
    """`asked_for` is the source that was named; a default one may not be what a benchmark with rows of its own reads."""
    if value == "all":
        if asked_for and asked_for.endless:
            raise SettingsError(f"--sample all has no end with --source {asked_for.text}; give a number such as --sample 1319.")
        return None
    try:
        return _whole("sample", value)
    except SettingsError:
        raise SettingsError(f'--sample must be at least 1 or "all", got {value}.') from None


def _batch_size(value: Any) -> int | None:
    if value == "auto":
        return None
    try:
        return _whole("batch-size", value)
    except SettingsError:
        raise SettingsError(f'--batch-size must be at least 1 or "auto", got {value}.') from None


def _whole(name: str, value: Any, least: int = 1) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if number < least:
        raise SettingsError(f"--{name} must be a whole number of at least {least}, got {value}.")
    return number


def _gpus(value: Any) -> float:
    try:
        share = float(str(value))
    except ValueError:
        share = -1.0
    if not 0 <= share < float("inf"):
        raise SettingsError(f"--gpus-per-replica must be a number of at least 0, such as 0.5, got {value}.")
    return share


def _one_of(name: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise SettingsError(f"--{name} must be one of {', '.join(known)}, got {value}.")
    return str(value)
