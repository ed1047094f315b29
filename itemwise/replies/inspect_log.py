"""Replies in the logs of Inspect AI: ``.eval`` (an archive) and ``.json``, by its own code where that is installed."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from itemwise.cases.chat import ROLES, Turn
from itemwise.cases.gzipped import require_bounded
from itemwise.cases.plain_data import shown_value
from itemwise.replies.given_reply import GivenReply, Replies, RepliesError, count_in, object_in, objects_in, repeat_in, text_in

__all__ = ["inspect_log", "is_inspect_log"]

_FINISHED = {"stop": "stop", "max_tokens": "length", "model_length": "length"}
_ZSTD = 93  # a kind of compression that zipfile knows since Python 3.14
_CONVERT = "inspect log convert --to json --output-dir DIR FILE"
_EVENTS = {"events", "events_data", "timelines", "store"}


def is_inspect_log(record: Mapping[str, Any]) -> bool:
    """Whether a whole file is a log in JSON."""
    return isinstance(record.get("eval"), Mapping) and bool(record.keys() & {"samples", "status", "plan"})


def inspect_log(file: Path, content: bytes) -> Replies:
    """The replies of a log, an epoch of a sample being a repeat; a sample that ended in an error, or has no output, has none. `content` is
    that of the file out of its gzip. Raises RepliesError.
    """
    is_archive = zipfile.is_zipfile(io.BytesIO(content))
    if is_archive:
        _require_bounded(file, content)
    log = _by_inspect(file, content) or _by_format(file, content, is_archive=is_archive)
    samples = [(_place(file, sample), sample) for sample in objects_in(log, "samples", file.name)]
    replies = [_reply(sample, place) for place, sample in samples if not sample.get("error") and object_in(sample, "output", place)]
    return Replies(replies, _told(log, file.name))


def _place(file: Path, sample: Mapping[str, Any]) -> str:
    epoch = f", epoch {shown_value(sample['epoch'])}" if sample.get("epoch", 1) != 1 else ""
    return f"{file.name}, sample {shown_value(sample.get('id'))}{epoch}"


def _by_inspect(file: Path, content: bytes) -> dict[str, Any] | None:
    """The log as Inspect's own code reads it; None where it is not installed."""
    try:
        from inspect_ai.log import read_eval_log  # type: ignore[import-not-found]
    except ImportError:
        return None
    try:
        is_unpacked = content != file.read_bytes()  # which earlier versions cannot be given; they read files alone
        log = read_eval_log(io.BytesIO(content) if is_unpacked else str(file), resolve_attachments=True)
    except Exception as error:  # whatever its own code raises
        raise RepliesError(f"{file}: inspect_ai cannot read it ({type(error).__name__}: {error}).") from None
    samples = [sample.model_dump(mode="json", exclude=_EVENTS) for sample in log.samples or []]
    return {**log.model_dump(mode="json", exclude={"samples"}), "samples": samples}


def _by_format(file: Path, content: bytes, *, is_archive: bool) -> dict[str, Any]:
    """The log as its format is documented: one JSON object, or an archive of a header and a file for each sample."""
    try:
        log = _archived(file, content) if is_archive else dict(json.loads(content))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise RepliesError(f"{file} is no log of Inspect that can be read: {type(error).__name__}: {error}.") from None
    return {**log, "samples": [_resolved(sample, file) for sample in objects_in(log, "samples", file.name)]}


def _require_bounded(file: Path, content: bytes) -> None:
    """Refuse an archive whose files are far longer than it, by what it says of them: no more than that is read of any."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            require_bounded(sum(each.file_size for each in archive.infolist()), len(content), f"give it as JSON: {_CONVERT}")
    except OSError as error:
        raise RepliesError(f"{file} cannot be read: {error}.") from None
    except zipfile.BadZipFile as error:
        raise RepliesError(f"{file} is no log of Inspect that can be read: {error}.") from None


def _archived(file: Path, content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _require_readable(archive, file)
        names = dict.fromkeys(name for name in archive.namelist() if name.startswith("samples/"))  # a retried one stands in it twice
        return {**json.loads(archive.read("header.json")), "samples": [json.loads(archive.read(name)) for name in names]}


def _require_readable(archive: zipfile.ZipFile, file: Path) -> None:
    if any(each.compress_type == _ZSTD for each in archive.infolist()) and not hasattr(zipfile, "ZIP_ZSTANDARD"):
        with suppress(ImportError):
            import zipfile_zstd  # type: ignore[import-not-found]  # noqa: F401 - teaches zipfile

            return
        raise RepliesError(
            f"{file} is compressed by zstd, which this Python cannot read alone: pip install inspect_ai (or zipfile-zstd), or write it "
            f"as JSON: {_CONVERT}."
        )


def _resolved(sample: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """`sample` with the long texts in their places that stand among its attachments."""
    attachments = object_in(sample, "attachments", _place(file, sample))

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
    output = object_in(sample, "output", place)
    choice: Mapping[str, Any] = next(iter(objects_in(output, "choices", place)), {})
    message = object_in(choice, "message", place) if choice else {"content": output.get("completion", "")}
    usage = object_in(output, "usage", place)
    messages = objects_in(sample, "messages", place)
    return GivenReply(
        text_in(sample, "id", place),
        _content(message, "text", place),
        place,
        question=_question(sample, place),
        asked=tuple(_asked(messages[:-1] if messages and messages[-1].get("role") == "assistant" else messages, place)),
        model=text_in(output, "model", place, ""),
        finish_reason=_FINISHED.get(text_in(choice, "stop_reason", place, ""), ""),
        prompt_tokens=count_in(usage, "input_tokens", place),
        completion_tokens=count_in(usage, "output_tokens", place),
        reasoning="" if isinstance(message.get("content"), str) else _content(message, "reasoning", place),
        repeat=repeat_in(sample, "epoch", place),
    )


def _content(message: Mapping[str, Any], kind: str, place: str) -> str:
    """A message's content, of its parts those of one kind, which their texts are called by."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise RepliesError(f"{place}: a message must be text or parts, got {shown_value(content)}.")
    return "\n".join(text_in(part, kind, place, "") for part in objects_in(message, "content", place) if part.get("type") == kind)


def _question(sample: Mapping[str, Any], place: str) -> str:
    """The question of a sample: its input, or the last message of a user where that is a chat."""
    if isinstance(sample.get("input"), str):
        return str(sample["input"])
    users = [message for message in objects_in(sample, "input", place) if message.get("role") == "user"]
    return _content(users[-1], "text", place) if users else ""


def _asked(messages: Sequence[Mapping[str, Any]], place: str) -> Iterator[Turn]:
    for message in messages:
        if message.get("role") in ROLES:
            yield Turn(message["role"], _content(message, "text", place))


def _told(log: Mapping[str, Any], place: str) -> dict[str, str]:
    """What a log's header tells of the model and of how it was asked."""
    spec = object_in(log, "eval", place)
    settings = object_in(spec, "model_generate_config", place), object_in(object_in(log, "plan", place), "config", place)
    set_ = {name: value for each in settings for name, value in each.items() if value is not None}
    told = {name: text_in(spec, name, place, "") for name in ("model", "task")}
    told |= {
        "settings": json.dumps(set_) if set_ else "",
        "inspect_ai": text_in(object_in(spec, "packages", place), "inspect_ai", place, ""),
    }
    return {name: value for name, value in told.items() if value}
