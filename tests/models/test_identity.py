"""What is known of a model before it is loaded: all that its text depends on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from itemwise.models import LoadOptions, ModelEntry, ModelUnavailableError
from itemwise.models import identity as identity_module
from itemwise.models.identity import identity_of
from itemwise.results.store import key_of
from tests.models.gguf_files import write_gguf


@pytest.fixture
def entry(tmp_path: Path) -> ModelEntry:
    """A folder with all that decides a model's text, too small to load."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors"):
        (folder / name).write_text(name)
    return ModelEntry("tiny", str(folder), local=True)


def identity(entry: ModelEntry, quantisation: str = "nf4", max_new_tokens: int = 64) -> dict[str, str]:
    return identity_of(entry, LoadOptions(quantisation, max_new_tokens))


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors", "generation_config.json"])
def test_a_folder_that_differs_in_one_file_is_another_model(entry: ModelEntry, name: str) -> None:
    before = identity(entry)
    Path(entry.location, name).write_text("other")
    assert before["revision"] != identity(entry)["revision"]


def test_a_folder_is_the_same_model_wherever_it_lies_and_whatever_it_is_called(entry: ModelEntry, tmp_path: Path) -> None:
    moved = Path(entry.location).rename(tmp_path / "moved")
    assert identity(replace(entry, name="moved", location=str(moved)))["location"] == ""
    assert identity(replace(entry, name="moved", location=str(moved))) == identity(replace(entry, location=str(moved)))


def test_settings_that_decide_the_text_are_part_of_what_the_model_is(entry: ModelEntry) -> None:
    found = [identity(entry), identity(entry, "int8"), identity(entry, max_new_tokens=65), identity(replace(entry, system="Be brief."))]
    assert len({tuple(each.items()) for each in found}) == 4


@pytest.mark.parametrize(
    ("device", "compute", "named"),
    [
        ("cpu", "auto", "cpu"),
        ("cpu", "float32", "cpu"),
        ("cpu", "bfloat16", "cpu, bfloat16"),
        ("NVIDIA H200", "auto", "NVIDIA H200"),
        ("NVIDIA H200", "float32", "NVIDIA H200, float32"),
    ],
)
def test_the_compute_type_is_named_where_it_is_not_the_usual(
    entry: ModelEntry, device: str, compute: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_module, "_device", lambda: device)
    assert identity_of(entry, LoadOptions("nf4", 64, compute=compute))["compute"] == named


def test_the_versions_that_change_text_are_part_of_what_the_model_is(entry: ModelEntry) -> None:
    assert [part.split()[0] for part in identity(entry)["versions"].split(", ")] == ["transformers", "torch", "bitsandbytes"]


@pytest.mark.parametrize(
    ("method", "libraries"),
    [("gptq", ["gptqmodel", "optimum"]), ("compressed-tensors", ["compressed-tensors"]), ("bitsandbytes", []), (3, [])],
)
def test_of_a_checkpoint_that_is_quantised_already_the_library_that_multiplies_is_part_too(
    entry: ModelEntry, method: Any, libraries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(entry.location, "config.json").write_text(json.dumps({"quantization_config": {"quant_method": method}}))
    monkeypatch.setattr(identity_module, "version", lambda name: "1.0")
    found = [part.split()[0] for part in identity(entry, "none")["versions"].split(", ")]
    assert found == ["transformers", "torch", "bitsandbytes", *libraries]


def test_a_gguf_is_the_same_model_by_its_content_and_knows_its_templates_clock(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    def of(file: Path) -> dict[str, str]:
        return identity(ModelEntry("tiny", str(file), local=True, gguf=True), "none")

    first = of(write_gguf(checkpoint(), tmp_path / "tiny.gguf"))
    moved = of((tmp_path / "tiny.gguf").rename(tmp_path / "other.gguf"))
    assert first == moved
    assert (first["location"], first["gguf"], first["revision"][:7]) == ("", "dequantised", "sha256:")
    assert [part.split()[0] for part in first["versions"].split(", ")] == ["transformers", "torch", "bitsandbytes", "gguf"]
    dated = of(write_gguf(checkpoint(), tmp_path / "dated.gguf", metadata={"tokenizer.chat_template": "{{ strftime_now('%Y') }}"}))
    assert (first.get("clock"), dated["clock"]) == (None, "2026-01-01")
    assert dated["revision"] != first["revision"]


def test_a_folder_that_is_gone_stops_the_run(entry: ModelEntry) -> None:
    with pytest.raises(ModelUnavailableError, match="no such folder"):
        identity(replace(entry, location=entry.location + "-gone"))


def test_identities_and_their_keys_are_those_that_stores_hold_already(entry: ModelEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_module, "version", lambda name: "1.0")
    monkeypatch.setattr(identity_module, "_device", lambda: "cpu")
    found = identity_of(replace(entry, system="Be brief.", max_pixels=4000), LoadOptions("nf4", 64))
    assert list(found.items()) == [
        ("location", ""),
        ("revision", "sha256:9a36340536e1fead"),
        ("max pixels", "4000"),
        ("quantisation", "nf4"),
        ("compute", "cpu"),
        ("system", "Be brief."),
        ("decoding", "greedy"),
        ("max new tokens", "64"),
        ("versions", "transformers 1.0, torch 1.0, bitsandbytes 1.0"),
    ]
    assert key_of(found) == "22cc8f45a9bcd4b09e3290ed228327f0da0a924cdcaede094224b94c2e361ae7"
    served = identity_of(ModelEntry("judge", "http://host:8000/v1#a/b", system="Be brief.", server=True), LoadOptions("nf4", 64))
    assert key_of(served) == "31ae4394bdea74d5a8b730c06329d0de2a4b02b4fd36571ff0a9335f983b82ce"
