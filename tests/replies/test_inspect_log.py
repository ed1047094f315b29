"""Logs of Inspect, in the form that version 0.3.285 writes."""

from __future__ import annotations

import gzip
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from itemwise.cases import gzipped
from itemwise.cases.chat import Turn
from itemwise.replies import RepliesError, read_replies

HEADER = {
    "version": 2,
    "status": "success",
    "eval": {"task": "gsm8k", "model": "hf/org/m", "model_generate_config": {"max_tokens": 64}, "packages": {"inspect_ai": "0.3.285"}},
    "plan": {"name": "plan", "steps": [], "config": {"temperature": 0.0, "top_p": None}},
}


def sample(number: int, text: str, **changes: Any) -> dict[str, Any]:
    content = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": text}]
    message = {"role": "assistant", "content": content}
    return {
        "id": number,
        "epoch": 1,
        "input": f"What is {number}+{number}?",
        "target": str(2 * number),
        "messages": [{"role": "user", "content": f"What is {number}+{number}?\nReasoning:"}, message],
        "output": {
            "model": "org/m",
            "choices": [{"message": message, "stop_reason": "max_tokens"}],
            "completion": text,
            "usage": {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12},
        },
        **changes,
    }


@pytest.fixture(autouse=True)
def _without_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by the format alone, whatever is installed; tools/check_exports.py reads by Inspect's own code."""
    monkeypatch.setitem(sys.modules, "inspect_ai", None)


def log_of(folder: Path, samples: list[dict[str, Any]]) -> Path:
    file = folder / "log.json"
    file.write_text(json.dumps({**HEADER, "samples": samples}, indent=2))
    return file


def archive_of(folder: Path, samples: list[dict[str, Any]]) -> Path:
    file = folder / "log.eval"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_journal/start.json", "{}")
        for each in samples:
            archive.writestr(f"samples/{each['id']}_epoch_1.json", json.dumps(each))
        archive.writestr("header.json", json.dumps(HEADER))
    return file


def packed(write: Callable[[Path, list[dict[str, Any]]], Path]) -> Callable[[Path, list[dict[str, Any]]], Path]:
    def write_gzipped(folder: Path, samples: list[dict[str, Any]]) -> Path:
        file = write(folder, samples)
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        return file.with_name(f"{file.name}.gz")

    return write_gzipped


@pytest.mark.parametrize("write", [log_of, archive_of, packed(log_of), packed(archive_of)])
def test_a_reply_with_its_chat_tokens_and_settings(tmp_path: Path, write: Any) -> None:
    failed = sample(3, "", error={"message": "out of memory"})
    found = read_replies(write(tmp_path, [sample(1, "ANSWER: 2"), failed]))
    (reply,) = found.replies
    assert (reply.id, reply.text, reply.reasoning, reply.question) == ("1", "ANSWER: 2", "hm", "What is 1+1?")
    assert (reply.finish_reason, reply.prompt_tokens, reply.completion_tokens) == ("length", 7, 5)
    assert reply.asked == (Turn("user", "What is 1+1?\nReasoning:"),)
    described = found.describe("m")
    assert (found.model, described["task"], described["inspect_ai"]) == ("hf/org/m", "gsm8k", "0.3.285")
    assert json.loads(described["settings"]) == {"max_tokens": 64, "temperature": 0.0}


@pytest.mark.parametrize("write", [log_of, archive_of])
def test_long_texts_stand_among_the_attachments(tmp_path: Path, write: Any) -> None:
    held = {**sample(1, "attachment://abc"), "attachments": {"abc": "a long reply"}}
    (reply,) = read_replies(write(tmp_path, [held])).replies
    assert reply.text == "a long reply"


def test_epochs_are_repeats(tmp_path: Path) -> None:
    found = read_replies(log_of(tmp_path, [sample(1, "2"), sample(1, "3", epoch=2), sample(2, "4")]))
    assert [(reply.id, reply.repeat, reply.text) for reply in found.replies] == [("1", 1, "2"), ("1", 2, "3"), ("2", 1, "4")]
    assert (found.repeats, found.replies[1].place) == (2, "log.json, sample 1, epoch 2")


