"""``verdicts.json``: what the history of runs asks of a run's cases, in columns, so that it need not read the replies."""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry, answers
from itemwise.results.labels import Key, split_node_id
from itemwise.results.score import scores_from_record, scores_record

__all__ = ["VERDICTS", "kept_verdicts", "verdicts_text"]

VERDICTS = "verdicts.json"
FORMAT = "itemwise verdicts 1"
_MADE_OF = ("run.json", "results.jsonl")  # where one of them is another now, the file says nothing
_BLOCK = 1 << 20  # bytes of a file that are in memory at once
_COLUMNS: Mapping[str, Any] = {
    "measurement": 0, "case": "", "expected": "", "verdict": "", "repeat": 1, "earlier": False, "tags": {}, "scores": {},
}  # fmt: skip  # with what is not written where all cases have it


def verdicts_text(entries: Sequence[Entry], folder: Path) -> str:
    """The file of a run's `entries`, whose run.json and results.jsonl are in `folder`. Raises OSError where these cannot be read."""
    firsts: dict[Key, Entry] = {}
    for entry in entries:
        firsts.setdefault(entry.key, entry)
    measurements = [key.record() | {"test": split_node_id(first.node_id)[0]} | first.answered_record() for key, first in firsts.items()]
    numbers = {key: number for number, key in enumerate(firsts)}
    columns: dict[str, list[Any]] = {
        "measurement": [numbers[entry.key] for entry in entries],
        "verdict": [entry.verdict.value for entry in entries],
        "tags": [dict(entry.tags) for entry in entries],
        "scores": [scores_record(entry.scores) for entry in entries],
        **{name: [getattr(entry, name) for entry in entries] for name in ("case", "expected", "repeat", "earlier")},
    }
    written = {name: column for name, column in columns.items() if name == "case" or any(value != _COLUMNS[name] for value in column)}
    return json.dumps({"format": FORMAT, "of": _hash(folder), "measurements": measurements, "columns": written}) + "\n"


def kept_verdicts(folder: Path, known: Callable[[Key], Mapping[str, Any]]) -> list[Entry] | None:
    """The entries of the run in `folder` as far as the file has them, with what is `known` of the measurement of each; None where there
    is no such file, where it is damaged, and where run.json or results.jsonl is another than it was made of."""
    try:
        record = json.loads((folder / VERDICTS).read_bytes())
        return _entries(record, known) if record["format"] == FORMAT and record["of"] == _hash(folder) else None
    except (OSError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        return None


def _entries(record: Mapping[str, Any], known: Callable[[Key], Mapping[str, Any]]) -> list[Entry]:
    """Raises an error of the kinds that `kept_verdicts` knows where the record is none that `verdicts_text` makes."""
    measurements = [_measurement(part, known) for part in record["measurements"]]
    columns, cases = record["columns"], len(record["columns"]["case"])
    values = [columns.get(name, [empty] * cases) for name, empty in _COLUMNS.items()]
    for (name, empty), column in zip(_COLUMNS.items(), values, strict=True):
        if not {*map(type, column)} <= {type(empty)}:
            raise TypeError(name)
    return [
        Entry(
            position=(number,), case=case, expected=expected, verdict=Verdict(verdict), repeat=repeat, earlier=earlier, tags=tags,
            scores=scores_from_record(scores), **measurements[measurement],
        )
        for number, (measurement, case, expected, verdict, repeat, earlier, tags, scores) in enumerate(zip(*values, strict=True), start=1)
    ]  # fmt: skip


def _measurement(part: Mapping[str, Any], known: Callable[[Key], Mapping[str, Any]]) -> dict[str, Any]:
    key = Key(part["benchmark"], part["model"], part["strategy"], part.get("prompt", ""))
    names = {"benchmark": key.benchmark, "model_name": key.model, "strategy": key.strategy, "prompt_name": key.prompt}
    answered = {"is_answered": part.get("is_answered", answers(key.strategy))}
    return {**known(key), **names, **answered, "node_id": part["test"]}


def _hash(folder: Path) -> str:
    """The SHA-256 of the files that it is made of."""
    seen = sha256()
    for name in _MADE_OF:
        with open(folder / name, "rb") as file:
            while block := file.read(_BLOCK):
                seen.update(block)
    return seen.hexdigest()
