"""Replies in the predictions of OpenCompass: a JSON object of ``prediction``, ``origin_prompt`` and ``gold`` by a row's number."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.replies.given_reply import GivenReply, Replies, object_in, objects_in, require_names, text_in, texts_in

__all__ = ["is_opencompass", "opencompass_predictions"]

_ROLES = {"HUMAN": "user", "BOT": "assistant", "SYSTEM": "system"}


def is_opencompass(record: Mapping[str, Any]) -> bool:
    """Whether a whole file is of this form."""
    first = next(iter(record.values()), None)
    return isinstance(first, Mapping) and {"prediction", "origin_prompt"} <= first.keys()


def opencompass_predictions(record: Mapping[str, Any], file: str) -> Replies:
    """The ``prediction`` of each row, several of which are its repeats. Raises RepliesError."""
    return Replies([reply for key in record for reply in _replies(key, object_in(record, key, file), f"{file}, {key!r}")])


def _replies(key: str, row: Mapping[str, Any], place: str) -> Iterator[GivenReply]:
    require_names(row, ("prediction",), place)
    for repeat, text in texts_in(row, "prediction", place):
        yield GivenReply(key, text, place, asked=tuple(_asked(row, place)), repeat=repeat)


def _asked(row: Mapping[str, Any], place: str) -> Iterator[Turn]:
    prompt = row.get("origin_prompt")
    if isinstance(prompt, str):
        yield Turn("text", prompt)
        return
    for turn in objects_in(row, "origin_prompt", place):
        if role := _ROLES.get(text_in(turn, "role", place, "")):
            yield Turn(role, text_in(turn, "prompt", place, ""))
