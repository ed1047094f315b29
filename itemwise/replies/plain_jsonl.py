"""Replies as records of ``id`` and ``text``, or of what others call these; and the results.jsonl that a run of this suite left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.cases.repeats import item_of
from itemwise.replies.given_reply import (
    GivenReply,
    Replies,
    RepliesError,
    count_in,
    finish_reason_in,
    object_in,
    repeat_in,
    require_names,
    text_in,
    texts_in,
)
from itemwise.replies.records import Records

__all__ = ["is_own_results", "is_plain", "own_results", "plain_replies"]

_IDS = (
    *("id", "case", "case_id", "sample_id", "question_id", "problem_id", "task_id", "custom_id", "doc_id", "qid", "uid", "idx"),
    "index",
)
_TEXTS = (
    *("text", "reply", "response", "completion", "output", "prediction", "generated_text", "generation", "model_output"),
    "model_response",
)
_QUESTIONS = ("question", "problem")


def is_plain(record: Mapping[str, Any]) -> bool:
    """Whether a record is of this form: it has a reply, and an id or the question."""
    return bool(record.keys() & {*_TEXTS} and record.keys() & {*_IDS, *_QUESTIONS})


def plain_replies(records: Records) -> tuple[Replies, str]:
    """``{"id": "gsm8k-0", "text": "..."}`` each, where known with question, prompt, model, finish_reason, prompt_tokens,
    completion_tokens, reasoning and repeat; and which columns were taken for id and text where they have other names.

    Several texts in a list are repeats; null is no reply, where no finish reason tells of one. Raises RepliesError.
    """
    replies: list[GivenReply] = []
    taken: dict[str, None] = {}
    for place, record in records:
        id_name = _column(record, _IDS, place, optional=True) or _column(record, _QUESTIONS, place)
        text_name = _column(record, _TEXTS, place)
        taken[f"{id_name} and {text_name}"] = None
        replies += _replies(record, id_name, text_name, place)
    return Replies(replies), "" if [*taken] == ["id and text"] else ", ".join(taken)


def _column(record: Mapping[str, Any], names: Sequence[str], place: str, *, optional: bool = False) -> str:
    """What of `names` the record has, by its plain name first. Raises RepliesError for several others, of which none says more."""
    there = [name for name in names if name in record]
    if there and names[0] not in there and len(there) > 1:
        raise RepliesError(f"{place}: both {there[0]!r} and {there[1]!r} may be the {names[0]}; call the one that is {names[0]!r}.")
    if not there and not optional:
        raise RepliesError(f"{place}: an object with {', '.join(list(record)[:8])}, and none of them is the {names[0]}.")
    return (names[0] if names[0] in there else there[0]) if there else ""


def _replies(record: Mapping[str, Any], id_name: str, text_name: str, place: str) -> Iterator[GivenReply]:
    prompt = text_in(record, "prompt", place, "")
    finish_reason, reasoning = finish_reason_in(record, place), text_in(record, "reasoning", place, "")
    first = repeat_in(record, "repeat", place)
    texts = texts_in(record, text_name, place) or [(1, "")] * bool(finish_reason or reasoning)
    for repeat, text in ((first + number - 1, text) for number, text in texts):
        yield GivenReply(
            item_of(text_in(record, id_name, place), repeat),
            text,
            place,
            question=text_in(record, _column(record, _QUESTIONS, place, optional=True), place, ""),
            asked=(Turn("user", prompt),) if prompt else (),
            model=text_in(record, "model", place, ""),
            finish_reason=finish_reason,
            prompt_tokens=count_in(record, "prompt_tokens", place),
            completion_tokens=count_in(record, "completion_tokens", place),
            reasoning=reasoning,
            repeat=repeat,
        )


def is_own_results(record: Mapping[str, Any]) -> bool:
    """Whether a line of a file is a case of a run's results.jsonl."""
    return {"case", "reply", "verdict", "model_name"} <= record.keys()


def own_results(lines: Records) -> Replies:
    """The replies of a run's results.jsonl; a case that ended in an error has none. Raises RepliesError."""
    return Replies([reply for place, record in lines for reply in _own_reply(record, place)])


def _own_reply(record: Mapping[str, Any], place: str) -> Iterator[GivenReply]:
    require_names(record, ("case", "reply"), place)
    reply = object_in(record, "reply", place)
    if not reply:
        return
    repeat = repeat_in(record, "repeat", place)
    yield GivenReply(
        item_of(text_in(record, "case", place), repeat),
        text_in(reply, "text", place),
        place,
        model=text_in(record, "model_name", place),
        finish_reason=finish_reason_in(reply, place),
        prompt_tokens=count_in(reply, "prompt_tokens", place),
        completion_tokens=count_in(reply, "completion_tokens", place),
        reasoning=text_in(reply, "reasoning", place, ""),
        repeat=repeat,
    )
