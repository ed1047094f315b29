"""From a benchmark and a run's settings to the cases that are asked."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.controls import controlled
from itemwise.cases.reads import Reads, noting_reads
from itemwise.cases.row import Hub, RowsError
from itemwise.cases.split_files import sha256_of_files
from itemwise.cases.variants import original_of
from itemwise.models import ModelEntry
from itemwise.results.labels import variant_of
from itemwise.session.settings import Settings

__all__ = ["WITHOUT_EFFECT", "Sample", "prompt_of", "sampled"]

WITHOUT_EFFECT = "without effect"  # what a benchmark's rows call the options that it ignores

_NAMED = 3  # files named in a report


@dataclass(frozen=True)
class Sample:
    """The cases of one benchmark in a run. `label` names what was measured (a synthetic score never carries the plain
    name of a dataset); `rows` says where the cases come from and how they are read, as words."""

    label: str
    cases: Sequence[Case]
    rows: Mapping[str, str]

    def label_of(self, case: Case) -> str:
        """What a verdict on `case` counts for: renumbered variants and controls are measurements of their own."""
        return f"{self.label}{variant_of(case.name)}"

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many cases count for each label."""
        return Counter(self.label_of(case) for case in self.cases)


def sampled(name: str, benchmark: Benchmark, settings: Settings, model: ModelEntry | None = None) -> Sample:
    """The sample of `benchmark` that `settings` ask for, drawn before anything heavy is read.

    The prompt is that of the settings, else the one that `model` prefers where the benchmark has it, else the first.
    Raises BenchmarkError where the cases cannot be had, with words fit to be shown.
    """
    try:
        benchmark.require_form()
    except BenchmarkError as error:
        raise BenchmarkError(f"{name}: {error}") from None
    source = settings.source
    prompt = prompt_of(benchmark, settings, model)
    endless = source.endless and benchmark.takes_source
    if endless and settings.sample is None:
        raise BenchmarkError(f"{name}: --sample all has no end with --source {source.text}; give a number such as --sample 1319.")
    try:
        with noting_reads() as read:
            found = _only_cases(name, benchmark.cases(source, prompt), "loader")
            if endless:
                cases = list(islice(found, settings.sample * (1 + source.variants))) if settings.sample else []
            else:
                population = list(found)
                _check_names(name, population)
                cases = population if settings.sample is None else _drawn(name, benchmark, population, settings)
    except (RowsError, OSError) as error:  # anything else is the loader's own fault and shows its own line
        raise BenchmarkError(f"{name}: {error}") from error
    cases = [each for case in cases for each in _with_controls(case, settings)]
    _check_names(name, cases)
    rows = {
        "source": _source_text(benchmark, settings),
        "prompt": prompt or "own",
        "reader": settings.extractor.name if settings.extractor else getattr(benchmark.extract, "__name__", "the benchmark's own"),
        "seed": str(settings.seed),
    }
    if system := _system_words(cases, settings.all_models):
        rows["system"] = system
    if not endless:
        rows["rows"] = str(len(population))
        if repeated := _repeated(population):
            rows["repeated"] = f"{repeated} of them ask the same as another"
    if idle := list(_without_effect(benchmark, settings, cases)):
        rows[WITHOUT_EFFECT] = ", ".join(idle)
    return Sample(_label(name, benchmark, settings), cases, rows | _read_words(read) | _hub_words(read.commits))


def _without_effect(benchmark: Benchmark, settings: Settings, cases: Sequence[Case]) -> Iterator[str]:
    """The options of the command line that change nothing of these cases, as they were given."""
    given = settings.given
    if "prompt" in given and not benchmark.prompts:
        yield f"--prompt {settings.prompt}"
    if "source" in given and not benchmark.takes_source:
        yield f"--source {settings.source.text}"
    if "variants" in given and settings.source.variants and not any(original_of(case.name) for case in cases):
        yield f"--variants {settings.source.variants}"
    for control in settings.controls if "control" in given else ():
        if not any(case.name.endswith(f"-{control}") for case in cases):
            yield f"--control {control}"
    if not any(case.pictures for case in cases):
        yield from (f"--{name}" for name in ("min-pixels", "max-pixels") if name in given)


