"""Against the baseline: each measurement beside its like, the difference with its interval, what else differs, and the baseline's age."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from itemwise.analysis.pairs import Pair
from itemwise.analysis.provenance import OF_THE_JOB, Part, differing, provenance_of
from itemwise.cases.duration import duration_text
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.comparison_sections import change_lines
from itemwise.reporting.sections.section import Note, OnPage, Row, Section, figures, key_cells, key_columns, words
from itemwise.reporting.table import accuracy_text, and_more, interval_text, points_text
from itemwise.results.run_folder import RunFolder

__all__ = ["build", "outcome"]

_FIGURES = ("before", "now", "difference", "95% interval", "gained", "lost", "p")
_NAMED = 8  # settings that a line names
_UNTOLD = (*OF_THE_JOB, "executable", "suite commit", "suite tree")  # settings: the line on the baseline's origin tells the last two
_SHORT = 60  # characters of a setting's value


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each pair that can be compared; what else differs between its sides; and from when and what the baseline is."""
    if run.baseline is None:
        return
    pairs = run.against_baseline
    tallies = [pair.second.tally for pair in pairs]
    origin = _origin(run, run.baseline)
    yield Section(
        "baseline",
        "Against the baseline",
        [*key_columns(tallies), *words("shown"), *figures(*_FIGURES)],
        [Row((*key_cells(pair.second.tally, tallies), outcome(pair), *_figures(pair))) for pair in pairs],
        notes=[Note(line) for line in [*_notes(run, run.baseline, pairs), origin]],
        brief=[origin],
        record={"against_baseline": [{**pair.second.tally.key.record(), **pair.record(), "interval": pair.interval} for pair in pairs]},
        page=OnPage("above"),
    )


def outcome(pair: Pair) -> str:
    """What a pair shows, by the test that the gate decides by."""
    return phrase("no difference shown" if not pair.is_shown else "worse" if pair.is_worse else "better")


def _figures(pair: Pair) -> tuple[str, ...]:
    before, now = (accuracy_text(side.accuracy)[0] for side in (pair.first, pair.second))
    return before, now, points_text(pair.change), interval_text(pair.interval), str(len(pair.gained)), str(len(pair.lost)), f"{pair.p:.3g}"


def _notes(run: RunFacts, baseline: RunFolder, pairs: Sequence[Pair]) -> Iterator[str]:
    told = {"settings": run.settings, "models": run.measured, "rows": run.rows, "environment": run.environment}
    for pair in pairs:
        name = ", ".join(pair.second.tally.key.names)
        yield from (phrase("{name}: {text}", name=name, text=line) for line in change_lines(pair))
        before, now = provenance_of(baseline.record, pair.first.tally), provenance_of(told, pair.second.tally)
        for part, names in differing(before, now).items():
            recorded = [setting for setting in names if part is not Part.MACHINE or {setting} <= before[part].keys() & now[part].keys()]
            left = [setting for setting in recorded if setting not in _UNTOLD]
            values = [_changed(setting, before[part].get(setting), now[part].get(setting)) for setting in left[:_NAMED]]
            if left:
                listed = and_more(joined(values), len(left) - _NAMED)
                yield phrase("{name}: {what}: {values}", name=name, what=phrase(_SAID[part]), values=listed)


_SAID = {
    Part.MODEL: "the model differs",
    Part.HARNESS: "asked otherwise, so that a difference is not the model's alone",
    Part.MACHINE: "other software or machine",
}


def _changed(setting: str, before: str | None, now: str | None) -> str:
    return phrase("{setting} {before}, now {now}", setting=setting, before=_value(before), now=_value(now))


def _value(value: str | None) -> str:
    if value is None:
        return phrase("not told")
    return value if len(value) <= _SHORT else f"{value[:_SHORT]}..."


def _origin(run: RunFacts, baseline: RunFolder) -> str:
    """Which run the baseline is, how old, and of which commit."""
    started = str(baseline.record.get("started", ""))
    age = _age(started, run.started)
    told = [phrase("baseline {name}: run of {day}", name=baseline.name, day=started[:10] or phrase("an unknown day"))]
    told += [age] if age else []
    told += [phrase("commit {before}, now {now}", before=_commit(baseline.record.get("environment")), now=_commit(run.environment))]
    return joined(told)


def _age(before: str, now: str) -> str:
    try:
        age = datetime.fromisoformat(now) - datetime.fromisoformat(before)
    except (TypeError, ValueError):
        return ""
    if age < timedelta():
        return phrase("later than this one")
    if age.days > 1:
        return phrase("{n} days before this one", n=age.days)
    return phrase("{time} before this one", time=duration_text(age.total_seconds()))


def _commit(environment: Any) -> str:
    suite = environment.get("suite") if isinstance(environment, Mapping) else None
    if not isinstance(suite, Mapping) or "commit" not in suite:
        return phrase("unknown")
    tree = str(suite.get("tree", "clean"))
    return f"{str(suite['commit'])[:10]}{'' if tree == 'clean' else f' ({tree})'}"
