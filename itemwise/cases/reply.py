"""What came back for a case: Reply, with its turns and cost, and the Verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.cases.plain_data import Kinds, known_fields, require_kinds, without_empty, without_zero

__all__ = ["FROM_FILE", "Reply", "Undecided", "Verdict"]

FROM_FILE = "from"  # the note of a reply that was made elsewhere: its file and its place there


@dataclass(frozen=True)
class Reply:
    """What the model said to a case, with what it cost.

    `text` is the assistant turn that the strategy gives as the reply, `finish_reason` that turn's: ``stop`` (the model
    ended it) or ``length`` (the token limit did). `turns` are all turns in the order they were said, those of attempts
    that were given up and samples that were outvoted among them; token counts sum over all of them. `notes` are what
    the strategy says of its doing, such as attempts made or votes cast. `seconds` is this reply's share of the time its
    batches took, so that the seconds of a run add up to its generation time; `batch_size` is the largest batch it was
    part of. `generated` turns with `generated_tokens` were made in this run; the others came from the store and took no time.
    `reasoning` is what the model thought and `refusal` the words in which it refused, as far as they are told apart from
    other words; neither is read as the answer. `thinking_tokens` of the completion's are of thoughts, None where one came whose tokens
    nobody counted; `thinking_cut` says that a budget closed one.
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
    notes: Mapping[str, Any] = field(default_factory=dict)
    reasoning: str = ""
    refusal: str = ""
    thinking_tokens: int | None = 0
    thinking_cut: bool = False

    @property
    def truncated(self) -> bool:
        """Whether the token limit ended the reply."""
        return self.finish_reason == "length"

    def record(self) -> dict[str, Any]:
        """The reply as plain data, for reports and for the way between processes."""
        record = {**vars(self), "turns": [turn.record() for turn in self.turns], "notes": dict(self.notes)}
        return without_zero(without_empty(record, "reasoning", "refusal", "thinking_cut"), "thinking_tokens")

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Reply:
        """The reply that `record` was made of; a cost that it does not tell is 0.

        Raises KeyError, TypeError or ValueError for what is none.
        """
        require_kinds(record, _REPLY_KINDS)
        turns = tuple(Turn.from_record(turn) for turn in record.get("turns", ()))
        return cls(**{**_NO_COST, **known_fields(cls, record), "text": record["text"], "turns": turns})


_NO_COST = {"finish_reason": "", "prompt_tokens": 0, "completion_tokens": 0, "seconds": 0.0, "batch_size": 0}
_REPLY_KINDS: Kinds = {
    **dict.fromkeys(("text", "finish_reason", "reasoning", "refusal"), str),
    **dict.fromkeys(("prompt_tokens", "completion_tokens", "seconds", "batch_size", "generated", "generated_tokens"), (int, float)),
    "thinking_tokens": (int, type(None)),
    "thinking_cut": bool,
    "turns": list,
    "notes": Mapping,
}


class Undecided(Exception):  # noqa: N818 - an outcome, as pytest.skip.Exception is
    """A judge cannot tell whether an answer is right; the message says why. A test that raises it makes its case *undecided*."""


class Verdict(str, Enum):
    """What became of a case. The first four are results of the model. An `UNDECIDED` answer is neither right nor wrong for its judge, and
    `ERROR` is an infrastructure error: these two count for nothing."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no answer"
    TRUNCATED = "truncated"
    UNDECIDED = "undecided"
    ERROR = "error"

    @property
    def is_judged(self) -> bool:
        """Whether it says something of the model, so that it counts in an accuracy."""
        return self not in (Verdict.UNDECIDED, Verdict.ERROR)
