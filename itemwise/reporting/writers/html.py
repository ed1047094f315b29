"""``report.html``: the whole run as one page that asks for nothing from anywhere; what models wrote is data in it, never markup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from itemwise.analysis.ladder import Ladder
from itemwise.cases.picture import Picture, PictureError
from itemwise.extractors.thoughts import parted
from itemwise.reporting.histograms import figure, spreads
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.choices_section import CHOICE_COLUMNS, SPLIT_COLUMNS, choice_rows, control_lines, split_rows
from itemwise.reporting.sections.drops_section import drop_text
from itemwise.reporting.sections.extractors_section import PANEL_COLUMNS, panel_rows
from itemwise.reporting.sections.ladder_section import LADDER_COLUMNS, ladder_rows, ladder_summary
from itemwise.reporting.sections.snapshots_section import snapshot_differences, snapshot_lines, snapshot_table
from itemwise.reporting.svg import accuracy_axis, accuracy_track, histogram, share_bar
from itemwise.reporting.table import COLUMNS, cells
from itemwise.reporting.writers.single_page import page_json, page_parts
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally

__all__ = ["page_picture", "report_html", "report_parts"]

_LARGEST = 300_000  # bytes of a picture that goes into the page as it is
_SIDE = 768  # pixels of the longer side of one that does not
_ROWS = 12  # of a table that stands open
_MULTIPLES = 6  # small charts of one section that stand open


def report_html(run: RunRecord) -> str:
    """The page. It holds all cases as JSON; a script lists, filters and shows them, and writes text as text only."""
    return "".join(report_parts(run))


def report_parts(run: RunRecord) -> Iterator[str]:
    """The page in parts, none larger than a case or its tables."""
    names, tables = _names(run.tallies), _tables(run)
    return page_parts(
        "report",
        _data(run),
        scripts=("list",),
        title=_title(run),
        run=run,
        sections=[*_above_cases(run), ("cases", "Cases"), *((table["id"], table["title"]) for table in tables)],
        tallies=[{"tally": tally, "cells": cells(tally)} for tally in run.tallies],
        columns=COLUMNS,
        ladders=[_ladder(number, ladder) for number, ladder in enumerate(run.ladders)],
        causes=_causes(run.tallies, names),
        spreads=[{"name": names[each.tally.key], "spread": each} for each in spreads(run.tallies, run.entries)],
        snapshots=snapshot_table(run.snapshots),
        snapshot_lines=snapshot_lines(run.snapshots),
        tables=tables,
        measured=_measured(run),
        accuracy_track=accuracy_track,
        accuracy_axis=accuracy_axis,
        share_bar=share_bar,
        histogram=histogram,
        figure=figure,
        open_charts=_MULTIPLES,
    )


def _above_cases(run: RunRecord) -> Iterator[tuple[str, str]]:
    """What stands above the cases, by id and name."""
    yield "accuracy", "Accuracy"
    if run.decisions:
        yield "gates", "Gates"
    if run.ladders:
        yield "ladder-0", "Ladder"
    if any(tally.causes for tally in run.tallies):
        yield "causes", "Causes"
    if any(entry.cost for entry in run.entries):
        yield "spread", "Tokens and seconds"
    if run.snapshots:
        yield "snapshots", "Snapshots"


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
    shown = ((sha, page_picture(sha, content)) for sha, content in run.pictures.items())
    for number, (sha, picture) in enumerate((sha, picture) for sha, picture in shown if picture):
        yield "," * bool(number) + f"{page_json(sha)}:{page_json(picture.data_uri())}"
    yield '},"changes":['
    for number, change in enumerate(snapshot_differences(run.snapshots)):
        yield "," * bool(number) + page_json(change)
    yield "]}"


def _case(entry: Entry) -> dict[str, Any]:
    texts = entry.texts()
    reply = texts.reply
    text, _, span = parted(texts.reply_text, entry.span)
    return {
        "id": entry.node_id,
        "case": entry.case,
        "benchmark": entry.benchmark,
        "model": entry.model_name,
        "strategy": entry.strategy,
        "verdict": entry.verdict.value,
        "cause": entry.cause,
        "evidence": " ".join(cause.evidence for cause in entry.causes),
        "causes": [vars(cause) for cause in entry.causes],
        "prompt": texts.prompt,
        "expected": entry.expected,
        "answer": entry.answer,
        "rule": entry.rule,
        "span": span,
        "text": text,
        "turns": [_turn(turn.record()) for turn in reply.turns] if reply else [],
        "notes": ", ".join(f"{name} {value}" for name, value in reply.notes.items()) if reply else "",
        "tokens": reply.completion_tokens if reply else 0,
        "seconds": reply.seconds if reply else 0.0,
        "message": texts.message,
        "tags": dict(entry.tags),
        "picture": entry.picture,
        "rerun": texts.rerun,
    }


def _turn(turn: Mapping[str, Any]) -> dict[str, Any]:
    """A turn with what the model thought in its text beside it, where the page folds it."""
    if turn["role"] != "assistant":
        return dict(turn)
    content, thought, _ = parted(turn["content"])
    reasoning = "\n".join(filter(None, (turn.get("reasoning"), thought)))
    return {**turn, "content": content, **({"reasoning": reasoning} if reasoning else {})}


def page_picture(sha256: str, content: bytes) -> Picture | None:
    """The picture as pages show it: PNG or JPEG, and small; None where it cannot be decoded."""
    picture = Picture(sha256, lambda: content)
    if picture.kind and len(content) <= _LARGEST:
        return picture
    try:
        image = picture.image()
    except PictureError:
        return None
    image.thumbnail((_SIDE, _SIDE))
    return Picture(sha256, lambda: image)


def _names(tallies: Sequence[Tally]) -> dict[tuple[str, str, str], str]:
    """Each tally's name by its key, without what all of them share; where they share all, its strategy."""
    keys = [tally.key for tally in tallies]
    told = [place for place in range(3) if len({key[place] for key in keys}) > 1] or [2]
    return {key: ", ".join(key[place] for place in told) for key in keys}