def test_an_epoch_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepliesError, match=r"log\.json, sample 1, epoch 0: 'epoch' must be a whole number from 1, got 0"):
        read_replies(log_of(tmp_path, [sample(1, "2", epoch=0)]))


def test_a_sample_without_output_has_no_reply(tmp_path: Path) -> None:
    assert [reply.id for reply in read_replies(log_of(tmp_path, [sample(1, "2"), sample(2, "", output=None)])).replies] == ["1"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": None}, "log.json, sample None: 'id' must be text, got None."),
        ({"output": 5}, "log.json, sample 1: 'output' must be an object, got 5"),
        ({"output": {"choices": [None]}}, "log.json, sample 1: 'choices' must hold objects alone, got None as number 1"),
        ({"output": {"choices": [{"message": {"content": 5}}]}}, "log.json, sample 1: a message must be text or parts, got 5."),
        ({"messages": "hi"}, "log.json, sample 1: 'messages' must be a list of objects, got 'hi'."),
        ({"input": 5}, "log.json, sample 1: 'input' must be a list of objects, got 5."),
        ({"attachments": []}, "log.json, sample 1: 'attachments' must be an object, got []"),
    ],
)
def test_a_field_of_another_kind_is_one_sentence_with_its_sample(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(RepliesError) as error:
        read_replies(log_of(tmp_path, [{**sample(1, "2"), **changed}]))
    assert str(error.value).startswith(said)


def test_samples_that_are_no_objects(tmp_path: Path) -> None:
    with pytest.raises(RepliesError, match=r"log\.json: 'samples' must hold objects alone, got 5 as number 1"):
        read_replies(log_of(tmp_path, [5]))  # type: ignore[list-item]


def test_an_archive_that_this_python_cannot_read_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zipfile_zstd", None)
    monkeypatch.delattr(zipfile, "ZIP_ZSTANDARD", raising=False)
    file = archive_of(tmp_path, [sample(1, "2")])
    deflated, zstd = (f"\x00\x00{method}\x00".encode("latin-1") for method in ("\x08", "\x5d"))
    file.write_bytes(file.read_bytes().replace(deflated, zstd))
    with pytest.raises(RepliesError, match=r"is compressed by zstd.* pip install inspect_ai"):
        read_replies(file)


def test_an_archive_of_something_else_is_no_log(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.eval", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(RepliesError, match=r"other\.eval is no log of Inspect that can be read: KeyError"):
        read_replies(tmp_path / "other.eval")


@pytest.mark.parametrize("inspect", [None, SimpleNamespace(read_eval_log=lambda *_, **__: pytest.fail("it was read"))])
def test_an_archive_that_holds_far_more_than_its_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inspect: Any) -> None:
    monkeypatch.setattr(gzipped, "MOST", 1 << 20)
    if inspect:
        monkeypatch.setitem(sys.modules, "inspect_ai", ModuleType("inspect_ai"))
        monkeypatch.setitem(sys.modules, "inspect_ai.log", inspect)
    file = archive_of(tmp_path, [sample(number, " " * 4_000_000) for number in range(3)])
    size = file.stat().st_size
    said = rf"log\.eval cannot be read: it holds more than \d+ MB in {size} bytes; if it is no mistake, give it as JSON: "
    with pytest.raises(RepliesError, match=said):
        read_replies(file)


@pytest.mark.parametrize(("name", "pack"), [("log.json", bytes), ("log.json.gz", gzip.compress)])
def test_inspects_own_code_is_given_the_file_and_of_a_packed_one_its_content(
    name: str, pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def read_eval_log(file: Any, resolve_attachments: bool) -> Any:
        assert resolve_attachments
        given.append(file)
        raise ValueError("not today")

    monkeypatch.setitem(sys.modules, "inspect_ai", ModuleType("inspect_ai"))
    monkeypatch.setitem(sys.modules, "inspect_ai.log", SimpleNamespace(read_eval_log=read_eval_log))
    content = log_of(tmp_path, [sample(1, "2")]).read_bytes()
    (tmp_path / name).write_bytes(pack(content))
    with pytest.raises(RepliesError, match="inspect_ai cannot read it"):
        read_replies(tmp_path / name)
    (file,) = given
    assert file == str(tmp_path / name) if pack is bytes else file.read() == content
