"""What is known of a model before it is loaded: all that its text depends on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from itemwise.models import LoadOptions, ModelEntry, ModelUnavailableError
from itemwise.models import identity as identity_module
from itemwise.models.identity import identity_of
from itemwise.results.store import key_of


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


def test_the_versions_that_change_text_are_part_of_what_the_model_is(entry: ModelEntry) -> None:
    assert [part.split()[0] for part in identity(entry)["versions"].split(", ")] == ["transformers", "torch", "bitsandbytes"]


def test_a_folder_that_is_gone_stops_the_run(entry: ModelEntry) -> None:
    with pytest.raises(ModelUnavailableError, match="no such folder"):
        identity(replace(entry, location=entry.location + "-gone"))


def test_identities_and_their_keys_are_those_that_stores_hold_already(entry: ModelEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_module, "version", lambda name: "1.0")
    monkeypatch.setattr(identity_module, "_compute", lambda: "cpu")
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
