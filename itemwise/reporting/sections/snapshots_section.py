"""Snapshots: a row for each snapshot file with its counts by kind of change, and the replies that changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from itemwise.analysis.reply_changes import Change
from itemwise.analysis.word_diff import changed_excerpt
from itemwise.language import ENGLISH, Language
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, Note, OnPage, Row, Section, figures
from itemwise.results.safe_text import shortened
from itemwise.snapshots import FileChanges, Snapshot, SnapshotChange

__all__ = ["build", "snapshot_differences", "snapshot_record"]

_LONG = 200  # characters of an answer or a reason
_KINDS = [kind for kind in Change if kind is not Change.LEFT_OUT]  # an error is not compared


def build(run: RunFacts) -> Iterator[Section]:
    """Kinds that no file has are left out, and so are files without a reply. A terminal has the changes themselves, as they are found."""
    counts = {file.file: _counts(file) for file in run.snapshots if file.changes}
    kinds = [kind for kind in _KINDS if any(counted[kind] for counted in counts.values())]
    asked = [Note("This run was asked to keep what differs as the new snapshots.")] if any(file.updated for file in run.snapshots) else []
    yield Section(
        "snapshots",
        "How replies changed since they were kept",
        (Column("snapshots", "name"), *figures(*(kind.value for kind in kinds))),
        [Row((name, *(str(counted[kind]) for kind in kinds))) for name, counted in counts.items()],
        notes=[Note(file.trouble) for file in run.snapshots if file.trouble] + asked,
        brief=(),
        record={"snapshots": [snapshot_record(file) for file in run.snapshots]},
        page=OnPage("above", name="Snapshots", layout="changes"),
    )


def _counts(file: FileChanges) -> Counter[Change]:
    return Counter(change.kind for change in file.changes.values())


def snapshot_record(file: FileChanges) -> dict[str, Any]:
    """A file for run.json, without the words that changed: the replies themselves stand in results.jsonl and in the file."""
    counts = _counts(file)
    return {
        "file": file.file,
        "trouble": file.trouble,
        "kept": file.updated,
        "kinds": {kind.value: counts[kind] for kind in _KINDS},
        "differences": [_difference(node_id, change) for node_id, change in _differing([file])],
    }


def snapshot_differences(files: Sequence[FileChanges], say: Language = ENGLISH) -> list[dict[str, Any]]:
    """The replies of all files that differ from those kept, for a page: with the words around each difference."""
    return [_difference(node_id, change, say) | {"words": _words(change)} for node_id, change in _differing(files)]


def _differing(files: Sequence[FileChanges]) -> list[tuple[str, SnapshotChange]]:
    """By node id, in the order of kinds."""
    order = list(Change)
    differing = [(node_id, change) for file in files for node_id, change in file.changes.items() if change.differs]
    return sorted(differing, key=lambda pair: order.index(pair[1].kind))


def _difference(node_id: str, change: SnapshotChange, say: Language = ENGLISH) -> dict[str, Any]:
    return {
        "id": node_id,
        "name": change.name,
        "kind": change.kind.value,
        "before": _judged(change.stored) if change.stored else None,
        "now": _judged(change.now),
        "reasons": [shortened(say(reason), _LONG) for reason in change.reasons],
    }


def _words(change: SnapshotChange) -> list[list[str]]:
    if change.stored is None or change.stored.text == change.now.text:
        return []
    return [list(piece) for piece in changed_excerpt(change.stored.text, change.now.text)]


def _judged(snapshot: Snapshot) -> dict[str, str | None]:
    return {"verdict": snapshot.verdict, "answer": None if snapshot.answer is None else shortened(snapshot.answer, _LONG)}
