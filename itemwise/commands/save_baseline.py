"""``python -m itemwise baseline save``: a run as one small file, to be committed and held against later runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from itemwise.analysis.likelihood_results import gold_score
from itemwise.cases.text_score import text_score
from itemwise.commands import CommandError
from itemwise.gates.threshold import coverage_text
from itemwise.language import phrase
from itemwise.results.baseline_file import baseline_text
from itemwise.results.run_folder import RunFolder, read_run
from itemwise.results.safe_text import printable

__all__ = ["save_baseline"]


def save_baseline(name: str, to: str) -> None:
    """Write the baseline that a run is into the file `to`, in the place of an earlier one, and say what to know of it.

    Raises CommandError where the run is not whole, as no gate could be decided by it, or the file cannot be written.
    """
    run = read_run(name)
    _require_whole(run)
    scored = replace(run, entries=[replace(entry, gold=gold_score(entry)) for entry in run.entries])
    file = Path(to)
    try:
        file.write_bytes(baseline_text(scored).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CommandError(f"--to {to} cannot be written: {error}") from None
    cases = phrase("{n} {n:case|cases}", n=len(run.entries))
    for line in [f"written: {file}, {cases}, {file.stat().st_size:,} bytes", *_to_know(run)]:
        print(printable(line))


def _require_whole(run: RunFolder) -> None:
    if not run.tallies:
        raise CommandError(f"{run.name} holds no case, so it can be no baseline.")
    if tally := next((tally for tally in run.tallies if not tally.complete), None):
        raise CommandError(f"{run.name}, {tally.name}: {coverage_text(tally)}; a baseline has them all: complete the run first.")


def _to_know(run: RunFolder) -> Iterator[str]:
    """What a reader of the file should know: the suite's state, and what of the run is not in it."""
    suite = run.record.get("environment", {}).get("suite")
    tree = suite.get("tree", "clean") if isinstance(suite, dict) else "not in a repository"
    if tree != "clean":
        yield f"the suite's files when it ran: {tree}, so its commit does not tell what ran"
    if texts := sum(text_score(entry.scored_notes()) is not None for entry in run.entries):
        were = "text was" if texts == 1 else "texts were"
        yield f"left out: how likely {texts} {were}, which only a comparison with the run's folder tells"
