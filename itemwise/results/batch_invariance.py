"""Batch invariance of one case: what its reply was in a batch, and what it was with batch size 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["BatchCheck"]

_PLAIN = ("model", "strategy", "case", "answer", "alone", "batch_size")


@dataclass(frozen=True)
class BatchCheck:
    """A case that was asked in a batch of at most `batch_size`, and again alone: the `answer` read in the reply of the batch, and in that
    of the case `alone`, None where that was nothing; `differing` are the texts of both replies, None where they are equal."""

    model: str
    strategy: str
    case: str
    answer: str | None
    alone: str | None
    batch_size: int
    differing: tuple[str, str] | None = None

    @property
    def is_same_text(self) -> bool:
        """Whether both replies have the same text."""
        return self.differing is None

    @property
    def is_same_answer(self) -> bool:
        """Whether the same answer was read in both."""
        return self.answer == self.alone

    def record(self) -> dict[str, Any]:
        """The check as plain data, for run.json and the way between processes."""
        return {
            "model": self.model,
            "strategy": self.strategy,
            "case": self.case,
            "same_text": self.is_same_text,
            "same_answer": self.is_same_answer,
            "answer": self.answer,
            "alone": self.alone,
            "batch_size": self.batch_size,
            **(dict(zip(("text", "text_alone"), self.differing, strict=True)) if self.differing else {}),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> BatchCheck:
        """The check that `record` was made of."""
        differing = None if record["same_text"] else (record["text"], record["text_alone"])
        return cls(**{name: record[name] for name in _PLAIN}, differing=differing)
