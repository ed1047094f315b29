"""Greedy, or the model's own sampling: in its name, in the store's key, and in the header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from itemwise.models import LoadOptions, ModelEntry, ModelError, registry_with
from itemwise.models.decoding import decoding_of, temperature_of, thinks_greedily, with_decoding
from itemwise.models.identity import identity_of

ENTRY = ModelEntry("qwen3-8b", "Qwen/Qwen3-8B")
SERVED = ModelEntry("adder", "http://127.0.0.1:9/v1#adder", server=True)


def test_an_entry_has_its_decoding_in_its_name_under_several() -> None:
    assert with_decoding(ENTRY, []) == [ENTRY]
    assert [entry.name for entry in with_decoding(ENTRY, ["model"])] == ["qwen3-8b"]
    assert [(entry.name, entry.decoding) for entry in with_decoding(ENTRY, ["greedy", "model"])] == [
        ("qwen3-8b+decoding-greedy", "greedy"),
        ("qwen3-8b+decoding-model", "model"),
    ]


@pytest.mark.parametrize(
    ("text", "kept", "sampling"),
    [
        ("greedy", "greedy", None),
        ("model", "model", None),
        ("temperature=0.70", "temperature=0.7", (0.7, None)),
        ("temperature=1, top_p=.950", "temperature=1,top_p=0.95", (1.0, 0.95)),
        ("top_p=0.9", None, None),
        ("temperature=0", None, None),
        ("temperature=0.7,top_p=1.5", None, None),
        ("temperature=warm", None, None),
        ("0.7", None, None),
        (7, None, None),
    ],
)
def test_a_temperature_is_kept_in_one_spelling(text: object, kept: str | None, sampling: tuple[float, float | None] | None) -> None:
    assert decoding_of(text) == kept
    if kept is not None:
        assert temperature_of(replace(ENTRY, decoding=kept)) == sampling


def test_the_key_names_it_where_it_always_stood() -> None:
    options = LoadOptions("nf4", 64)
    greedy, model = (identity_of(entry, options) for entry in with_decoding(SERVED, ["greedy", "model"]))
    assert (greedy["decoding"], model["decoding"]) == ("greedy", "model")
    assert [*greedy] == [*model]


def test_a_projects_entry_says_it() -> None:
    assert registry_with({"own": {"location": "Qwen/Qwen3-8B", "decoding": "model"}}, Path())["own"].decoding == "model"
    with pytest.raises(ModelError, match="decoding must be one of greedy, greedy-penalised, model, or a temperature such as"):
        registry_with({"own": {"location": "Qwen/Qwen3-8B", "decoding": "sample"}}, Path())


@pytest.mark.parametrize(
    ("thinking", "decoding", "expected"),
    [
        ("on", "greedy", True),
        ("on", "greedy-penalised", True),
        ("on", "model", False),
        ("off", "greedy", False),
        ("template", "greedy", False),
    ],
)
def test_greedy_thinking_is_known_before_anything_is_loaded_where_the_entry_says_it(thinking: str, decoding: str, expected: bool) -> None:
    assert thinks_greedily(replace(ENTRY, thinking=thinking, decoding=decoding)) == expected
