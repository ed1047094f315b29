"""The first model that a run asked beside each other one."""

from collections.abc import Iterable, Iterator, Sequence

from itemwise.analysis.pairs import Pair, measurement
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally

__all__ = ["model_pairs"]


def model_pairs(tallies: Iterable[Tally], entries: Sequence[Entry]) -> Iterator[tuple[Tally, Tally, Pair]]:
    """Each measurement of another model with the first model's of the same benchmark, strategy and prompt, and the pair of the two."""
    firsts: dict[tuple[str, ...], Tally] = {}
    for tally in tallies:
        first = firsts.setdefault((tally.benchmark, tally.strategy, tally.prompt_name), tally)
        if first.model_name != tally.model_name:
            sides = [measurement("", "", part, [entry for entry in entries if part.counts_entry(entry)]) for part in (first, tally)]
            yield first, tally, Pair(*sides)
