"""``report.html``: the whole run as one page that asks for nothing from anywhere; what models wrote is data in it, never markup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itemwise.ledger import Entry
from itemwise.pictures import Picture, PictureError
from itemwise.reporting.bars import bar, drawn
from itemwise.reporting.choices import CHOICE_COLUMNS, SPLIT_COLUMNS, choice_rows, control_lines, split_rows
from itemwise.reporting.drops import drop_text
from itemwise.reporting.ladder import LADDER_COLUMNS, ladder_rows, ladder_summary
from itemwise.reporting.panel import PANEL_COLUMNS, panel_rows
from itemwise.reporting.run import RunRecord
from itemwise.reporting.single_page import page_json, page_parts
from itemwise.reporting.table import cause_table, cells

__all__ = ["report_html", "report_parts"]

_LARGEST = 300_000  # bytes of a picture that goes into the page as it is
_SIDE = 768  # pixels of the longer side of one that does not


def report_html(run: RunRecord) -> str:
    """The page. It holds all cases as JSON; a script lists, filters and shows them, and writes text as text only."""
    return "".join(report_parts(run))


def report_parts(run: RunRecord) -> Iterator[str]:
    """The page in parts, none larger than a case or its tables."""
    return page_parts(
        "report",
        _data(run),
        title=_title(run),
        run=run,
        cases=len(run.entries),
        accuracy=[{"cells": cells(tally), **drawn(tally.accuracy)} for tally in run.tallies],
        tables=_tables(run),
        gates=run.decisions,
        measured=_measured(run),
        bar=bar,
    )


def _title(run: RunRecord) -> str:
    return ", ".join(dict.fromkeys(tally.benchmark for tally in run.tallies)) or "no cases"


def _measured(run: RunRecord) -> str:
    told = {"models": run.measured, "rows": run.rows, "settings": run.settings, "environment": run.environment}
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)


def _data(run: RunRecord) -> Iterator[str]:
    yield '{"cases":['
    for number, entry in enumerate(run.entries):
        yield "," * bool(number) + page_json(_case(entry))
    yield '],"pictures":{'
    shown = ((sha, _data_uri(sha, content)) for sha, content in run.pictures.items())
    for number, (sha, uri) in enumerate((sha, uri) for sha, uri in shown if uri):
        yield "," * bool(number) + f"{page_json(sha)}:{page_json(uri)}"
    yield "}}"


def _case(entry: Entry) -> dict[str, Any]:
    reply = entry.reply
    return {
        "id": entry.node_id,
        "case": entry.case,
        "benchmark": entry.benchmark,
        "model": entry.model_name,
        "strategy": entry.strategy,
        "verdict": entry.verdict.value,
        "cause": entry.cause,
        "evidence": " ".join(cause["evidence"] for cause in entry.causes),
        "causes": [dict(cause) for cause in entry.causes],
        "prompt": entry.prompt,
        "expected": entry.expected,
        "answer": entry.answer,
        "rule": entry.rule,
        "span": entry.span,
        "text": reply.get("text", ""),
        "turns": list(reply.get("turns", ())),
        "notes": ", ".join(f"{name} {value}" for name, value in reply.get("notes", {}).items()),
        "tokens": reply.get("completion_tokens", 0),
        "seconds": reply.get("seconds", 0.0),
        "message": entry.message,
        "tags": dict(entry.tags),
        "picture": entry.picture,
        "rerun": entry.rerun,
    }


def _data_uri(sha: str, content: bytes) -> str:
    """The picture for the page, small enough for it; empty where it cannot be decoded."""
    picture = Picture(sha, lambda: content)
    if picture.kind is None or len(content) > _LARGEST:
        try:
            image = picture.image()
        except PictureError:
            return ""
        image.thumbnail((_SIDE, _SIDE))
        picture = Picture(sha, lambda: image)
    return picture.data_uri()


def _tables(run: RunRecord) -> list[dict[str, Any]]:
    """The tables below the accuracy: `words` columns of words come first, the share in column `drawn` is drawn beside it."""
    found = []
    for number, ladder in enumerate(run.ladders):
        rungs = [{"cells": row, **drawn(rung.tally.accuracy)} for row, rung in zip(ladder_rows(ladder), ladder.rungs, strict=True)]
        title = f"The ladder of {ladder.benchmark}"
        found.append(_table(f"ladder-{number}", title, LADDER_COLUMNS, rungs, 3, drawn=4, notes=ladder_summary(ladder)))
    if run.choices:
        found.append(
            _table(
                "choices", "Choices beside chance", CHOICE_COLUMNS, _plain(choice_rows(run.choices)), 3, notes=control_lines(run.choices)
            )
        )
    if run.splits:
        parts = [{"cells": row, **drawn(split.part.accuracy)} for row, split in zip(split_rows(run.splits), run.splits, strict=True)]
        found.append(_table("splits", "By tag", SPLIT_COLUMNS, parts, 4, drawn=5))
    if causes := cause_table(run.tallies):
        found.append(_table("causes", "Why cases are not correct", causes[0], _plain(causes[1:]), 3))
    if run.panels:
        readings = _plain([row for panel in run.panels for row in panel_rows(panel)])
        found.append(_table("readers", "The same replies under other readers", PANEL_COLUMNS, readings, 3))
    if run.drops:
        found.append(_table("twins", "From made problems to renumbered ones", (), [], 0, notes=[drop_text(drop) for drop in run.drops]))
    return found


def _table(
    id: str,
    title: str,
    head: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    words: int,
    drawn: int = -1,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    return {"id": id, "title": title, "head": head, "rows": rows, "words": words, "drawn": drawn, "notes": notes}


def _plain(rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [{"cells": row, "share": None} for row in rows]
