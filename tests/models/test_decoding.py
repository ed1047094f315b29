"""Greedy, or the model's own sampling: in its name, in the store's key, and in the header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from itemwise.models import LoadOptions, ModelEntry, ModelError, registry_with
from itemwise.models.decoding import thinks_greedily, with_decoding
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


def test_the_key_names_it_where_it_always_stood() -> None:
    options = LoadOptions("nf4", 64)
    greedy, model = (identity_of(entry, options) for entry in with_decoding(SERVED, ["greedy", "model"]))
    assert (greedy["decoding"], model["decoding"]) == ("greedy", "model")
    assert [*greedy] == [*model]


def test_a_projects_entry_says_it() -> None:
    assert registry_with({"own": {"location": "Qwen/Qwen3-8B", "decoding": "model"}}, Path())["own"].decoding == "model"
    with pytest.raises(ModelError, match="decoding must be one of greedy, greedy-penalised, model, got 'sample'"):
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
