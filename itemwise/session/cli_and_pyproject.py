"""The table of options (command line and pyproject.toml), and their values, parsed and validated."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from itemwise.analysis.named_extractors import extractor_names
from itemwise.cases.controls import CONTROLS
from itemwise.cases.few_shot import FORMS
from itemwise.language import LANGUAGES
from itemwise.models import COMPUTE_TYPES, QUANTISATIONS
from itemwise.models.decoding import DECODING_DEMAND, DECODINGS, decoding_of
from itemwise.models.server.address import without_userinfo
from itemwise.models.thinking_choice import THINKING
from itemwise.protocols import protocol_names
from itemwise.strategies import strategy_names
from itemwise.trackers import tracker_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ENGINES", "OPTIONS", "OPTION_NAMES", "Option", "OptionValues", "PROGRESS", "SettingsError", "own_models", "pyproject_table"]

ENGINES = ("local", "ray")
PROGRESS = ("auto", "live", "plain", "none")


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
        ["embedded-text"],
        many=True,
    ),
    Option(
        "replies",
        "judge replies that were made elsewhere, and load no model: FILE, FILE#NAME or FOLDER, repeatable (jsonl or csv of id "
        "and text, samples of lm-eval, logs of Inspect, predictions of OpenCompass)",
        [],
        many=True,
    ),
    Option("adapter", 'LoRA to put on the model, a folder that peft wrote, or "none"; repeatable: each is asked', [], many=True),
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
        "where rows come from: hub, synthetic (or synthetic:held-out, :all, :trained), or a path (jsonl, csv, tsv, parquet, arrow)",
    ),
    Option("picture-folder", "folder that picture paths of the rows may lead into, besides the rows' own"),
    Option("variants", "ask each made problem again this often with other numbers, and report the drop (default: 0)", 0, former="twins"),
    Option("control", f"ask each case again under a control, repeatable: {', '.join(CONTROLS)}; or none", [], many=True),
    Option("min-pixels", "fewest pixels a picture is scaled up to (default: the model's own)"),
    Option("max-pixels", "most pixels a picture is scaled down to (default: the model's own)"),
    Option(
        "prompt",
        'named prompt of the benchmark, repeatable, or "all" of them: each is measured (default: the model\'s own, else its first)',
        [],
        many=True,
    ),
    Option(
        "protocol",
        f"ask and read as a published number was, unless other options say otherwise: {', '.join(protocol_names())} (default: none)",
    ),
    Option(
        "shots", "solved examples shown before each question, repeatable: each is measured (default: the benchmark's own, 0)", [], many=True
    ),
    Option(
        "examples",
        "where examples come from: hub, synthetic, or a file or folder (default: the benchmark's own, such as the rows of train)",
    ),
    Option(
        "prompt-form",
        f"how a prompt is given: {', '.join(FORMS)}, the last without chat template (default: turns; completion with examples where a "
        "folder has no chat template)",
    ),
    Option("quant", f"quantisation of local models, repeatable: {', '.join(QUANTISATIONS)} (default: nf4)", ["nf4"], many=True),
    Option(
        "thinking",
        f"whether models think before they answer, repeatable: {', '.join(THINKING)} (what the chat template does by itself, the default)",
        [],
        many=True,
    ),
    Option(
        "max-thinking-tokens",
        "most tokens of a local model's thought, beside those of its answer; then it is closed; repeatable (default: no budget)",
        [],
        many=True,
    ),
    Option(
        "decoding",
        f"how models decode where a strategy does not sample, repeatable: {', '.join(DECODINGS)}, the last two as the checkpoint's own "
        "generation config has its repetition penalty, or all of its sampling; or a temperature such as temperature=0.7 or "
        "temperature=0.7,top_p=0.95 (default: greedy, or the protocol's)",
        [],
        many=True,
    ),
    Option(
        "compute",
        f"type local models compute in, repeatable: {', '.join(COMPUTE_TYPES)} (default: auto, which is float32 on a CPU)",
        ["auto"],
        many=True,
    ),
    Option("max-new-tokens", "token limit of one reply, repeatable (default: the model's own, 1024 for most)", [], many=True),
    Option(
        "batch-size", 'most cases asked at once, of each replica, or "auto": what the model and its memory allow (default: auto)', "auto"
    ),
    Option("repeats", "ask each case this often, each time from a seed of its own, where replies are sampled (default: 1)", 1),
    Option("batch-invariance", "re-run this many cases per strategy with batch size 1 and report differences (default: 0)", 0),
    Option("engine", f"where local models run: {', '.join(ENGINES)} (default: local)", "local"),
    Option("replicas", "with --engine ray: data-parallel replicas of the model (default: 2)", 2),
    Option(
        "gpus-per-replica", "with --engine ray: what each replica takes of a GPU, such as 0.5 (default: a whole one where there are any)"
    ),
    Option(
        "fail-under",
        "gate, repeatable: BENCHMARK[/MODEL[/STRATEGY]]=ACCURACY, such as gsm8k=0.80; >= demands it of the interval's lower end",
        [],
        many=True,
    ),
    Option("base-model", "model of this run that recovery holds the others against (default: the unquantised one of the same weights)"),
    Option(
        "baseline",
        "gate: not significantly worse than this earlier run, given by folder, name in the report folder, or a saved baseline's file",
    ),
    Option(
        "serve",
        "command that starts the server of --model URL, such as 'vllm serve NAME --port 8000', repeatable; it ends with the run, whose "
        "folder has its log (default: a server that is there)",
        [],
        many=True,
    ),
    Option(
        "shard",
        "ask only a part of the cases, such as 2/4, the second of four by a hash of their names, or auto in a job of SLURM, Kubernetes or "
        "CI; python -m itemwise merge makes one run of all (default: all cases)",
    ),
    Option("lang", f"language of the reports and the terminal: {', '.join(LANGUAGES)} (default: the locale's, else en)"),
    Option(
        "log",
        f"log the finished run to an experiment tracker, repeatable: {', '.join(tracker_names())}; each has its own client, the extra of "
        "its name, and its own environment variables (default: none)",
        [],
        many=True,
    ),
    Option("report-dir", "folder that receives a folder per run (default: reports)", "reports"),
    Option("store", "file that keeps replies and verdicts (default: replies.sqlite in the report folder)"),
    Option(
        "progress",
        f"what is shown while a run goes on: {', '.join(PROGRESS)} (default: auto, which is live in a terminal where rich is installed and "
        "a line every ten seconds elsewhere)",
        "auto",
    ),
    Option("fresh", "ask everything anew, and replace what the store holds", False, flag=True),
    Option("replay", "judge stored replies only; a case without one is an error, and no model is loaded", False, flag=True),
)
OPTION_NAMES = tuple(name for option in OPTIONS for name in option.names)
_DEFAULTS = {option.name: option.default for option in OPTIONS}


class OptionValues:
    """The value of each option by its name: what the command line gave (None where it did not) over the pyproject.toml in `root`,
    over the default. Each method reads one as what it must be, and raises SettingsError with the option and its value where it is not.

    `given` are the options of the command line, `renamed` a line for each by a former name, `models` the tables of [tool.itemwise.models].
    """

    def __init__(self, given: Mapping[str, Any], root: Path, here: Path) -> None:
        given, renamed = _by_present_names(given, "--{}")
        table, renamed_keys = _by_present_names(pyproject_table(root), "{} in [tool.itemwise]")
        self.models = own_models(table.pop("models", {}))
        names = {option.name for option in OPTIONS}
        if unknown := set(table) - names:
            listed = ", ".join(sorted(names))
            raise SettingsError(f"[tool.itemwise] has no setting {sorted(unknown)[0]!r}; it may have {listed}, and models.")
        self.given = frozenset(name for name in names if given.get(name) is not None)
        self.renamed = (*renamed, *renamed_keys)
        self._chosen = {**table, **{name: given[name] for name in self.given}}
        self._here, self._root = here, root

    def __getitem__(self, name: str) -> Any:
        """The value as it was given, or the default."""
        return self._chosen.get(name, _DEFAULTS[name])

    def chose(self, name: str) -> bool:
        """Whether the command line or pyproject.toml says anything of it."""
        return name in self._chosen

    @property
    def asks_models(self) -> bool:
        """Whether models are asked: not where replies are there already, unless the command line names a model beside them."""
        return not self["replies"] or "model" in self.given

    def base(self, name: str) -> Path:
        """What a path in this option is relative to: the current folder on the command line, else that of pyproject.toml."""
        return self._here if name in self.given else self._root

    def flag(self, name: str) -> bool:
        """True or false."""
        if not isinstance(self[name], bool):
            raise SettingsError(f"--{name} must be true or false in pyproject.toml, got {self[name]!r}.")
        return bool(self[name])

    def text(self, name: str) -> str | None:
        """Text; None where nothing was chosen."""
        return None if self[name] is None else _text(name, self[name])

    def texts(self, name: str, least: int = 1) -> list[str]:
        """One text or several, at least so many and none twice."""
        listed = [_text(name, text) for text in self._listed(name)]
        _require_once(name, listed)
        if len(listed) < least:
            raise SettingsError(f"--{name} must name at least one, got none.")
        return listed

    def path(self, name: str) -> Path | None:
        """A path; None where nothing was chosen."""
        text = self.text(name)
        return None if text is None else self.base(name) / Path(text).expanduser()

    def whole(self, name: str, least: int = 1, besides: str = "") -> int:
        """A whole number of at least `least`; the message says what it may be `besides`."""
        return _whole(name, self[name], least, besides)

    def wholes(self, name: str, least: int = 1) -> tuple[int, ...]:
        """Whole numbers of at least `least`, none twice; none where nothing was chosen."""
        numbers = [_whole(name, value, least) for value in self._listed(name)]
        _require_once(name, numbers)
        return tuple(numbers)

    def whole_or(self, name: str, word: str | None = None) -> int | None:
        """A whole number of at least 1; None for `word`, or where there is none and nothing was chosen."""
        return None if self[name] == word else self.whole(name, besides=word or "")

    def fraction(self, name: str) -> float | None:
        """A number of at least 0; None where nothing was chosen."""
        try:
            number = None if self[name] is None else float(str(self[name]))
        except ValueError:
            number = -1.0
        if number is not None and not 0 <= number < float("inf"):
            raise SettingsError(f"--{name} must be a number of at least 0, such as 0.5, got {self[name]}.")
        return number

    def one_of(self, name: str, known: Sequence[str]) -> str:
        """One of the words in `known`."""
        return _one_of(name, self[name], known)

    def some_of(self, name: str, known: Sequence[str], least: int = 0) -> tuple[str, ...]:
        """Any of the words in `known`, at least so many and none twice."""
        return tuple(_one_of(name, text, known) for text in self.texts(name, least))

    def decodings(self) -> tuple[str, ...]:
        """Each --decoding as it is kept, none twice."""
        texts = self.texts("decoding", least=0)
        decodings = [decoding for decoding in map(decoding_of, texts) if decoding is not None]
        if len(decodings) < len(texts):
            wrong = next(text for text in texts if decoding_of(text) is None)
            raise SettingsError(f"--decoding must be {DECODING_DEMAND}, got {wrong}.")
        _require_once("decoding", decodings)
        return tuple(decodings)

    def _listed(self, name: str) -> Sequence[Any]:
        value = self[name]
        return value if isinstance(value, (list, tuple)) else [value]


def pyproject_table(root: Path) -> dict[str, Any]:
    """[tool.itemwise] of the pyproject.toml in `root`; empty where there is none. Raises SettingsError."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("itemwise", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    return dict(table)


