"""A comparison as plain data, short enough for reports: what was judged before and now, and the words that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from itemwise.results.safe_text import shortened
from itemwise.snapshots.snapshot import Snapshot
from itemwise.snapshots.snapshot_change import Comparison, Kind
from itemwise.snapshots.word_diff import word_pieces

__all__ = ["file_record"]

_LONG = 200  # characters of an answer or a reason


def file_record(file: str, compared: Mapping[str, Comparison], trouble: str = "", *, kept: bool = False) -> dict[str, Any]:
    """What became of the replies that `file` keeps, by node id: how many of each kind, and the differences, the most grave first.

    `trouble` says why the file could not be read; `kept` that this run keeps what differs as the new snapshots.
    """
    order = list(Kind)
    counted = Counter(each.kind for each in compared.values())
    differing = sorted(((node_id, each) for node_id, each in compared.items() if each.differs), key=lambda pair: order.index(pair[1].kind))
    return {
        "file": file,
        "trouble": trouble,
        "kept": kept,
        "kinds": {kind.value: counted[kind] for kind in order},
        "differences": [_difference(node_id, each) for node_id, each in differing],
    }


def _difference(node_id: str, found: Comparison) -> dict[str, Any]:
    words = word_pieces(found.stored.text, found.now.text) if found.stored and found.stored.text != found.now.text else []
    return {
        "id": node_id,
        "name": found.name,
        "kind": found.kind.value,
        "before": _judged(found.stored) if found.stored else None,
        "now": _judged(found.now),
        "reasons": [shortened(reason, _LONG) for reason in found.reasons],
        "words": [list(piece) for piece in words],
    }


def _judged(snapshot: Snapshot) -> dict[str, str | None]:
    return {"verdict": snapshot.verdict, "answer": None if snapshot.answer is None else shortened(snapshot.answer, _LONG)}
