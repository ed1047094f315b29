"""Coverage: notes to "n of N" on cases known from earlier runs, skipped cases, undecided ones, and cases that ran more than once."""

from collections.abc import Iterator, Sequence

from itemwise.cases.controls import CIRCULAR
from itemwise.cases.reply import Verdict
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Section
from itemwise.results.entry import Entry, Skip
from itemwise.results.ledger import Tally

_NAMED = 5  # cases that a note names


def build(run: RunFacts) -> Iterator[Section]:
    """Notes below the main table, and the figures behind them."""
    lines = [f"{', '.join(tally.key.names)}: {note}" for tally in run.tallies for note in _notes(tally, run.entries, run.skips)]
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
        yield (
            f"the accuracy is the share of {len(tally.items)} cases that are right in every order of their options (CircularEval); "
            f"all else counts their {known} prompts"
        )
    if tally.recalled:
        yield f"{known - tally.recalled} of these {known} cases ran here, {tally.recalled} are known from earlier runs"
    if tally.skipped:
        texts = [f"{skip.case} ({skip.reason})" for skip in skips if skip.key == tally.key]
        yield f"{tally.skipped} of {tally.sample_size} cases were skipped and are not judged: {_listed(texts)}"
    if tally.bounds:
        unclear = [entry for entry in entries if entry.verdict is Verdict.UNDECIDED and tally.counts_entry(entry)]
        texts = [f"{entry.case} ({', '.join(cause.evidence for cause in entry.causes)})" for entry in unclear]
        low, high = tally.bounds
        yield (
            f"{len(unclear)} of {tally.sample_size} cases are undecided and not judged; the accuracy is {low:.1%} if all of them are wrong "
            f"and {high:.1%} if all are right: {_listed(texts)}"
        )
    if repeated := [entry for entry in entries if entry.repeats and tally.counts_entry(entry)]:
        parting = [entry for entry in repeated if {*entry.repeats} != {entry.verdict.value}]
        parted = [f"{entry.case} ({', '.join([*entry.repeats, entry.verdict.value])})" for entry in parting]
        differing = f"; in {len(parted)} the verdicts differ: {_listed(parted)}" if parted else "; the verdicts agree"
        yield f"{len(repeated)} cases ran more than once; each counts once, by its last verdict{differing}"


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more
