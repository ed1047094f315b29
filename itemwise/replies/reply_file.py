"""ReplyFile: a file of replies whose format is found by what it holds, with its hash and what it tells of how they were made."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from itemwise.cases.regular_file import open_regular
from itemwise.cases.split_files import without_gz
from itemwise.replies.chat_completions import chat_completions, is_chat_completion, is_failed_request, is_text_response
from itemwise.replies.given_reply import GivenReply, Replies, RepliesError, require_once
from itemwise.replies.inspect_log import inspect_log, is_inspect_log
from itemwise.replies.llava_answers import is_llava_answer, is_llava_result, llava_answers, llava_result
from itemwise.replies.lm_eval_samples import is_lm_eval_sample, lm_eval_samples
from itemwise.replies.opencompass_predictions import is_opencompass, opencompass_predictions
from itemwise.replies.plain_jsonl import is_own_results, is_plain, own_results, plain_replies
from itemwise.replies.records import TABLES, Records, json_value, list_records, table_records, text_lines, unpacked

__all__ = ["ReplyFile", "read_replies", "reply_files"]

UNKNOWN = "unknown"
_ARCHIVE = b"PK\x03\x04"
_FORMS = (
    'jsonl, a JSON list, csv or parquet of {"id": ..., "text": ...}, samples of lm-eval, a log of Inspect (.eval or .json), predictions '
    "of OpenCompass, a batch of chat completions, the answers of LLaVA, or results.jsonl of a run"
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
        failed = found.told.get("failed requests")
        raise RepliesError(f"{path} holds no reply; {f'failed requests: {failed}' if failed else f'give {_FORMS}'}.")
    require_once(found.replies)
    return ReplyFile(path, hashlib.sha256(content).hexdigest(), kind, _tokens_of_all(found.replies), found.told)


_SUFFIXES = tuple(f"{suffix}{packed}" for suffix in (".jsonl", ".json", ".eval", *TABLES) for packed in ("", ".gz"))
_BESIDE = ("results_*.json", "logs.json", "eval-set.json", "run.json", ".*")  # what lm-eval, Inspect and runs write beside replies


def reply_files(folder: Path) -> list[Path]:
    """The files of replies in a folder and those in it, in order of name. Raises RepliesError where there is none."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name.lower().endswith(_SUFFIXES))
    if found := [file for file in files if not any(fnmatch(file.name, form) for form in _BESIDE)]:
        return found
    raise RepliesError(f"{folder} holds no {', '.join(_SUFFIXES)} file of replies.")


def _read(path: Path, content: bytes) -> tuple[str, Replies]:
    """The name of the format, and what was read."""
    if (suffix := without_gz(path).suffix.lower()) in TABLES:
        return _of_records(path, suffix[1:], table_records(path))
    content = unpacked(content, path)
    if content.startswith(_ARCHIVE):
        return "a log of Inspect", inspect_log(path, content)
    first = json_value(content.split(b"\n", 1)[0])
    whole = json_value(content) if not isinstance(first, dict) or _is_whole(first) else None
    if whole is None:
        return _of_records(path, "jsonl", text_lines(content, path))
    if isinstance(whole, dict):
        for holds, read, kind in _WHOLE:
            if holds(whole):
                return kind, read(whole, path, content)
    return _of_records(path, "JSON", list_records(whole if isinstance(whole, list) else [whole], path))


def _is_whole(record: Mapping[str, Any]) -> bool:
    return any(holds(record) for holds, *_ in _WHOLE)


_WHOLE: Sequence[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any], Path, bytes], Replies], str]] = (
    (is_inspect_log, lambda _, path, content: inspect_log(path, content), "a log of Inspect"),
    (is_llava_result, lambda record, path, _: llava_result(record, path.name), "LLaVA's results of ScienceQA"),
    (is_opencompass, lambda record, path, _: opencompass_predictions(record, path.name), "predictions of OpenCompass"),
)


def _of_records(path: Path, kind: str, records: Records) -> tuple[str, Replies]:
    """What the records of a file are, by the first of them that tells; `kind` is what holds them."""
    beginning: list[tuple[str, Mapping[str, Any]]] = []
    for each in records:
        beginning.append(each)
        if not is_failed_request(each[1]) and not is_text_response(each[1]):  # which may be of a batch API, or of a file of other names
            break
    every = chain(beginning, records)
    first = _telling([record for _, record in beginning])
    if is_lm_eval_sample(first):
        return "samples of lm-eval", lm_eval_samples(every, path)
    if is_own_results(first):
        return "results.jsonl of a run", own_results(every)
    if is_chat_completion(first) or (is_failed_request(first) and not is_plain(first)):
        return "a batch of chat completions", chat_completions(every)
    if is_llava_answer(first):
        return "answers of LLaVA", llava_answers(every)
    if is_plain(first):
        found, columns = plain_replies(every)
        return f"{kind}, read in {columns}" if columns else kind, found
    if not first:
        raise RepliesError(f"{path} holds no reply; give {_FORMS}.")
    raise RepliesError(f"{path} begins with an object with {', '.join(list(first)[:8])}; give {_FORMS}.")


def _telling(records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The record that tells the form of a file that begins with `records`: one of a batch API behind texts, else the first that is no
    failed request. An empty one if there is none."""
    told = [record for record in records if not is_failed_request(record)] or [*records] or [{}]
    return told[-1] if is_chat_completion(told[-1]) else told[0]


def _tokens_of_all(replies: Sequence[GivenReply]) -> Sequence[GivenReply]:
    """`replies`, whose tokens are known of all or of none: a sum over some would look like one over all."""
    if all(reply.completion_tokens is not None for reply in replies):
        return replies
    return [replace(reply, prompt_tokens=None, completion_tokens=None) for reply in replies]
