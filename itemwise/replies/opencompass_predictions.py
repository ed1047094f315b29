"""Replies in the predictions of OpenCompass: a JSON object of ``prediction``, ``origin_prompt`` and ``gold`` by a row's number."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.replies.given_reply import GivenReply, Replies, texts_in

__all__ = ["is_opencompass", "opencompass_predictions"]

_ROLES = {"HUMAN": "user", "BOT": "assistant", "SYSTEM": "system"}


def is_opencompass(record: Mapping[str, Any]) -> bool:
    """Whether a whole file is of this form."""
    first = next(iter(record.values()), None)
    return isinstance(first, Mapping) and {"prediction", "origin_prompt"} <= first.keys()


def opencompass_predictions(record: Mapping[str, Any], file: str) -> Replies:
    """The ``prediction`` of each row, several of which are its repeats. Raises RepliesError."""
    return Replies([reply for key, row in record.items() for reply in _replies(key, row, f"{file}, {key!r}")])


def _replies(key: str, row: Any, place: str) -> Iterator[GivenReply]:
    columns = row if isinstance(row, Mapping) else {"prediction": row}
    for repeat, text in enumerate(texts_in(columns, "prediction", place), start=1):
        yield GivenReply(key, text, place, asked=tuple(_asked(columns.get("origin_prompt"))), repeat=repeat)


def _asked(prompt: Any) -> Iterator[Turn]:
    if isinstance(prompt, str):
        yield Turn("text", prompt)
    for turn in prompt if isinstance(prompt, list) else ():
        if isinstance(turn, Mapping) and (role := _ROLES.get(str(turn.get("role")))):
            yield Turn(role, str(turn.get("prompt", "")))