def _system_words(cases: Sequence[Case], models: Sequence[ModelEntry]) -> str:
    """Whose system turn is sent, where cases bring their own: theirs, and never that of the model's entry beside it."""
    own = sum(case.has_system_turn for case in cases)
    if not own:
        return ""
    whose = "the benchmark's own" + (f" in {own} of {len(cases)} cases" if own < len(cases) else "")
    replaced = ", ".join(model.name for model in models if model.system)
    return whose + (f", in the place of that of {replaced}" if replaced else "")


def prompt_of(benchmark: Benchmark, settings: Settings, model: ModelEntry | None) -> str | None:
    """The name of the prompt that `model` is asked with; None where the benchmark names no prompts. Raises BenchmarkError."""
    preferred = model.prompt if model and model.prompt in benchmark.prompts else None
    return benchmark.prompt_name(settings.prompt or preferred)


def _with_controls(case: Case, settings: Settings) -> Iterator[Case]:
    """The case, and what the run's controls make of it where they apply."""
    yield case
    for control in settings.controls:
        if found := controlled(case, control, settings.seed):
            yield found


def _label(name: str, benchmark: Benchmark, settings: Settings) -> str:
    if not benchmark.takes_source or settings.source.kind != "synthetic":
        return name
    pool = settings.source.pool
    return f"{name}-synthetic" if pool == "seen" else f"{name}-synthetic-{pool}"


def _source_text(benchmark: Benchmark, settings: Settings) -> str:
    return settings.source.text if benchmark.takes_source else "the benchmark's own"


def _repeated(population: Sequence[Case]) -> int:
    """How many cases ask what another before them asks, word for word; what shows a picture is passed over, as pictures are not read."""
    asked = [(case.text, case.answer, case.choices) for case in population if not case.pictures]
    return len(asked) - len(set(asked))


def _read_words(read: Reads) -> dict[str, str]:
    """The split and the files that were read, and the hash of their contents."""
    splits = {split: None for given in read.splits.values() for split in given}
    words = {"split": ", ".join(splits)} if splits else {}
    if read.files:
        more = f" and {len(read.files) - _NAMED} more" if len(read.files) > _NAMED else ""
        words["files"] = ", ".join(file.name for file in read.files[:_NAMED]) + more
        words["sha256"] = sha256_of_files(read.files)
    return words


def _hub_words(commits: Mapping[Hub, str]) -> dict[str, str]:
    """The commits that the hub's rows are of, and whose benchmark does not hold on to its own."""
    read = {f"{hub.path}@{commit}": None for hub, commit in commits.items()}
    unpinned = {hub.path: None for hub in commits if not hub.is_pinned}
    return {name: ", ".join(each) for name, each in (("hub", read), ("unpinned", unpinned)) if each}


def _drawn(name: str, benchmark: Benchmark, population: Sequence[Case], settings: Settings) -> list[Case]:
    assert settings.sample is not None, "a draw has a size"
    return list(_only_cases(name, benchmark.draw(population, settings.sample, settings.seed), "draw"))


def _only_cases(name: str, given: Iterable[Case], source: str) -> Iterator[Case]:
    """What a loader or a draw gives, which is cases. Raises BenchmarkError for what is none."""
    if not isinstance(given, Iterable):
        raise BenchmarkError(f"{name}: the {source} must yield cases, got {reprlib.repr(given)}; does it lack a yield?")
    for number, case in enumerate(given):
        if not isinstance(case, Case):
            raise BenchmarkError(
                f"{name}: the {source} must yield Case(name, prompt, answer), got {reprlib.repr(case)} as number {number}."
            )
        yield case


def _check_names(name: str, cases: Sequence[Case]) -> None:
    if not cases:
        raise BenchmarkError(f"{name}: the source holds no case.")
    names = [case.name for case in cases]
    if len(set(names)) < len(names):
        seen: set[str] = set()
        twice = next(text for text in names if text in seen or seen.add(text))  # type: ignore[func-returns-value]
        raise BenchmarkError(f"{name}: two cases are called {twice!r}; a case's name must be its own, it is its node id.")
