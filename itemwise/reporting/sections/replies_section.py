"""Replies generated, from the store and from files, and tokens per second."""

from collections.abc import Iterator

from itemwise.cases.duration import duration_text
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Section


def build(run: RunFacts) -> Iterator[Section]:
    """One line; in a terminal it tells the speed too."""
    generated = sum(tally.generated for tally in run.tallies)
    given = sum(tally.given for tally in run.tallies)
    recalled = sum(entry.cost is not None for entry in run.entries) - generated - given
    seconds, tokens = sum(tally.seconds for tally in run.tallies), sum(tally.generated_tokens for tally in run.tallies)
    speed = f" ({tokens} tokens in {duration_text(seconds)}, {tokens / seconds:.0f} tokens/s)" if seconds else ""
    others = f"{recalled} from the store" + (f", {given} made elsewhere" if given else "")
    brief = [f"{generated} replies generated{speed}, {others}"]
    yield Section("replies", notes=[Note(f"{generated} replies generated, {others}")], brief=brief)
