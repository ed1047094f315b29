"""The nouns: a case is asked, a reply comes back, a verdict is passed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

__all__ = ["Case", "Reply", "Turn", "Verdict"]


@dataclass(frozen=True)
class Case:
    """One dataset item, ready to be asked.

    `name` is the public id (``gsm8k-754``): stable, unique within its benchmark, and part of the test's node id.
    `answer` is the gold answer in the form the extractor returns, so that a test can compare with ``==``.
    `tags` (subject, grade, ...) may split a report; they are never shown to the model.
    """

    name: str
    prompt: str
    answer: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """One message of the conversation that led to a reply: `role` is system, user, assistant or tool."""

    role: str
    content: str

    def message(self) -> dict[str, str]:
        """The turn as chat templates take it."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True)
class Reply:
    """What the model said to a case, with what it cost.

    `text` is the last assistant turn. `finish_reason` is ``stop`` (the model ended it) or ``length`` (the token limit
    did). Token counts sum over all turns asked. `seconds` is this reply's share of the time its batches took, so
    that the seconds of a run add up to its generation time; `batch_size` is the largest batch it was part of.
    `generated` turns with `generated_tokens` were made in this run; the others came from the store and took no time.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    batch_size: int
    turns: tuple[Turn, ...]
    generated: int = 0
    generated_tokens: int = 0

    @property
    def truncated(self) -> bool:
        """Whether the token limit ended the reply."""
        return self.finish_reason == "length"

    def record(self) -> dict[str, Any]:
        """The reply as plain data, for reports and for the way between processes."""
        return {
            "text": self.text,
            "finish_reason": self.finish_reason,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "seconds": self.seconds,
            "batch_size": self.batch_size,
            "turns": [turn.message() for turn in self.turns],
            "generated": self.generated,
            "generated_tokens": self.generated_tokens,
        }


class Verdict(str, Enum):
    """What became of a case. The first four are results of the model; `ERROR` is a fault of ours and counts for nothing."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no answer"
    TRUNCATED = "truncated"
    ERROR = "error"
