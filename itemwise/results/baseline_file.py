"""A baseline as one small file for a repository: the verdicts, clusters, scores, gold log-likelihoods and settings of a run,
without its replies."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from itemwise.cases.option_scores import GoldScore
from itemwise.results.entry import Entry
from itemwise.results.labels import Key, natural_order, rows_of
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import LATEST, REPORTS, RunFolder, RunFolderError, read_object, read_run, shown_from_here
from itemwise.results.score import scores_record

__all__ = ["BASELINE", "baseline_text", "is_baseline_file", "read_verdicts"]

BASELINE = "itemwise-baseline.json"  # what it is called where nobody says otherwise
FORMAT = "itemwise baseline 1"
_KEPT = ("started", "command", "settings", "models", "rows", "environment")  # of run.json
_OF_THE_MACHINE = {"settings": ("baseline", "gates", "shard"), "environment": ("executable",)}  # and what of these is not kept
_COLUMNS = ("case", "expected", "verdict", "repeat", "cluster", "gold", "scores")


def baseline_text(run: RunFolder) -> str:
    """The file of `run`: JSON with a line for each case, in an order that no run changes, so that two of them can be told apart by git.

    An entry's `cluster`, `gold` and `scores` are written where it has any; repeats only where items were asked several times.
    """
    head = {"format": FORMAT, "run": Path(run.name).name, **{name: _kept(name, run.record[name]) for name in _KEPT if name in run.record}}
    parts = [_measurement(run, tally) for tally in sorted(run.tallies, key=lambda tally: tally.key)]
    opened = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{opened},\n "measurements": [\n' + ",\n".join(parts) + "\n ]\n}\n"


def read_verdicts(text: str, reports: Path = REPORTS) -> RunFolder:
    """The run that `text` names, as `read_run` takes it, or the baseline in the file of that name, whose cases have no replies.

    Raises RunFolderError for one that is missing, damaged, or of a format that this version does not read.
    """
    if is_baseline_file(Path(text)):
        return _read(Path(text))
    if text.endswith(".json") and not Path(text).exists():
        raise RunFolderError(f"no file {text!r}; python -m itemwise baseline save RUN --to FILE makes one of a run.")
    return read_run(text, reports)


def is_baseline_file(path: Path) -> bool:
    """Whether a file is there, which is not the ``latest`` of a system without symbolic links."""
    return path.is_file() and path.name != LATEST


def _kept(name: str, value: Any) -> Any:
    dropped = _OF_THE_MACHINE.get(name, ())
    return {key: each for key, each in value.items() if key not in dropped} if isinstance(value, dict) else value


def _measurement(run: RunFolder, tally: Tally) -> str:
    entries = sorted(run.entries_of(tally), key=lambda entry: natural_order(entry.case))
    rows = [_row(entry) for entry in entries]
    columns = [name for name in _COLUMNS if any(row[name] is not None for row in rows)]
    forms = list(dict.fromkeys(entry.gold.form for entry in entries if entry.gold))
    told = {
        "sample": tally.sample_size,
        "test": tally.function,
        **({"scored": forms} if forms else {}),
        **entries[0].answered_record(),
        "columns": columns,
    }
    lines = ",\n".join(f"   {json.dumps([row[name] for name in columns], ensure_ascii=False)}" for row in rows)
    opened = json.dumps(tally.key.record() | told, ensure_ascii=False).removesuffix("}")
    return f'  {opened}, "cases": [\n{lines}\n  ]}}'


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "case": entry.case,
        "expected": entry.expected,
        "verdict": entry.verdict.value,
        "repeat": entry.repeat if entry.repeat > 1 else None,
        "cluster": entry.tags.get(entry.rows.get("cluster", "")),
        "gold": entry.gold.logprob if entry.gold else None,
        "scores": scores_record(entry.scores) or None,
    }


def _read(file: Path) -> RunFolder:
    record = read_object(file)
    if (form := record.get("format")) != FORMAT:
        if isinstance(form, str) and form.startswith(FORMAT.rstrip("0123456789")):
            raise RunFolderError(f"{file} is of the format {form!r}, and this version reads {FORMAT!r}: save the baseline anew.")
        advice = "give a run's folder, or save one: python -m itemwise baseline save RUN --to FILE."
        raise RunFolderError(f"{file} is no saved baseline; {advice}")
    try:
        models, rows = dict(record["models"]), dict(record["rows"])
        entries = [entry for part in record["measurements"] for entry in _entries(part, models, rows)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RunFolderError(f"{file} is not as it was saved ({type(error).__name__}: {error}); save the baseline anew.") from None
    told = {name: value for name, value in record.items() if name != "measurements"}
    return RunFolder(shown_from_here(file.resolve()), told, entries, has_replies=False)


def _entries(part: Mapping[str, Any], models: Mapping[str, Any], rows: Mapping[str, Any]) -> Iterator[Entry]:
    key = Key(part["benchmark"], part["model"], part["strategy"], part.get("prompt", ""))
    names = {"benchmark": key.benchmark, "model_name": key.model, "strategy": key.strategy, "prompt_name": key.prompt}
    known = {**names, "sample_size": int(part["sample"]), "model": models.get(key.model, {}), "rows": rows_of(key, rows) or {}}
    known |= {name: part[name] for name in ("is_answered",) if name in part}
    form = next(iter(part.get("scored", ())), "")
    for number, cells in enumerate(part["cases"]):
        row = dict(zip(part["columns"], cells, strict=True))
        named = {"node_id": f"{part['test']}[{'-'.join([*key.names[1:], row['case']])}]", "position": [number], "prompt": "", "reply": {}}
        gold, cluster = row.pop("gold", None), row.pop("cluster", None)
        told = {"repeat": int(row.get("repeat") or 1), "scores": row.get("scores") or {}}
        tags = {} if cluster is None else {known["rows"]["cluster"]: str(cluster)}
        entry = Entry.from_record({**known, **named, **row, **told, "tags": tags})
        yield replace(entry, gold=GoldScore(form, _finite(gold))) if gold is not None else entry


def _finite(value: Any) -> float:
    if not math.isfinite(number := float(value)):
        raise ValueError(f"a log-likelihood of {value}")
    return number
