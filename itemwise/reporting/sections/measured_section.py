"""Provenance: each model with all that identifies it, and the source of each benchmark's rows, pinned or not."""

from collections.abc import Iterator, Mapping

from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Section
from itemwise.results.labels import rows_of
from itemwise.results.ledger import Tally

# what a terminal shows of a model
_BRIEF = ("revision", "quantisation", "dtype", "linear layers", "device", "threads", "prompting", "decoding")
_KEYS = {"reader": "extractor"}  # what keys of a record are called now
_HASH = 16  # characters of a file's hash in a terminal


def build(run: RunFacts) -> Iterator[Section]:
    """A note for each model and each benchmark's rows; on the page settings and environment too. Below it a line for each benchmark
    that read a hub dataset without a pinned commit."""
    models = {name: {key: value for key, value in model.items() if key != "model"} for name, model in run.measured.items()}
    yield Section(
        "measured",
        "What was measured",
        notes=[Note(_listed(values), name) for name, values in [*models.items(), *run.rows.items()]],
        brief=[*map(_brief_model, run.measured, run.measured.values()), *map(_brief_rows, run.rows, run.rows.values())],
        properties={tally.key: _properties(run, tally) for tally in run.tallies},
        page=OnPage(
            layout="json",
            data={"models": run.measured, "rows": run.rows, "settings": run.settings, "environment": run.environment},
        ),
    )
    pins = [
        phrase(
            '{name}: {hub} is not pinned and may change; revision="<commit>" in the benchmark\'s Hub(...) pins it (read: {read})',
            name=label,
            hub=read["unpinned"],
            read=read["hub"],
        )
        for label, read in run.rows.items()
        if "unpinned" in read
    ]
    yield Section("pins", notes=[Note(line) for line in pins])


def _listed(values: Mapping[str, str]) -> str:
    return joined(phrase("{name} {value}", name=phrase(_KEYS.get(key, key)), value=value) for key, value in values.items())


def _brief_model(name: str, model: Mapping[str, str]) -> str:
    if "replies" in model:
        given = {"replies": model["replies"], "maker": model["made by"], "settings": model["settings"]}
        return phrase("{name}: {replies}, made by {maker}, settings {settings}", name=name, **given)
    told = [model[key] for key in _BRIEF if key in model]
    told += [phrase("thinking {choice}", choice=model["thinking"])] if "thinking" in model else []
    told += [phrase("max {n} thinking {n:token|tokens}", n=model["max thinking tokens"])] if "max thinking tokens" in model else []
    told += [phrase("max {n} new {n:token|tokens}", n=model.get("max new tokens", "?"))]
    return phrase("{name}: {text}", name=name, text=joined(told))


def _brief_rows(label: str, rows: Mapping[str, str]) -> str:
    listed = _listed({key: value[:_HASH] if key == "sha256" else value for key, value in rows.items()})
    return phrase("{name}: {text}", name=label, text=listed)


def _properties(run: RunFacts, tally: Tally) -> dict[str, str]:
    strategy: Mapping[str, object] = run.settings.get("strategies", {}).get(tally.strategy, {})
    return {
        **{f"strategy.{name}": str(value) for name, value in strategy.items()},
        **{f"model.{key.replace(' ', '_')}": value for key, value in run.measured.get(tally.model_name, {}).items()},
        **{f"rows.{key}": value for key, value in (rows_of(tally.key, run.rows) or {}).items()},
    }