def _ladder(number: int, ladder: Ladder) -> dict[str, Any]:
    """A ladder drawn, and the table and sentences it rests on."""
    rows = _plain(ladder_rows(ladder))
    title = f"The ladder of {ladder.benchmark}"
    return {**_table(f"ladder-{number}", title, LADDER_COLUMNS, rows, 3, notes=ladder_summary(ladder)), "rungs": ladder.rungs}


def _causes(tallies: Sequence[Tally], names: Mapping[tuple[str, str, str], str]) -> list[dict[str, Any]]:
    """For each tally the causes it has, the most frequent first, as shares of its judged cases; all bars are on one scale."""
    longest = max((count / tally.judged for tally in tallies for count in tally.causes.values()), default=0.0)
    found = []
    for tally in tallies:
        counted = sorted(tally.causes.items(), key=lambda pair: -pair[1])
        bars = [{"kind": kind, "count": count, "share": count / tally.judged, "longest": longest} for kind, count in counted]
        if bars:
            found.append({"name": names[tally.key], "tally": tally, "bars": bars})
    return found


def _tables(run: RunRecord) -> list[dict[str, Any]]:
    """The tables below the cases: `words` columns of words come first, a row's accuracy is drawn in column `drawn`; long ones fold."""
    found = []
    if run.choices:
        rows, notes = _plain(choice_rows(run.choices)), control_lines(run.choices)
        found.append(_table("choices", "Choices beside chance", CHOICE_COLUMNS, rows, 3, notes=notes))
    if run.splits:
        parts = [{"cells": row, "accuracy": split.part.accuracy} for row, split in zip(split_rows(run.splits), run.splits, strict=True)]
        found.append(_table("splits", "By tag", SPLIT_COLUMNS, parts, 4, drawn=5))
    if run.panels:
        readings = _plain([row for panel in run.panels for row in panel_rows(panel)])
        found.append(_table("readers", "Other extractors", PANEL_COLUMNS, readings, 3))
    if run.drops:
        found.append(_table("twins", "Renumbered twins", (), [], 0, notes=[drop_text(drop) for drop in run.drops]))
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
    long = len(rows) > _ROWS
    return {"id": id, "title": title, "head": head, "rows": rows, "words": words, "drawn": drawn, "notes": notes, "long": long}


def _plain(rows: Iterable[Sequence[str]]) -> list[dict[str, Any]]:
    return [{"cells": row, "accuracy": None} for row in rows]
