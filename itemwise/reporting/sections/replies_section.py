"""Replies generated, from the store and from files, and tokens per second."""

from collections.abc import Iterator

from itemwise.cases.duration import duration_text
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Section


def build(run: RunFacts) -> Iterator[Section]:
    """One line; in a terminal it tells the speed too."""
    generated = sum(tally.generated for tally in run.tallies)
    given = sum(tally.given for tally in run.tallies)
    recalled = sum(entry.cost is not None for entry in run.entries) - generated - given
    seconds, tokens = sum(tally.seconds for tally in run.tallies), sum(tally.generated_tokens for tally in run.tallies)
    made = phrase("{n} {n:reply|replies} generated", n=generated)
    others = [phrase("{n} from the store", n=recalled), *([phrase("{n} made elsewhere", n=given)] if given else [])]
    figures = {"tokens": tokens, "time": duration_text(seconds), "speed": tokens / seconds if seconds else 0.0}
    fast = phrase("{text} ({tokens} {tokens:token|tokens} in {time}, {speed:.0f} tokens/s)", text=made, **figures) if seconds else made
    yield Section("replies", notes=[Note(joined([made, *others]))], brief=[joined([fast, *others])])
