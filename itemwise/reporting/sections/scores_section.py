"""Scores beside the verdicts: the mean of each with its interval, and how models of a run differ in it. None where no test records any."""

from collections.abc import Iterator

from itemwise.analysis.score_change import score_changes_in_run
from itemwise.analysis.score_results import ScoreResult, score_results
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import (
    Column,
    Note,
    Row,
    Section,
    change_note,
    change_record,
    figures,
    key_cells,
    key_columns,
    words,
)
from itemwise.reporting.table import accuracy_text, count_of
from itemwise.results.labels import Key

_NAMED = 3  # cases named that have no score


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally and score."""
    results = score_results(run.tallies, run.entries)
    if results:
        changes = score_changes_in_run(run.tallies, run.entries)
        figured = (*words("score"), Column("mean", "leading"), Column("95% interval", "interval"), *figures("cases"))
        yield Section(
            "scores",
            "Scores",
            (*key_columns(run.tallies), *figured),
            [_row(result, run) for result in results],
            notes=[*map(_unscored, filter(_is_partial, results)), *(change_note(*change) for change in changes)],
            record={"scores": [_record(result) for result in results], "score_changes": [change_record(*change) for change in changes]},
            properties=_properties(results),
        )


def _row(result: ScoreResult, run: RunFacts) -> Row:
    cells = (*key_cells(result.tally, run.tallies), result.name, *accuracy_text(result), count_of(result.cases, result.tally.sample_size))
    return Row(cells, result)


def _is_partial(result: ScoreResult) -> bool:
    return bool(result.unscored)


def _unscored(result: ScoreResult) -> Note:
    return Note(
        phrase(
            "{name}: {n} judged {n:case has|cases have} no {score} ({cases}), so its mean is of the others; "
            "record it before the test's assert",
            name=", ".join(result.tally.key.names),
            n=len(result.unscored),
            score=result.name,
            cases=", ".join(result.unscored[:_NAMED]) + (", ..." if len(result.unscored) > _NAMED else ""),
        )
    )


def _record(result: ScoreResult) -> dict[str, object]:
    return {**result.tally.key.record(), "score": result.name, **result.record()}


def _properties(results: list[ScoreResult]) -> dict[Key, dict[str, str]]:
    found: dict[Key, dict[str, str]] = {}
    for result in results:
        low, high = result.interval
        told = {"": f"{result.share:.6f}", "_low": f"{low:.6f}", "_high": f"{high:.6f}", "_n": str(result.cases)}
        found.setdefault(result.tally.key, {}).update({f"{result.name}{end}": value for end, value in told.items()})
    return found
