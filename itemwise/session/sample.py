"""Samples a benchmark: loads and draws its cases as the settings say, adds controls, and records where they come from."""

import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.controls import controlled, original_and_control
from itemwise.cases.gold import gold_number
from itemwise.cases.reads import Reads, noting_reads
from itemwise.cases.repeats import item_of, repeated
from itemwise.cases.row import Hub, RowsError
from itemwise.cases.split_files import sha256_of_files
from itemwise.cases.variants import original_of
from itemwise.models import ModelEntry
from itemwise.results.labels import label_suffix
from itemwise.session.asked_protocol import protocol_words
from itemwise.session.found_hints import FoundHints, found_hints
from itemwise.session.settings import Settings
from itemwise.session.shown_examples import shown_examples
from itemwise.session.wording import Wording

__all__ = ["WITHOUT_EFFECT", "Sample", "sampled"]

WITHOUT_EFFECT = "without effect"  # what a benchmark's rows call the options that it ignores

_NAMED = 3  # files named in a report


@dataclass(frozen=True)
class Sample:
    """The cases of one benchmark in a run. `label` names what was measured (a synthetic score never carries the plain
    name of a dataset); `rows` says where the cases come from and how they are read, as words. `hints` are those of each strategy that is
    given some, by its name."""

    label: str
    cases: Sequence[Case]
    rows: Mapping[str, str]
    hints: Mapping[str, FoundHints] = field(default_factory=dict)

    def label_of(self, case: Case) -> str:
        """What a verdict on `case` counts for: renumbered variants and controls are measurements of their own."""
        return f"{self.label}{label_suffix(item_of(case.name, case.repeat))}"

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many cases count for each label."""
        return Counter(self.label_of(case) for case in self.cases)


def sampled(name: str, benchmark: Benchmark, settings: Settings, wording: Wording = Wording()) -> Sample:  # noqa: B008 - it is frozen
    """The sample of `benchmark` that `settings` ask for, in this `wording`, drawn before anything heavy is imported.

    Raises BenchmarkError where the cases cannot be had, with words fit to be shown.
    """
    try:
        benchmark.require_form()
    except BenchmarkError as error:
        raise BenchmarkError(f"{name}: {error}") from None
    wording = replace(wording, prompt=benchmark.prompt_name(wording.prompt))
    try:
        folder = settings.source.of_benchmark(name.removesuffix(f"-{benchmark.config}"))
        settings = replace(settings, source=folder.of_config(benchmark.config, benchmark.other_configs))
        with noting_reads() as reads:
            cases, population = _draw(name, benchmark, settings, wording.prompt)
        shown = shown_examples(benchmark, settings, wording, cases if population is None else population, reads)
        shown.require_apart(cases)
        controlled_cases = [(variant, case) for case in cases for variant in _with_controls(case, settings)]
        once = (shown.before(variant, case) for variant, case in controlled_cases)
        asked = [repeat for case in once for repeat in repeated(case, settings.repeats)]
        hints = {
            strategy.name: found_hints(strategy, benchmark, settings, wording.prompt, [variant for variant, _ in controlled_cases], reads)
            for strategy in settings.strategies
            if strategy.wants_hints
        }
    except (RowsError, OSError) as error:  # anything else is the loader's own fault and shows its own line
        raise BenchmarkError(f"{name}: {error}") from error
    _check_names(name, asked)
    if benchmark.card:
        _require_called_after(name, asked)
    rows = (
        _card_words(benchmark, settings)
        | _chosen_words(benchmark, settings, wording.prompt)
        | protocol_words(settings, wording, asked)
        | shown.words(cases)
    )
    rows |= _case_words(benchmark, settings, asked, population, wording) | {name: found.words for name, found in hints.items()}
    rows |= _read_words(reads) | _hub_words({**reads.commits, **shown.commits})
    return Sample(_label(name, benchmark, settings), asked, rows, hints)


def _draw(name: str, benchmark: Benchmark, settings: Settings, prompt: str | None) -> tuple[Sequence[Case], Sequence[Case] | None]:
    """The cases that were drawn, and all that they were drawn from; None where the source is endless."""
    source = settings.source
    loaded = _only_cases(name, benchmark.cases(source, prompt), "loader")
    loaded = _with_read_golds(name, loaded) if benchmark.reads_numbers else loaded
    if source.endless and benchmark.takes_source:
        if settings.sample is None:
            raise BenchmarkError(f"{name}: --sample all has no end with --source {source.text}; give a number such as --sample 1319.")
        return list(islice(loaded, settings.sample * (1 + source.variants))) if settings.sample else [], None
    population = list(loaded)
    _check_names(name, population)
    if settings.sample is None:
        return population, population
    return list(_only_cases(name, benchmark.draw(population, settings.sample, settings.seed), "draw")), population


def _card_words(benchmark: Benchmark, settings: Settings) -> dict[str, str]:
    """The benchmark's version and configuration, and of what reports tell the mean."""
    card = benchmark.card
    suites = [suite for suite in settings.suites if card and suite in card.suites]
    words = {"config": benchmark.config, "suites": ", ".join(suites)}
    if card:
        words |= {"version": str(card.version), "macro": card.macro, "cluster": card.cluster, "whole": ", ".join(card.whole)}
    return {name: text for name, text in words.items() if text}


