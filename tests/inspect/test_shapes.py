"""The tree, and models of other kinds than the registry's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from transformers import AutoConfig

from itemwise.inspect.architecture import architecture_of, skeleton
from itemwise.inspect.counts import positions_of
from itemwise.inspect.footprint import four_bit_bytes, int8_bytes
from itemwise.inspect.pixels import scaled_size
from itemwise.inspect.tree import Branch, tree_of
from itemwise.models import ModelEntry, ModelError

ANY = ModelEntry("any", "owner/any")


def config(kind: str, **values: Any) -> Any:
    small = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4, "vocab_size": 100}
    return AutoConfig.for_model(kind, **{**small, **values})


def names(branch: Branch) -> list[tuple[str, int]]:
    return [(child.name, child.times) for child in branch.children]


def test_layers_of_one_shape_are_one_branch() -> None:
    tree = tree_of(skeleton(ANY, config("qwen2")))
    assert names(tree) == [("model", 1), ("lm_head", 1)]
    assert names(tree.children[0]) == [("embed_tokens", 1), ("layers.0-3", 4), ("norm", 1), ("rotary_emb", 1)]
    assert tree.children[0].children[1].kind == "Qwen2DecoderLayer"


def test_a_layer_of_another_shape_stands_alone() -> None:
    with torch.device("meta"):
        model = nn.Module()
        model.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 3), nn.Linear(2, 2)])
    assert names(tree_of(model)) == [("layers.0-1", 2), ("layers.2", 1), ("layers.3", 1)]


def test_a_branch_holds_the_parameters_of_its_children() -> None:
    def fits(branch: Branch) -> bool:
        own = sum(child.times * child.parameters for child in branch.children)
        return not branch.children or (own <= branch.parameters and all(map(fits, branch.children)))

    assert fits(tree_of(skeleton(ANY, config("llama"))))


def test_a_tied_head_is_shared_and_counts_once() -> None:
    tree = tree_of(skeleton(ANY, config("qwen2", tie_word_embeddings=True)))
    assert [child.shared for child in tree.children] == [False, True]
    assert tree.parameters == tree.children[0].parameters


def test_a_model_without_rotary_embedding_has_no_base() -> None:
    positions = positions_of(AutoConfig.for_model("gpt2"))
    assert (positions.rope_base, positions.context) == (None, 1024)


def test_a_stretched_rotary_embedding_says_so() -> None:
    assert positions_of(config("llama", rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4})).scaling == "linear"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [(64, 32 + 1 + 4 + 1092), (64 * 256, 8192 + 256 + 4 + 1092), (64 * 257, 8224 + 257 + 8 + 1092), (65, 33 + 2 + 4 + 1092)],
)
def test_the_bytes_of_a_double_quantised_matrix(numbers: int, expected: int) -> None:
    assert four_bit_bytes(numbers) == expected


def test_the_bytes_of_an_int8_matrix() -> None:
    assert int8_bytes(3, 5) == 15 + 12


def test_without_limits_a_picture_has_at_least_one_token() -> None:
    assert [scaled_size(size, 28, None) for size in ((1, 1), (100, 3), (280, 28))] == [(28, 28), (168, 28), (280, 28)]


def test_a_damaged_configuration_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "no such"}')
    with pytest.raises(ModelError, match=f"the configuration of {tmp_path} cannot be read"):
        architecture_of(ModelEntry("broken", str(tmp_path), local=True))


def test_a_folder_without_a_configuration_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"gone is not at {tmp_path}/gone: no config.json there"):
        architecture_of(ModelEntry("gone", str(tmp_path / "gone"), local=True))


def test_a_configuration_of_no_language_model_is_an_error() -> None:
    with pytest.raises(ModelError, match="no language model can be built"):
        skeleton(ANY, AutoConfig.for_model("vit"))
