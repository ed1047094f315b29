"""Ablation ladder: what each prompt and strategy, and reading less strictly, adds to the one before it on the same cases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from itemwise.analysis.extractor_comparison import asks_for_json, extract_from
from itemwise.analysis.like_with_like import LOADED, WEIGHTS, WORDINGS
from itemwise.analysis.named_extractors import STRICT_JSON
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.language import joined, phrase
from itemwise.results.entry import Entry
from itemwise.results.judge import AssertOutcome, verdict_of
from itemwise.results.ledger import Tally, tallied
from itemwise.results.statistics import SIGNIFICANT, holm
from itemwise.strategies import begins_plainly, gain_of

__all__ = ["Ladder", "Rung", "ladders"]

STRICTLY = f"direct, {STRICT_JSON.name}"  # the first rung: the same replies as direct's, read strictly


@dataclass(frozen=True)
class Rung:
    """One line of a ladder: a way of asking or reading with its accuracy, and what it adds to the rung `against`, which
    is None for the first. `gain` names what differs between the two; `holm_p` is corrected for all rungs of the ladder.
    `since_first` pairs it with the first way the same model was asked, where that is not the rung before."""

    name: str
    tally: Tally
    against: str | None = None
    gain: str = ""
    pair: Pair | None = None
    holm_p: float | None = None
    since_first: Pair | None = None

    @property
    def finding(self) -> str:
        """In words: whether the rung helps, hurts, or no difference is shown."""
        if self.pair is None or self.holm_p is None:
            return ""
        if self.holm_p >= SIGNIFICANT:
            return phrase("no difference shown")
        return phrase("helps" if self.pair.is_better else "hurts")


@dataclass(frozen=True)
class Ladder:
    """The rungs of one benchmark, from the first way it was asked or read to the last."""

    benchmark: str
    rungs: Sequence[Rung]


def ladders(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[Ladder]:
    """A ladder for each benchmark that was asked in more than one way, in the order in which it was asked; a way without a verdict on the
    model is no rung.

    Every rung is paired with the one before it on the cases that both judged (exact McNemar); the first of a further prompt, or of
    a further model, is paired with the same strategy of the prompt or model before. Where a plain asking for JSON is among the rungs of
    a model's first prompt, a rung below it reads the very same replies as strict JSON compared as text.
    """
    results = []
    for benchmark in dict.fromkeys(tally.benchmark for tally in tallies):
        of_benchmark = [tally for tally in tallies if tally.benchmark == benchmark and tally.judged]
        if len(of_benchmark) > 1:
            first = {tally.model_name: tally.prompt_name for tally in reversed(of_benchmark)}
            steps = [step for tally in of_benchmark for step in _steps(tally, entries, first[tally.model_name])]
            results.append(Ladder(benchmark, _rungs(steps)))
    return results


def _steps(tally: Tally, entries: Sequence[Entry], first_prompt: str) -> Iterator[Measurement]:
    """What the rungs of a tally are made of, labelled with the strategy."""
    counted = [entry for entry in entries if tally.counts_entry(entry)]
    if tally.strategy == "direct" and tally.prompt_name == first_prompt and _is_json_asked(counted):
        strict = [_strictly(entry) for entry in counted]
        yield measurement(STRICTLY, "", tallied(strict)[0], strict)
    yield measurement(tally.strategy, "", tally, counted)


def _is_json_asked(entries: Sequence[Entry]) -> bool:
    """Whether the prompts ask for JSON, and the run itself did not read strictly."""
    return asks_for_json(entries) and all(entry.rows.get("reader") != STRICT_JSON.name and not entry.is_given for entry in entries)


def _strictly(entry: Entry) -> Entry:
    """The entry as the strict extractor would have judged it."""
    reply = entry.texts().reply
    if not entry.verdict.is_judged or reply is None:
        return replace(entry, strategy=STRICTLY)
    read = extract_from(STRICT_JSON.extract, reply)
    outcome = AssertOutcome.HELD if read.answer == entry.expected else AssertOutcome.FAILED
    verdict = verdict_of(outcome, reply, read.answer)
    return replace(entry, strategy=STRICTLY, verdict=verdict, answer=read.answer, causes=())


def _rungs(steps: Sequence[Measurement]) -> list[Rung]:
    several = len({step.tally.model_name for step in steps}) > 1
    rungs: list[Rung] = []
    for index, step in enumerate(steps):
        before = _before(steps, index)
        name = _name(step, several)
        if before is None:
            rungs.append(Rung(name, step.tally))
        else:
            against = _name(before, several)
            same_model = (other for other in steps[:index] if other.tally.model_name == step.tally.model_name)
            first = next((other for other in same_model if other.label != STRICTLY), None)  # the first way that it was asked
            since = _pair(first, step) if first and first is not before else None
            rungs.append(Rung(name, step.tally, against, _gain(before, step), _pair(before, step), since_first=since))
    corrected = iter(holm([rung.pair.p for rung in rungs if rung.pair]))
    return [replace(rung, holm_p=next(corrected)) if rung.pair else rung for rung in rungs]


def _name(step: Measurement, several_models: bool) -> str:
    return ", ".join(filter(None, (step.tally.model_name * several_models, step.tally.prompt_name, step.label)))


def _before(steps: Sequence[Measurement], index: int) -> Measurement | None:
    """The rung that a step is paired with: of a further model the same prompt and strategy, of a further prompt the same strategy,
    of what went before; where there is none, and for a further strategy, the one before it."""
    if index == 0:
        return None
    step, before = steps[index], steps[index - 1]
    if (before.tally.model_name, before.tally.prompt_name) == (step.tally.model_name, step.tally.prompt_name):
        return before
    same = [other for other in steps[:index] if other.label == step.label]
    if before.tally.model_name != step.tally.model_name:
        same = [other for other in same if other.tally.prompt_name == step.tally.prompt_name] or same
    else:
        same = _alike(same, step, "prompt") or _alike(same, step, "shots") or same
    return same[-1] if same else before


def _differ(before: Measurement, step: Measurement, names: Mapping[str, str | None]) -> bool:
    return any(before.rows.get(name, none) != step.rows.get(name, none) for name, none in names.items())


def _alike(steps: Sequence[Measurement], step: Measurement, name: str) -> list[Measurement]:
    return [other for other in steps if other.rows.get(name) == step.rows.get(name) and other.tally.model_name == step.tally.model_name]


def _gain(before: Measurement, step: Measurement) -> str:
    """What differs: a rung does not stand on the one before, so what that one gained may be missing from it."""
    parts = _differing(before.model, step.model)
    parts += [words for words, names in WORDINGS.items() if _differ(before, step, names)]
    if parts or before.tally.model_name != step.tally.model_name:
        parts = parts or ["the model"]
        return joined([*map(phrase, parts), *([step.label] if before.label != step.label else [])], " and ")
    if before.label == STRICTLY:
        return phrase("reading")
    gain, gain_before = phrase(gain_of(step.label)), phrase(gain_of(before.label))
    if gain == gain_before:
        return phrase("{gain} instead of {other}", gain=step.label, other=before.label)  # one strategy under other settings
    return gain if begins_plainly(before.label) else phrase("{gain} instead of {other}", gain=gain, other=gain_before)


def _differing(before: Mapping[str, str], step: Mapping[str, str]) -> list[str]:
    """What of two models differs: where weights and template are the same, how they are loaded."""
    if not all(before.get(name) == step.get(name) for name in WEIGHTS):
        return ["the model"]
    return [words for name, words in LOADED.items() if before.get(name) != step.get(name)]


def _pair(before: Measurement, step: Measurement) -> Pair:
    both = before.entries.keys() & step.entries.keys()
    sides = (replace(side, entries={case: entry for case, entry in side.entries.items() if case in both}) for side in (before, step))
    return Pair(*sides)