def _chosen_words(benchmark: Benchmark, settings: Settings, prompt: str | None) -> dict[str, str]:
    return {
        "source": settings.source.text if benchmark.takes_source else "the benchmark's own",
        "prompt": prompt or "own",
        "reader": settings.extractor.name if settings.extractor else getattr(benchmark.extract, "__name__", "the benchmark's own"),
        "seed": str(settings.seed),
    }


def _case_words(
    benchmark: Benchmark, settings: Settings, cases: Sequence[Case], population: Sequence[Case] | None, wording: Wording
) -> dict[str, str]:
    """What is to be told of the cases themselves: the system turns they bring, how many there were to draw from, idle options."""
    alike = _repeated(population or ())
    words = {
        "system": _system_words(cases, settings.all_models, wording.form),
        "rows": "" if population is None else str(len(population)),
        "repeated": f"{alike} of them ask the same as another" if alike else "",
        "repeats": str(settings.repeats) if settings.repeats > 1 else "",
        WITHOUT_EFFECT: ", ".join(_without_effect(benchmark, settings, cases, wording)),
    }
    return {name: text for name, text in words.items() if text}


def _without_effect(benchmark: Benchmark, settings: Settings, cases: Sequence[Case], wording: Wording) -> Iterator[str]:
    """The options of the command line that change nothing of these cases, as they were given."""
    given = settings.given
    if "prompt" in given and not benchmark.prompts:
        yield from (f"--prompt {prompt}" for prompt in settings.prompts)
    if "source" in given and not benchmark.takes_source:
        yield f"--source {settings.source.text}"
    if "variants" in given and settings.source.variants and not any(original_of(item_of(case.name, case.repeat)) for case in cases):
        yield f"--variants {settings.source.variants}"
    controls = {found[1] for case in cases if (found := original_and_control(item_of(case.name, case.repeat)))}
    yield from (f"--control {control}" for control in settings.controls if "control" in given and control not in controls)
    shows_examples = wording.shots or any(settings.shots) or any(each.wants_hints and not each.files for each in settings.strategies)
    if "examples" in given and settings.examples and not shows_examples:
        yield f"--examples {settings.examples.text}"
    if not any(case.pictures for case in cases):
        yield from (f"--{name}" for name in ("min-pixels", "max-pixels") if name in given)


