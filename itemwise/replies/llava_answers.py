"""Replies in the files of LLaVA: its answers (jsonl) and what its ScienceQA script makes of them (``outputs`` by question id)."""

from collections.abc import Mapping
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.replies.given_reply import GivenReply, Replies, text_in
from itemwise.replies.records import Records

__all__ = ["is_llava_answer", "is_llava_result", "llava_answers", "llava_result"]


def is_llava_answer(record: Mapping[str, Any]) -> bool:
    """Whether a line of a file is an answer as LLaVA writes it."""
    return {"question_id", "text"} <= record.keys()


def llava_answers(lines: Records) -> Replies:
    """``{"question_id": "5", "prompt": "...", "text": "B", "model_id": "llava-v1.5-13b"}`` a line. Raises RepliesError."""
    return Replies([_answer(record, place) for place, record in lines])


def _answer(record: Mapping[str, Any], place: str) -> GivenReply:
    prompt = text_in(record, "prompt", place, "")
    asked = (Turn("user", prompt),) if prompt else ()
    model = text_in(record, "model_id", place, "")
    return GivenReply(text_in(record, "question_id", place), text_in(record, "text", place), place, asked=asked, model=model)


def is_llava_result(record: Mapping[str, Any]) -> bool:
    """Whether a whole file is what ``eval_science_qa.py`` writes: replies under ``outputs``, as it read them under ``results``."""
    return isinstance(record.get("outputs"), Mapping) and "results" in record


def llava_result(record: Mapping[str, Any], file: str) -> Replies:
    """Its ``outputs``. Raises RepliesError."""
    outputs = record["outputs"]
    return Replies([GivenReply(key, text_in(outputs, key, f"{file}, outputs"), f"{file}, outputs {key!r}") for key in outputs])
