"""`--replies`: files in the place of models, their names, and options that would ask a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from itemwise.session.given_replies import replies_line
from itemwise.session.header import header_lines, idle_lines
from itemwise.session.settings import Settings, SettingsError, read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my answers.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "1", "model": "org/model-7b"}) + "\n")
    return path


def settings(root: Path, **given: Any) -> Settings:
    return read_settings(given, root=root, here=root)


def complaint(root: Path, **given: Any) -> str:
    with pytest.raises(SettingsError) as error:
        settings(root, **given)
    return str(error.value)


def test_a_file_is_a_model_called_by_what_made_its_replies(tmp_path: Path, file: Path) -> None:
    read = settings(tmp_path, replies=[file.name])
    (entry,) = read.all_models
    assert (entry.name, entry.location, entry.replies, entry.is_loaded_here) == ("model-7b", str(file), True, False)
    assert (read.source.kind, read.models_for(pictures=True)) == ("hub", (entry,))


def test_a_name_of_ones_own_stands_behind_a_hash(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "b#1.jsonl"
    other.write_text('{"id": "a", "text": "2"}\n')
    assert [entry.name for entry in settings(tmp_path, replies=[f"{file.name}#ours", "b#1.jsonl"]).models] == ["ours", "b-1"]
    assert complaint(tmp_path, replies=[f"{file.name}#a b"]) == (
        f"--replies {file.name}#a b: the name 'a b' must be of letters, digits and . _ + - only."
    )
    assert "two models are called 'm'" in complaint(tmp_path, replies=[f"{file.name}#m", "b#1.jsonl#m"])


def test_a_model_is_asked_beside_only_where_the_command_line_names_one(tmp_path: Path, file: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.itemwise]\nmodel = ["qwen3-8b"]\ncontrol = ["blank-image"]\nvariants = 2\n')
    alone = settings(tmp_path, replies=[file.name])
    assert ([entry.name for entry in alone.models], alone.controls, alone.source.variants) == (["model-7b"], (), 0)
    beside = settings(tmp_path, replies=[file.name], model=["qwen3-8b"], quant=["nf4", "int8"])
    assert [entry.name for entry in beside.models] == ["model-7b", "qwen3-8b+nf4", "qwen3-8b+int8"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"strategy": ["vote"]}, "--strategy vote"),
        ({"control": ["blank-image"]}, "--control blank-image"),
        ({"variants": "2"}, "--variants 2"),
        ({"prompt": ["a", "b"]}, "--prompt a, b"),
        ({"prompt": ["all"]}, "--prompt all"),
        ({"shots": ["0", "5"]}, "--shots 0, 5"),
    ],
)
def test_what_would_ask_a_model_anew_is_refused(tmp_path: Path, file: Path, given: dict[str, Any], shown: str) -> None:
    assert complaint(tmp_path, replies=[file.name], **given) == (
        f"--replies are judged as they are, and {shown} would ask a model anew; leave one of the two out."
    )


def test_a_file_says_itself_how_many_replies_a_case_has(tmp_path: Path, file: Path) -> None:
    assert settings(tmp_path, replies=[file.name]).repeats == 1
    three = tmp_path / "three.jsonl"
    three.write_text("".join(json.dumps({"id": "a", "text": "1", "repeat": repeat}) + "\n" for repeat in (1, 2, 3)))
    (tmp_path / "pyproject.toml").write_text("[tool.itemwise]\nrepeats = 5\n")
    read = settings(tmp_path, replies=[three.name])
    assert read.repeats == 3
    assert not any("greedy" in line for line in header_lines(read))
    assert settings(tmp_path, replies=[three.name], repeats="2").repeats == 2


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    assert complaint(tmp_path, replies=["none.jsonl"]).startswith(f"--replies {tmp_path}/none.jsonl cannot be read: ")


def test_the_header_says_where_replies_are_from_and_what_is_unknown(tmp_path: Path, file: Path) -> None:
    read = settings(tmp_path, replies=[file.name], quant=["int8"])
    assert header_lines(read)[0] == f"itemwise: {replies_line(read.models[0])}"
    assert "made elsewhere: 1 in my answers.jsonl (jsonl), sha256 " in header_lines(read)[0]
    assert "made by org/model-7b, settings unknown; finish reasons unknown" in header_lines(read)[0]
    assert idle_lines(read) == ["itemwise: --quant has no effect: replies from files are there already"]