def _system_words(cases: Sequence[Case], models: Sequence[ModelEntry], form: str) -> str:
    """Whose system turn is sent, where cases bring their own: theirs, and never that of the model's entry beside it.

    A plain text has none.
    """
    if form == "completion":
        without = ", ".join(model.name for model in models if model.system)
        return f"none, also not that of {without}: the prompt is a plain text" if without else ""
    own = sum(case.has_system_turn for case in cases)
    if not own:
        return ""
    whose = "the benchmark's own" + (f" in {own} of {len(cases)} cases" if own < len(cases) else "")
    replaced = ", ".join(model.name for model in models if model.system)
    return whose + (f", in the place of that of {replaced}" if replaced else "")


def _with_controls(case: Case, settings: Settings) -> Iterator[Case]:
    yield case
    for control in settings.controls:
        yield from controlled(case, control, settings.seed)


def _label(name: str, benchmark: Benchmark, settings: Settings) -> str:
    if not benchmark.takes_source or settings.source.kind != "synthetic":
        return name
    pool = settings.source.pool
    return f"{name}-synthetic" if pool == "seen" else f"{name}-synthetic-{pool}"


def _repeated(population: Sequence[Case]) -> int:
    """How many cases ask what another before them asks, word for word; what shows a picture is passed over, as pictures are not read."""
    asked = [(case.text, case.answer, case.choices) for case in population if not case.pictures]
    return len(asked) - len(set(asked))


def _read_words(reads: Reads) -> dict[str, str]:
    """The split and the files that were read, and the hash of their contents."""
    splits = {split: None for names in reads.splits.values() for split in names}
    words = {"split": ", ".join(splits)} if splits else {}
    if reads.files:
        more = f" and {len(reads.files) - _NAMED} more" if len(reads.files) > _NAMED else ""
        words["files"] = ", ".join(file.name for file in reads.files[:_NAMED]) + more
        words["sha256"] = sha256_of_files(reads.files)
    return words


def _hub_words(commits: Mapping[Hub, str]) -> dict[str, str]:
    """The commits that the hub's rows are of, and whose benchmark does not hold on to its own."""
    read = {f"{hub.path}@{commit}": None for hub, commit in commits.items()}
    unpinned = {hub.path: None for hub in commits if not hub.is_pinned}
    return {name: ", ".join(hubs) for name, hubs in (("hub", read), ("unpinned", unpinned)) if hubs}


def _only_cases(name: str, given: Iterable[Case], source: str) -> Iterator[Case]:
    """The cases that a loader or a draw yields. Raises BenchmarkError for anything else."""
    if not isinstance(given, Iterable):
        raise BenchmarkError(f"{name}: the {source} must yield cases, got {reprlib.repr(given)}; does it lack a yield?")
    for index, case in enumerate(given):
        if not isinstance(case, Case):
            raise BenchmarkError(f"{name}: the {source} must yield Case(name, prompt, answer), got {reprlib.repr(case)} as number {index}.")
        yield case


def _with_read_golds(name: str, cases: Iterator[Case]) -> Iterator[Case]:
    """The cases of a benchmark that reads by `last_number`, each gold in the form that it returns: "1430" for "1,430".

    Raises BenchmarkError for a gold that is no plain number, which no reply could match.
    """
    for case in cases:
        try:
            number = gold_number(case.answer)
        except ValueError as error:
            raise BenchmarkError(f"{name}: the answer of case {case.name!r}: {error} Another extract takes other golds.") from error
        yield case if number == case.answer else replace(case, answer=number)


def _require_called_after(name: str, cases: Sequence[Case]) -> None:
    """Raise BenchmarkError where a case of a benchmark with a card is not called after it: -k could not tell it before rows are read."""
    if other := next((case.name for case in cases if not case.name.startswith(f"{name}-")), None):
        raise BenchmarkError(f"{name} has a card, so each case is called after it, {name}-<row>; one is called {other!r}.")


def _check_names(name: str, cases: Sequence[Case]) -> None:
    if not cases:
        raise BenchmarkError(f"{name}: the source holds no case.")
    if twice := next((text for text, count in Counter(case.name for case in cases).items() if count > 1), None):
        raise BenchmarkError(f"{name}: two cases are called {twice!r}; a case's name must be its own, it is its node id.")
