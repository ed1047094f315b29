"""Provenance of a measurement: every recorded setting, sorted into the model, the harness around it, and the machine beneath."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from itemwise.results.labels import rows_of
from itemwise.results.ledger import Tally

__all__ = ["OF_THE_JOB", "Part", "Provenance", "differing", "provenance_of"]

OF_THE_JOB = ("batch size", "batching")  # of how a model is asked: the job's own, by which no measurement is another

_MACHINE = ("device", "threads", "compute", "replicas", "tokens")  # of a model's record; all else there is the model's own
_ASKED = (
    "prompting",
    "stops",
    "turn end",
    "thinking",
    "max thinking tokens",
    "system",
    "decoding",
    "batching",
    "max new tokens",
    "pictures",
    "min pixels",
    "max pixels",
)
_ROWS = {"cases": "hash of the sample", "reader": "extractor"}  # ids, prompts and expected answers


class Part(Enum):
    """What a setting belongs to: what answers, how it is asked and read, or the software and the machine it runs on."""

    MODEL = "model"
    HARNESS = "harness"
    MACHINE = "software and machine"


Provenance = Mapping[Part, Mapping[str, str]]


def provenance_of(record: Mapping[str, Any], tally: Tally) -> Provenance:
    """All that run.json, `record`, holds of how `tally` was measured, by part and by the setting's name.

    What is not recorded is left out; a part that is not an object counts as not recorded.
    """
    settings, model, environment = _object(record, "settings"), _object(record, "models", tally.model_name), _object(record, "environment")
    own, rows = dict(_flat(model)), rows_of(tally.key, _object(record, "rows"))
    own.pop("model", None)  # the name again
    versions = dict(part.partition(" ")[::2] for part in own.pop("versions", "").split(", ") if part)
    asked = {
        "strategy": tally.strategy,
        **dict(_flat(_object(settings, "strategies", tally.strategy), "strategy ")),
        **dict(_flat({name.replace("_", " "): settings[name] for name in ("seed", "batch_size") if name in settings})),
        **{_ROWS.get(name, name): value for name, value in _flat(rows if isinstance(rows, dict) else {})},
        **{name: own.pop(name) for name in _ASKED if name in own},
    }
    machine = {
        **{name: own.pop(name) for name in _MACHINE if name in own},
        **dict(_flat({name: settings[name] for name in ("engine",) if name in settings})),
        **versions,
        **dict(_around(environment)),
    }
    return {Part.MODEL: {"name": tally.model_name, **own}, Part.HARNESS: asked, Part.MACHINE: machine}


def differing(first: Provenance, second: Provenance) -> dict[Part, list[str]]:
    """The settings that are not the same in both, by part; a part that is the same is left out."""
    different = {}
    for part in Part:
        left, right = first.get(part, {}), second.get(part, {})
        if names := [name for name in dict.fromkeys([*left, *right]) if left.get(name) != right.get(name)]:
            different[part] = names
    return different


def _around(environment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The environment without levels: libraries and hardware by their own names, the suite's commit as ``suite commit``."""
    for name, value in environment.items():
        if isinstance(value, dict):
            yield from _flat(value, "" if name in ("libraries", "hardware") else f"{name} ")
        else:
            yield from _flat({name: value})


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None:
            yield f"{before}{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _object(record: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        value = record.get(name)
        if not isinstance(value, dict):
            return {}
        record = value
    return record