def own_models(value: Any) -> dict[str, dict[str, Any]]:
    """`value` as the tables of [tool.itemwise.models]. Raises SettingsError."""
    if not isinstance(value, dict) or not all(isinstance(settings, dict) for settings in value.values()):
        raise SettingsError(f"[tool.itemwise.models] must hold tables, [tool.itemwise.models.NAME] with a location, got {value!r}.")
    return value


def _by_present_names(given: Mapping[str, Any], form: str) -> tuple[dict[str, Any], list[str]]:
    """`given` with former names replaced by the present ones, and a line, its names in `form`, for each that was. Raises SettingsError."""
    values, lines = dict(given), list[str]()
    for option in (option for option in OPTIONS if given.get(option.former) is not None):
        name, former = form.format(option.name), form.format(option.former)
        if values.get(option.name) is not None:
            raise SettingsError(f"{former} is the former name of {name}: give only {name}.")
        values[option.name] = values.pop(option.former)
        lines.append(f"{former} is now {name}; the former name still works")
    return values, lines


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingsError(f'--{name} must be text ("..." in pyproject.toml), got {value!r}.')
    return value


def _whole(name: str, value: Any, least: int, besides: str = "") -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if number < least:
        demand = f'at least {least} or "{besides}"' if besides else f"a whole number of at least {least}"
        raise SettingsError(f"--{name} must be {demand}, got {value}.")
    return number


def _require_once(name: str, values: Sequence[object]) -> None:
    repeated = [value for index, value in enumerate(values) if value in values[:index]]
    if repeated:
        raise SettingsError(f"--{name} {without_userinfo(str(repeated[0]))} is given twice.")


_SEEN_AT_ONCE = 8  # words, of which nobody needs to be told the nearest


def _one_of(name: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        close = get_close_matches(str(value), known, n=1) if len(known) > _SEEN_AT_ONCE else []
        meant = f"; did you mean {close[0]}?" if close else "."
        raise SettingsError(f"--{name} must be one of {', '.join(known)}, got {value}{meant}")
    return str(value)
