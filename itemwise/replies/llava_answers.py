"""Replies in the files of LLaVA: its answers (jsonl) and what its ScienceQA script makes of them (``outputs`` by question id)."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.replies.given_reply import GivenReply, Replies, require_names, text_in, texts_in
from itemwise.replies.records import Records

__all__ = ["is_llava_answer", "is_llava_result", "llava_answers", "llava_result"]


def is_llava_answer(record: Mapping[str, Any]) -> bool:
    """Whether a line of a file is an answer as LLaVA writes it."""
    return {"question_id", "text"} <= record.keys()


def llava_answers(lines: Records) -> Replies:
    """``{"question_id": "5", "prompt": "...", "text": "B", "model_id": "llava-v1.5-13b"}`` a line. Raises RepliesError."""
    return Replies([reply for place, record in lines for reply in _answer(record, place)])


def _answer(record: Mapping[str, Any], place: str) -> Iterator[GivenReply]:
    require_names(record, ("question_id", "text"), place)
    prompt = text_in(record, "prompt", place, "")
    asked = (Turn("user", prompt),) if prompt else ()
    model = text_in(record, "model_id", place, "")
    for repeat, text in texts_in(record, "text", place):
        yield GivenReply(text_in(record, "question_id", place), text, place, asked=asked, model=model, repeat=repeat)


def is_llava_result(record: Mapping[str, Any]) -> bool:
    """Whether a whole file is what ``eval_science_qa.py`` writes: replies under ``outputs``, as it read them under ``results``."""
    return isinstance(record.get("outputs"), Mapping) and "results" in record


def llava_result(record: Mapping[str, Any], file: str) -> Replies:
    """Its ``outputs``. Raises RepliesError."""
    outputs = record["outputs"]
    return Replies(
        [
            GivenReply(key, text, f"{file}, outputs {key!r}", repeat=repeat)
            for key in outputs
            for repeat, text in texts_in(outputs, key, f"{file}, outputs")
        ]
    )
