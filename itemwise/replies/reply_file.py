"""ReplyFile: a file of replies whose format is found by what it holds, with its hash and what it tells of how they were made."""

import hashlib
import json
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from itemwise.cases.regular_file import open_regular
from itemwise.replies.given_reply import GivenReply, Replies, RepliesError, require_once
from itemwise.replies.inspect_log import inspect_log, is_inspect_log
from itemwise.replies.llava_answers import is_llava_answer, is_llava_result, llava_answers, llava_result
from itemwise.replies.lm_eval_samples import is_lm_eval_sample, lm_eval_samples
from itemwise.replies.plain_jsonl import Lines, is_own_results, is_plain, own_results, plain_replies

__all__ = ["ReplyFile", "read_replies"]

UNKNOWN = "unknown"
_ARCHIVE = b"PK\x03\x04"
_FORMS = (
    'jsonl of {"id": ..., "text": ...}, samples of lm-eval, a log of Inspect (.eval or .json), the answers of LLaVA, or '
    "results.jsonl of a run"
)


@dataclass(frozen=True)
class ReplyFile:
    """The replies of one file. `told` is what it says of how they were made, by name; `format` is what wrote it, in words."""

    path: Path
    sha256: str
    format: str
    replies: Sequence[GivenReply]
    told: Mapping[str, str]

    @property
    def model(self) -> str:
        """What made the replies, as far as the file says: one name, or several with commas; empty where it says nothing."""
        named = dict.fromkeys(reply.model for reply in self.replies if reply.model)
        return self.told.get("model") or ", ".join(named)

    @property
    def repeats(self) -> int:
        """How many replies to one case there are at most."""
        return max(reply.repeat for reply in self.replies)

    @property
    def identity(self) -> dict[str, str]:
        """What its replies are known by: the content of the file."""
        return {"replies": self.sha256}

    def describe(self, name: str) -> dict[str, str]:
        """What stands in the record of a run for the model that is called `name` there."""
        tells_end = all(reply.finish_reason for reply in self.replies)
        return {
            "model": name,
            "replies": f"made elsewhere: {len(self.replies)} in {self.path.name} ({self.format})",
            "sha256": self.sha256,
            "made by": self.model or UNKNOWN,
            "settings": self.told.get("settings", UNKNOWN),
            "finish reasons": "as the file tells" if tells_end else "unknown, so a reply that was cut off is not told from others",
            **{key: value for key, value in self.told.items() if key not in ("model", "settings")},
        }


@cache
def read_replies(path: Path) -> ReplyFile:
    """The replies in a file. Raises RepliesError where it cannot be read, holds none, or an id stands in it twice."""
    try:
        with open_regular(path) as file:
            content = file.read()
    except OSError as error:
        raise RepliesError(f"{path} cannot be read: {error}") from None
    kind, found = _read(path, content)
    if not found.replies:
        raise RepliesError(f"{path} holds no reply; give {_FORMS}.")
    require_once(found.replies)
    return ReplyFile(path, hashlib.sha256(content).hexdigest(), kind, _tokens_of_all(found.replies), found.told)


def _read(path: Path, content: bytes) -> tuple[str, Replies]:
    """The name of the format, and what was read."""
    if content.startswith(_ARCHIVE):
        return "a log of Inspect", inspect_log(path)
    first = _object(content.split(b"\n", 1)[0])
    whole = _object(content) if first is None or is_inspect_log(first) or is_llava_result(first) else None
    if whole is not None and is_inspect_log(whole):
        return "a log of Inspect", inspect_log(path)
    if whole is not None and is_llava_result(whole):
        return "LLaVA's results of ScienceQA", llava_result(whole, path.name)
    lines = _lines(content, path)
    if is_lm_eval_sample(first or {}):
        return "samples of lm-eval", lm_eval_samples(lines, path)
    for fits, read, kind in _BY_LINE:
        if fits(first or {}):
            return kind, read(lines)
    has = f"an object with {', '.join(list(first)[:8])}" if first else reprlib.repr(content[:60])
    raise RepliesError(f"{path} begins with {has}; give {_FORMS}.")


_BY_LINE = (
    (is_own_results, own_results, "results.jsonl of a run"),
    (is_llava_answer, llava_answers, "answers of LLaVA"),
    (is_plain, plain_replies, "jsonl"),
)


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _lines(content: bytes, path: Path) -> Lines:
    for number, line in enumerate(content.split(b"\n"), start=1):  # not splitlines(): replies hold other line breaks
        if line.strip():
            if (record := _object(line)) is None:
                raise RepliesError(f"{path}, line {number}: no JSON object: {reprlib.repr(line[:60])}.")
            yield f"{path.name}, line {number}", record


def _tokens_of_all(replies: Sequence[GivenReply]) -> Sequence[GivenReply]:
    """`replies`, whose tokens are known of all or of none: a sum over some would look like one over all."""
    if all(reply.completion_tokens is not None for reply in replies):
        return replies
    return [replace(reply, prompt_tokens=None, completion_tokens=None) for reply in replies]
