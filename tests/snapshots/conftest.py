"""A snapshot to be changed in one thing."""

from __future__ import annotations

from itemwise.snapshots import Snapshot

__all__ = ["MADE", "snapshot"]

MADE = {"revision": "abc", "quantisation": "nf4", "machine": "x86_64, avx2", "batch size": "auto"}


def snapshot(text: str = "It is 7", answer: str | None = "7", verdict: str = "correct", **made: str) -> Snapshot:
    return Snapshot(verdict, answer, "7", "f00d", text, MADE | made)
