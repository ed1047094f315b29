"""Thought and answer told apart: how many tokens each took, thoughts that a budget closed, and thoughts that nobody asked for."""

from collections.abc import Iterator, Sequence
from statistics import median

from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Row, Section, figures, key_cells, key_columns
from itemwise.reporting.table import short_names
from itemwise.results.entry import Entry, ReplyCost
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally

_TITLES = ("thoughts", "their tokens", "of each (median)", "tokens of answers", "closed by the budget")


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally with a thought whose tokens are counted, and a note where they are not, or thinking was off."""
    names = short_names(run.tallies)
    by_key: dict[Key, list[Entry]] = {tally.key: [] for tally in run.tallies}
    for entry in run.entries:
        if entry.cost:
            by_key[entry.key].append(entry)
    rows = [row for tally in run.tallies if (row := _row(tally, run.tallies, [entry.cost for entry in by_key[tally.key] if entry.cost]))]
    notes = [Note(text, names[key]) for key, entries in by_key.items() for text in _notes(entries)]
    columns = (*key_columns(run.tallies), *figures(*_TITLES)) if rows else ()
    yield Section("thinking", "Thought and answer" if rows or notes else "", columns, rows, notes=notes)


def _row(tally: Tally, tallies: Sequence[Tally], costs: Sequence[ReplyCost]) -> Row | None:
    """Replies with a thought of unknown length are left out whole."""
    known = [(cost, cost.thinking_tokens) for cost in costs if cost.thinking_tokens is not None]
    thoughts = [tokens for _, tokens in known if tokens]
    if not thoughts:
        return None
    answers = sum(cost.completion_tokens - tokens for cost, tokens in known)
    cut = sum(cost.thinking_cut for cost in costs)
    return Row((*key_cells(tally, tallies), *map(str, (len(thoughts), sum(thoughts), f"{median(thoughts):g}", answers, cut))))


def _notes(entries: Sequence[Entry]) -> Iterator[str]:
    costs = [entry.cost for entry in entries if entry.cost]
    if unknown := sum(cost.thinking_tokens is None for cost in costs):
        told = "{n} of {all} {all:reply|replies} {n:holds|hold} a thought whose tokens nobody counted; they are among those of the answers"
        yield phrase(told, n=unknown, all=len(costs))
    greedy = [entry for entry in entries if entry.cost and entry.cost.thinking_tokens != 0 and _is_greedy(entry)]
    if greedy:
        yield phrase(
            "{n} of {all} {all:reply|replies} {n:holds|hold} a thought of a model that decodes greedily unless its strategy samples, in "
            "which thinking models may repeat themselves until the limit; --decoding model samples as its makers set it",
            n=len(greedy),
            all=len(costs),
        )
    told_off = [entry.cost for entry in entries if entry.cost and entry.model.get("thinking", "").startswith("off")]
    if thinking := sum(cost.thinking_tokens != 0 for cost in told_off):
        yield phrase(
            "thinking is off, and {n} of {all} {all:reply|replies} {n:holds|hold} a thought nonetheless", n=thinking, all=len(told_off)
        )


def _is_greedy(entry: Entry) -> bool:
    """Whether the model decodes greedily where its strategy does not sample."""
    return entry.model.get("decoding", "").startswith("greedy")
