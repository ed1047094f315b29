"""Replies in the logs of Inspect AI: ``.eval`` (an archive) and ``.json``, by its own code where that is installed."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from itemwise.cases.chat import ROLES, Turn
from itemwise.cases.plain_data import shown_value
from itemwise.replies.given_reply import GivenReply, Replies, RepliesError, count_in, repeat_in

__all__ = ["inspect_log", "is_inspect_log"]

_FINISHED = {"stop": "stop", "max_tokens": "length", "model_length": "length"}
_ZSTD = 93  # a kind of compression that zipfile knows since Python 3.14
_EVENTS = {"events", "events_data", "timelines", "store"}


def is_inspect_log(record: Mapping[str, Any]) -> bool:
    """Whether a whole file is a log in JSON."""
    return isinstance(record.get("eval"), Mapping) and "samples" in record


def inspect_log(file: Path) -> Replies:
    """The replies of a log, an epoch of a sample being a repeat; a sample that ended in an error has none. Raises RepliesError."""
    log = _by_inspect(file) or _by_format(file)
    samples = log.get("samples") or []
    replies = [_reply(sample, _place(file, sample)) for sample in samples if not sample.get("error")]
    return Replies(replies, _told(log))


def _place(file: Path, sample: Mapping[str, Any]) -> str:
    epoch = f", epoch {sample['epoch']}" if sample.get("epoch", 1) != 1 else ""
    return f"{file.name}, sample {sample.get('id')!r}{epoch}"


def _by_inspect(file: Path) -> dict[str, Any] | None:
    """The log as Inspect's own code reads it; None where it is not installed."""
    try:
        from inspect_ai.log import read_eval_log  # type: ignore[import-not-found]
    except ImportError:
        return None
    try:
        log = read_eval_log(str(file), resolve_attachments=True)
    except Exception as error:  # whatever its own code raises
        raise RepliesError(f"{file}: inspect_ai cannot read it ({type(error).__name__}: {error}).") from None
    samples = [sample.model_dump(mode="json", exclude=_EVENTS) for sample in log.samples or []]
    return {**log.model_dump(mode="json", exclude={"samples"}), "samples": samples}


def _by_format(file: Path) -> dict[str, Any]:
    """The log as its format is documented: one JSON object, or an archive of a header and a file for each sample."""
    try:
        if not zipfile.is_zipfile(file):
            return dict(json.loads(file.read_bytes()))
        with zipfile.ZipFile(file) as archive:
            _require_readable(archive, file)
            header = json.loads(archive.read("header.json"))
            names = [name for name in archive.namelist() if name.startswith("samples/")]
            return {**header, "samples": [_resolved(json.loads(archive.read(name))) for name in names]}
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise RepliesError(f"{file} is no log of Inspect that can be read: {type(error).__name__}: {error}.") from None


def _require_readable(archive: zipfile.ZipFile, file: Path) -> None:
    if any(each.compress_type == _ZSTD for each in archive.infolist()) and not hasattr(zipfile, "ZIP_ZSTANDARD"):
        with suppress(ImportError):
            import zipfile_zstd  # type: ignore[import-not-found]  # noqa: F401 - teaches zipfile

            return
        raise RepliesError(
            f"{file} is compressed by zstd, which this Python cannot read alone: pip install inspect_ai (or zipfile-zstd), or write it "
            "as JSON: inspect log convert --to json --output-dir DIR FILE."
        )


def _resolved(sample: dict[str, Any]) -> dict[str, Any]:
    """`sample` with the long texts in their places that stand among its attachments."""
    attachments = sample.get("attachments") or {}

    def resolved(value: Any) -> Any:
        match value:
            case str() if value.startswith("attachment://"):
                return attachments.get(value.removeprefix("attachment://"), value)
            case dict():
                return {name: resolved(part) for name, part in value.items() if name not in _EVENTS}
            case list():
                return [resolved(part) for part in value]
        return value

    return {name: resolved(value) for name, value in sample.items() if name not in {*_EVENTS, "attachments"}}


def _reply(sample: Mapping[str, Any], place: str) -> GivenReply:
    output = sample.get("output") or {}
    choice: Mapping[str, Any] = next(iter(output.get("choices") or []), {})
    usage = output.get("usage") or {}
    messages = sample.get("messages") or []
    return GivenReply(
        str(sample.get("id")),
        _text_of(choice.get("message", {}).get("content", output.get("completion", "")), place),
        place,
        question=_question(sample.get("input")),
        asked=tuple(_asked(messages[:-1] if messages and messages[-1].get("role") == "assistant" else messages)),
        model=str(output.get("model") or ""),
        finish_reason=_FINISHED.get(str(choice.get("stop_reason")), ""),
        prompt_tokens=count_in(usage, "input_tokens", place),
        completion_tokens=count_in(usage, "output_tokens", place),
        reasoning=_parts(choice.get("message", {}).get("content"), "reasoning"),
        repeat=repeat_in(sample, "epoch", place),
    )


def _text_of(content: Any, place: str) -> str:
    if not isinstance(content, (str, list)):
        raise RepliesError(f"{place}: a reply must be text, got {shown_value(content)}.")
    return content if isinstance(content, str) else _parts(content, "text")


def _parts(content: Any, kind: str) -> str:
    """What of a message's content is of one kind, which its part is called by."""
    listed = content if isinstance(content, list) else []
    return "\n".join(str(part.get(kind) or "") for part in listed if part.get("type") == kind)


def _question(given: Any) -> str:
    """The question of a sample: its input, or the last message of a user where that is a chat."""
    messages = given if isinstance(given, list) else [{"role": "user", "content": given or ""}]
    users = [message.get("content") for message in messages if message.get("role") == "user"]
    return (users[-1] if isinstance(users[-1], str) else _parts(users[-1], "text")) if users else ""


def _asked(messages: Sequence[Mapping[str, Any]]) -> Iterator[Turn]:
    for message in messages:
        content = message.get("content")
        if message.get("role") in ROLES:
            yield Turn(message["role"], content if isinstance(content, str) else _parts(content, "text"))


def _told(log: Mapping[str, Any]) -> dict[str, str]:
    """What a log's header tells of the model and of how it was asked."""
    spec = log.get("eval") or {}
    set_ = {name: value for name, value in (spec.get("model_generate_config") or {}).items() if value is not None}
    set_ |= {name: value for name, value in ((log.get("plan") or {}).get("config") or {}).items() if value is not None}
    told = {"model": spec.get("model"), "task": spec.get("task"), "settings": json.dumps(set_) if set_ else None}
    told["inspect_ai"] = (spec.get("packages") or {}).get("inspect_ai")
    return {name: str(value) for name, value in told.items() if value}
