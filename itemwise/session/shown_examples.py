"""The examples that a sample is shown: read beside its rows, chosen for each case, kept apart from what is asked, and told in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.examples import Examples, require_apart, shown_by_case
from itemwise.cases.few_shot import with_examples
from itemwise.cases.reads import Reads, noting_reads
from itemwise.cases.row import Hub, RowsError
from itemwise.results.store import key_of
from itemwise.session.settings import Settings
from itemwise.session.wording import Wording

__all__ = ["ShownExamples", "SolvedCases", "shown_examples", "solved_cases"]

_NAMED = 8  # examples named in a record


@dataclass(frozen=True)
class ShownExamples:
    """What each case is shown, by the case's name, in which form; `origin` says where the examples come from, `commits` of which hub."""

    examples: Examples
    wording: Wording
    by_case: Mapping[str, Sequence[Case]] = field(default_factory=dict)
    origin: str = ""
    commits: Mapping[Hub, str] = field(default_factory=dict)

    def require_apart(self, asked: Sequence[Case]) -> None:
        """Raise RowsError where one of the cases asked is an example too, or is its own, where examples may be rows that are asked."""
        for group in [[case] for case in asked] if self.examples.leave_one_out else [asked]:
            require_apart(group, {case.name: self._of(case) for case in group}, own_words=not isinstance(self.examples.cases, str))

    def before(self, variant: Case, case: Case) -> Case:
        """A `variant` of `case`, or itself, behind the examples of `case`. Raises RowsError where the form cannot show it."""
        return with_examples(variant, self._of(case), self.wording.form, self.examples)

    def words(self, asked: Sequence[Case]) -> dict[str, str]:
        """How many are shown, where they come from, by what rule, and a hash of them; nothing where a plain chat shows none."""
        form = {"prompt form": self.wording.form} if self.wording.shots or self.wording.form != "turns" else {}
        if not self.wording.shots:
            return form
        shown = [self._of(case) for case in asked]
        sets = {tuple(example.name for example in chosen): None for chosen in shown}
        names = ", ".join(next(iter(sets))[:_NAMED]) if len(sets) == 1 else f"{len(sets)} different choices"
        digest = key_of({"examples": [[[example.text, example.solved] for example in chosen] for chosen in shown]})
        told = f"{self.examples.rule_text} of {self.origin}: {names}"
        return {"shots": str(self.wording.shots), "examples": told, "examples sha256": digest[:16], **form}

    def _of(self, case: Case) -> Sequence[Case]:
        return self.by_case.get(case.name, ())


@dataclass(frozen=True)
class SolvedCases:
    """The solved `cases` that a benchmark may show, and where they come from."""

    examples: Examples
    cases: Sequence[Case]
    origin: str
    commits: Mapping[Hub, str]


def shown_examples(benchmark: Benchmark, settings: Settings, wording: Wording, rows: Sequence[Case], reads: Reads) -> ShownExamples:
    """The examples of `rows`, all those of the benchmark, or of an endless source those that are asked; `reads` are what they were read of.

    Raises RowsError where there are none, or too few.
    """
    if not wording.shots:
        return ShownExamples(benchmark.examples or Examples(()), wording)
    solved = solved_cases(benchmark, settings, wording.prompt, reads, wording.shots, f"--shots {wording.shots}")
    chosen = shown_by_case(solved.examples, solved.cases, rows, wording.shots, settings.seed)
    return ShownExamples(solved.examples, wording, chosen, solved.origin, solved.commits)


def solved_cases(benchmark: Benchmark, settings: Settings, prompt: str | None, reads: Reads, most: int, option: str) -> SolvedCases:
    """The solved cases that `option` may show, in the words of `prompt`; of rows that never end at least `most`.

    Raises RowsError where there are none.
    """
    elsewhere, own = settings.examples, benchmark.examples
    if own is None and (elsewhere is None or not benchmark.takes_source):
        raise RowsError(
            f"{option}: this benchmark has no examples to show; give it some (@cases(..., examples=Examples(...))), "
            "or --examples FILE where its loader takes a source."
        )
    if elsewhere is not None and not benchmark.takes_source:
        raise RowsError("--examples: this benchmark's loader takes no source, so that it cannot read them; leave the option out.")
    examples, source = own or Examples("train"), elsewhere or settings.source
    try:
        with noting_reads(beside=reads) as found:
            cases = benchmark.solved_cases(examples, source, prompt, elsewhere=elsewhere is not None)
            pool = examples.pool(cases, most, endless=source.endless)
    except RowsError as error:
        raise RowsError(f"{option}: its examples cannot be had. {error} --examples FILE takes them from elsewhere.") from error
    return SolvedCases(examples, pool, _origin(examples, settings, found), found.commits)


def _origin(examples: Examples, settings: Settings, reads: Reads) -> str:
    splits = ", ".join(dict.fromkeys(split for named in reads.splits.values() for split in named))
    if settings.examples is None and not isinstance(examples.cases, str):
        return f"the {'protocol' if settings.protocol else 'benchmark'}'s own"
    files = ", ".join(file.name for file in reads.files[:3])
    read = ", ".join(f"{hub.path}@{commit[:12]} {hub.split}" for hub, commit in reads.commits.items())
    return read or " ".join(filter(None, [files or (settings.examples or settings.source).text, f"({splits})" * bool(splits)]))
