"""Replies in the files that lm-evaluation-harness writes with ``--log_samples``, a line for each document and filter."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from itemwise.cases.chat import ROLES, Turn
from itemwise.cases.plain_data import shown_value
from itemwise.cases.repeats import item_of
from itemwise.replies.given_reply import (
    GivenReply,
    Replies,
    RepliesError,
    count_in,
    finish_reason_in,
    repeat_in,
    require_names,
    text_in,
    texts_in,
)
from itemwise.replies.records import Records, json_value

__all__ = ["is_lm_eval_sample", "lm_eval_samples"]

_SAMPLES = re.compile(r"samples_.+_(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9.-]+)\.jsonl")
# What tasks call the question in their documents.
_QUESTIONS = ("question", "Question", "problem", "query", "input", "prompt", "goal", "sentence")


def is_lm_eval_sample(record: Mapping[str, Any]) -> bool:
    """Whether a line of a file is of this form."""
    return {"doc_id", "resps"} <= record.keys()


def lm_eval_samples(lines: Records, file: Path) -> Replies:
    """The replies to each document, whatever filters read them; several are its repeats. What made them is told by the ``results_...json``
    beside the file. Raises RepliesError for continuations that were scored, which are no replies.
    """
    by_filter: dict[tuple[str, int, str], GivenReply] = {}
    settings: dict[str, str] = {}
    for place, record in lines:
        read_by = text_in(record, "filter", place, "")
        for reply in _replies(record, place):
            if first := by_filter.get(known := (reply.id, reply.repeat, read_by)):
                raise RepliesError(f"{place}: doc_id {reply.id} under the filter {read_by!r} stands at {first.place} already.")
            by_filter[known] = reply
        settings = settings or _settings(record)
    return Replies(_apart(by_filter), _results_beside(file) | settings)


def _apart(by_filter: Mapping[tuple[str, int, str], GivenReply]) -> list[GivenReply]:
    """The replies without those that several filters read. Raises RepliesError where two of one document differ."""
    first: dict[tuple[str, int], GivenReply] = {}
    for reply in by_filter.values():
        known = first.setdefault((reply.id, reply.repeat), reply)
        if known.text != reply.text:
            raise RepliesError(f"{reply.place}: doc_id {reply.id} has another reply than at {known.place}.")
    return list(first.values())


def _replies(record: Mapping[str, Any], place: str) -> Iterator[GivenReply]:
    require_names(record, ("doc_id", "resps"), place)
    document = record.get("doc")
    if not isinstance(document, (Mapping, str, type(None))):
        raise RepliesError(
            f"{place}: 'doc' must be the document's columns, got {shown_value(document)}; leave it out where it is not known."
        )
    columns = json_value(document.encode("utf-8", "surrogatepass")) if isinstance(document, str) else document  # some write it as a text
    columns = columns if isinstance(columns, Mapping) else {}
    question = next((columns[name] for name in _QUESTIONS if isinstance(columns.get(name), str)), "")
    repeat = repeat_in(record, "repeat", place)
    known = text_in(columns, "case", place, text_in(record, "doc_id", place))  # as an export of ours tells it
    reply = GivenReply(
        item_of(known, repeat),
        "",
        place,
        question,
        _asked(record),
        finish_reason=finish_reason_in(record, place),
        prompt_tokens=count_in(record, "prompt_tokens", place),
        completion_tokens=count_in(record, "completion_tokens", place),
        reasoning=text_in(record, "reasoning", place, ""),
    )
    for number, text in _texts(record["resps"], place):
        yield replace(reply, text=text, repeat=repeat + number - 1)


def _texts(responses: Any, place: str) -> Sequence[tuple[int, str]]:
    match responses:
        case str() | None | [] | [str() | None, *_]:
            return texts_in({"resps": responses}, "resps", place)
        case [[*texts]] if all(text is None or isinstance(text, str) for text in texts):
            return texts_in({"resps": texts}, "resps", place)
        case [[[_, _]], *_] | [[_, _], *_]:
            raise RepliesError(f"{place}: continuations that were scored, which are no replies; take a task that generates.")
    raise RepliesError(f"{place}: 'resps' must hold replies, got {shown_value(responses)}.")


def _arguments(record: Mapping[str, Any]) -> tuple[Any, Any]:
    """What was sent for the document, and the settings it was sent with."""
    match record.get("arguments"):
        case {"gen_args_0": {"arg_0": sent, "arg_1": settings}} | [[sent, settings], *_]:
            return sent, settings
    return None, None


def _asked(record: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The turns that were sent: a plain text, or the messages that a chat API was sent as JSON."""
    sent = _arguments(record)[0]
    if isinstance(sent, list) and len(sent) == 1 and isinstance(sent[0], str):
        try:
            messages = json.loads(sent[0])
            return tuple(Turn(message["role"], message["content"]) for message in messages if message["role"] in ROLES)
        except (KeyError, TypeError, ValueError):
            return ()
    return (Turn("text", sent),) if isinstance(sent, str) else ()


def _settings(record: Mapping[str, Any]) -> dict[str, str]:
    settings = _arguments(record)[1]
    return {"settings": json.dumps(settings, ensure_ascii=False)} if isinstance(settings, Mapping) else {}


def _results_beside(file: Path) -> dict[str, str]:
    """The model, as the results file of the same moment names it; nothing where there is none."""
    named = _SAMPLES.fullmatch(file.name)
    beside = file.with_name(f"results_{named['date']}.json") if named else None
    try:
        results = json.loads(beside.read_bytes()) if beside else None
    except (OSError, ValueError):
        return {}
    known = {"model": "model_name", "backend": "model_source", "lm_eval": "lm_eval_version"}
    found = results if isinstance(results, Mapping) else {}
    return {word: found[name] for word, name in known.items() if isinstance(found.get(name), str)}
