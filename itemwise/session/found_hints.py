"""The hints of a sample: for each strategy that wants them what fits each case, found by BM25, kept apart from what is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from string import Formatter

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.examples import require_apart
from itemwise.cases.hint import Hint, hint_texts, require_untold
from itemwise.cases.reads import Reads
from itemwise.cases.retrieval import nearest
from itemwise.cases.row import RowsError
from itemwise.cases.split_files import sha256_of_files
from itemwise.results.store import key_of
from itemwise.session.settings import Settings
from itemwise.session.shown_examples import solved_cases
from itemwise.strategies import ConfiguredStrategy

__all__ = ["FoundHints", "found_hints"]

_POOL = 1000  # worked examples of rows that never end
_HASH = 16


@dataclass(frozen=True)
class FoundHints:
    """What a strategy puts before each case, by the case's name, and where it is from, in words."""

    by_case: Mapping[str, Sequence[Hint]] = field(default_factory=dict)
    origin: str = ""

    @property
    def digest(self) -> str:
        """A hash of all that is shown."""
        return key_of({"hints": {name: [hint.text for hint in found] for name, found in self.by_case.items()}})

    @property
    def words(self) -> str:
        """For a record: where they are from, how many cases are without, and the hash."""
        without = sum(not found for found in self.by_case.values())
        none = f", none for {without} of {len(self.by_case)} cases" if without else ""
        return f"of {self.origin}{none}, shown sha256 {self.digest[:_HASH]}"


def found_hints(
    strategy: ConfiguredStrategy, benchmark: Benchmark, settings: Settings, prompt: str | None, cases: Sequence[Case], reads: Reads
) -> FoundHints:
    """What `strategy` is given for each of `cases`, which were read as `reads` tell.

    Raises RowsError where there is nothing to choose from, or a case that is asked is among it.
    """
    template = benchmark.prompts.get(prompt or "", "")
    questions = {case.name: _question(case, template) for case in cases}
    count = strategy.settings.get("count", 3)
    if file := strategy.files.get("file"):
        return _of_file(file, questions, {case.name: _stem(case, questions[case.name]) for case in cases}, count)
    option = f"--strategy {strategy.name}"
    solved = solved_cases(benchmark, settings, prompt, reads, _POOL, option)
    if seen := next((case.name for case in solved.cases if case.pictures), None):
        raise RowsError(f"{option}: hints show text, and the example {seen} has a picture; give hints:file=FILE.")
    by_name = {example.name: example for example in solved.cases}
    asked = {name: _question(example, template) for name, example in by_name.items()}
    found = _nearest(asked, {name: f"{asked[name]}\n{example.solved}" for name, example in by_name.items()}, questions, count)
    shown = {name: [by_name[hint.name] for hint in hints] for name, hints in found.items()}
    require_apart(cases, shown, own_words=not isinstance(solved.examples.cases, str))
    return FoundHints(found, f"the worked examples of {solved.origin}, {len(by_name)}")


def _of_file(file: Path, questions: Mapping[str, str], stems: Mapping[str, str], count: int) -> FoundHints:
    texts = hint_texts(file)
    found = _nearest(texts, texts, questions, count)
    require_untold(stems, found)
    return FoundHints(
        found, f"{file.name} with {len(texts)} {'entry' if len(texts) == 1 else 'entries'}, sha256 {sha256_of_files([file])[:_HASH]}"
    )


def _nearest(
    searched: Mapping[str, str], texts: Mapping[str, str], questions: Mapping[str, str], count: int
) -> Mapping[str, Sequence[Hint]]:
    """The hints of each question: those of `texts` for which the text that is `searched` fits it best."""
    names = list(searched)
    found = nearest(list(searched.values()), list(questions.values()), count)
    return {
        question: [Hint(names[place], texts[names[place]], score) for place, score in places]
        for question, places in zip(questions, found, strict=True)
    }


def _question(case: Case, template: str) -> str:
    """The case's own words: its prompt without what the template says before and behind them."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return case.text
    before, behind = (parts[0][0], parts[-1][0] if parts[-1][1] is None else "") if parts else ("", "")
    fits = case.text.startswith(before) and case.text.endswith(behind)
    return case.text[len(before) : len(case.text) - len(behind)].strip() if fits else case.text


def _stem(case: Case, question: str) -> str:
    """The `question` of a choice without its options, as an entry that tells the answer may have it; the whole where none precedes them."""
    if case.prompt_for is None:
        return question
    reordered = replace(case, prompt=case.prompt_for(case.choices[::-1]))
    pairs = zip(case.text.split("\n"), reordered.text.split("\n"), strict=False)
    before_options = "\n".join(line for line, other in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return before_options[case.text.find(question) :].strip() or question
