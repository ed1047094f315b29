"""Coverage: notes to "n of N" on cases known from earlier runs, skipped cases, undecided ones, and cases that ran more than once."""

from collections.abc import Iterator, Sequence

from itemwise.cases.controls import CIRCULAR
from itemwise.cases.reply import Verdict
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Section
from itemwise.reporting.table import and_more
from itemwise.results.entry import Entry, Skip
from itemwise.results.ledger import Tally

_NAMED = 5  # cases that a note names


def build(run: RunFacts) -> Iterator[Section]:
    """Notes below the main table, and the figures behind them."""
    notes = [(tally, note) for tally in run.tallies for note in _notes(tally, run.entries, run.skips)]
    lines = [phrase("{name}: {text}", name=", ".join(tally.key.names), text=note) for tally, note in notes]
    record = {
        "coverage": [_coverage(tally) for tally in run.tallies],
        "notes": lines,
        "skipped": [_skip(skip) for skip in run.skips],
    }
    yield Section("coverage", notes=[Note(line) for line in lines], record=record)


def _coverage(tally: Tally) -> dict[str, object]:
    """How many of a measurement's cases ran in this command, are known from earlier runs alone, and were skipped."""
    ran = sum(tally.counts.values()) - tally.recalled
    return {**tally.key.record(), "ran": ran, "earlier": tally.recalled, "skipped": tally.skipped, "sample": tally.sample_size}


def _skip(skip: Skip) -> dict[str, object]:
    repeat = {"repeat": skip.repeat} if skip.repeat > 1 else {}
    return {**skip.key.record(), "case": skip.case, **repeat, "node_id": skip.node_id, "reason": skip.reason}


def _notes(tally: Tally, entries: Sequence[Entry], skips: Sequence[Skip]) -> Iterator[str]:
    known = sum(tally.counts.values())
    if tally.benchmark.endswith(CIRCULAR):
        yield phrase(
            "the accuracy is the share of {n} {n:case that is|cases that are} right in every order of their options (CircularEval); "
            "all else counts their {prompts} {prompts:prompt|prompts}",
            n=len(tally.items),
            prompts=known,
        )
    if tally.recalled:
        counts = {"ran": known - tally.recalled, "n": known, "earlier": tally.recalled}
        yield phrase("{ran} of these {n} {n:case|cases} ran here, {earlier} {earlier:is|are} known from earlier runs", **counts)
    if tally.skipped:
        texts = [f"{skip.case} ({skip.reason})" for skip in skips if skip.key == tally.key]
        told = "{n} of {all} {all:case|cases} {n:was skipped and is|were skipped and are} not judged: {cases}"
        yield phrase(told, n=tally.skipped, all=tally.sample_size, cases=_listed(texts))
    if tally.bounds:
        unclear = [entry for entry in entries if entry.verdict is Verdict.UNDECIDED and tally.counts_entry(entry)]
        texts = [phrase("{case} ({why})", case=entry.case, why=joined(cause.told for cause in entry.causes)) for entry in unclear]
        low, high = (end.share for end in tally.bounds)
        yield phrase(
            "{n} of {all} {all:case|cases} {n:is|are} undecided and not judged; the accuracy is {low:.1%} if all of them are wrong "
            "and {high:.1%} if all are right: {cases}",
            n=len(unclear),
            all=tally.sample_size,
            low=low,
            high=high,
            cases=_listed(texts),
        )
    if repeated := [entry for entry in entries if entry.repeats and tally.counts_entry(entry)]:
        parting = [entry for entry in repeated if {*entry.repeats} != {entry.verdict.value}]
        verdicts = [joined(map(phrase, [*entry.repeats, entry.verdict.value])) for entry in parting]
        parted = [phrase("{case} ({verdicts})", case=entry.case, verdicts=told) for entry, told in zip(parting, verdicts, strict=True)]
        agreed = phrase("the verdicts agree")
        differing = phrase("in {n} the verdicts differ: {cases}", n=len(parted), cases=_listed(parted)) if parted else agreed
        told = "{n} {n:case|cases} ran more than once; each counts once, by its last verdict; {differing}"
        yield phrase(told, n=len(repeated), differing=differing)


def _listed(texts: Sequence[str]) -> str:
    return and_more(joined(texts[:_NAMED]), len(texts) - _NAMED)
