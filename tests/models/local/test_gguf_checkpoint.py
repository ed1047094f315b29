"""A GGUF says what its weights say, by the tokenizer and chat template inside it; what would say something else is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from itemwise.cases.chat import Turn
from itemwise.inspect.model_structure import structure_of
from itemwise.models import Generation, LoadOptions, ModelEntry, ModelError
from itemwise.models.local.load import LocalModel, load
from tests.models.checkpoints import KINDS, make_checkpoint
from tests.models.gguf_files import dequantised_folder, write_gguf
from tests.models.local.loading import LIMIT, PROMPTS, ask, in_batches, loaded, prompt_text

LLAMA_3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}


def entry_of(file: Path, **entry: Any) -> ModelEntry:
    return ModelEntry(file.stem, str(file), local=True, gguf=True, **entry)


def from_gguf(file: Path, **entry: Any) -> LocalModel:
    return load(entry_of(file, **entry), LoadOptions("none", LIMIT))


def refused(file: Path) -> str:
    with pytest.raises(ModelError) as caught:
        from_gguf(file)
    return str(caught.value)


def texts(generations: list[Generation | Exception | None]) -> list[str]:
    return [generation.text for generation in generations if isinstance(generation, Generation)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_gguf_of_the_same_numbers_says_the_same(checkpoint: Callable[..., Path], tmp_path: Path, kind: str) -> None:
    model = from_gguf(write_gguf(checkpoint(kind), tmp_path / "tiny.gguf"))
    folder = loaded(checkpoint(kind))
    chat = (Turn("system", "Be brief."), Turn("user", "2+2?"))
    assert prompt_text(model, *chat) == prompt_text(folder, *chat)
    assert texts(in_batches(model, PROMPTS)) == texts(in_batches(folder, PROMPTS))
    assert model.describe()["quantisation"] == "GGUF F32, dequantised"


@pytest.mark.parametrize("kind", ["Q4_0", "Q4_1", "Q8_0", "F16"])
def test_quantised_weights_are_used_as_what_they_stand_for(checkpoint: Callable[..., Path], tmp_path: Path, kind: str) -> None:
    model = from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf", kind))
    folder = loaded(dequantised_folder(checkpoint(), tmp_path / "folder", kind))
    assert texts(in_batches(model, PROMPTS[:4])) == texts(in_batches(folder, PROMPTS[:4]))
    assert model.describe()["quantisation"] == f"GGUF {kind}, dequantised"
    assert model.describe()["dtype"] == "float32"
    assert {weights.dtype for weights in model.checkpoint.model.parameters()} == {torch.float32}


def test_what_stands_beside_the_file_changes_nothing(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    alone = from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf"))
    other = make_checkpoint(tmp_path / "other", "llama", seed=1)
    (other / "chat_template.jinja").write_text("{% for message in messages %}other {{ message.content }}{% endfor %}", encoding="utf-8")
    beside = from_gguf(write_gguf(checkpoint(), other / "tiny.gguf"))
    assert texts(in_batches(beside, PROMPTS[:2])) == texts(in_batches(alone, PROMPTS[:2]))
    assert beside.describe() == alone.describe()


def test_loading_and_asking_print_nothing(checkpoint: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ask(from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf", "Q4_0")), "2+2?")
    assert "".join(capfd.readouterr()) == ""


def test_a_template_for_tools_is_taken_beside_the_default(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    named = {"tokenizer.chat_template.tool_use": "{{ tools }}{% for message in messages %}{{ message.content }}{% endfor %}"}
    model = from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf", metadata=named))
    assert model.prompting.template is not None
    assert model.prompting.template.knows_tools()
    assert prompt_text(model, Turn("user", "2+2?")) == prompt_text(loaded(checkpoint()), Turn("user", "2+2?"))


def test_the_ends_of_a_turn_and_of_a_message_end_a_reply(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    ends = {"tokenizer.ggml.eot_token_id": 4, "tokenizer.ggml.eom_token_id": 5}
    model = from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf", metadata=ends))
    assert model.prompting.ends.tokens == {1, 4, 5}
    assert model.describe()["stops"] == "</s>, <|user|>, <|assistant|>"


def test_a_file_without_a_chat_template_is_asked_as_a_completion(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    file = write_gguf(checkpoint(), tmp_path / "tiny.gguf", metadata={"tokenizer.chat_template": None})
    assert from_gguf(file).describe()["prompting"] == "completion (no chat template)"


def test_the_rotary_factors_of_llama_3_are_taken(tmp_path: Path, one_thread: None) -> None:
    """llama.cpp keeps the scaling of Llama 3.1 as a factor for each frequency."""
    rope = {**LLAMA_3, "rope_theta": 10000.0, "original_max_position_embeddings": 40}
    folder = make_checkpoint(tmp_path / "llama3", "llama", rope_parameters=rope)
    scaled = loaded(folder)
    unscaled = 1 / 10000.0 ** (torch.arange(0, 16, 2) / 16)
    factors = (unscaled / scaled.checkpoint.model.model.rotary_emb.inv_freq).numpy()
    assert factors.max() == pytest.approx(8)
    assert factors.min() == pytest.approx(1)
    model = from_gguf(write_gguf(folder, tmp_path / "tiny.gguf", tensors={"rope_freqs.weight": factors}))
    torch.testing.assert_close(model.checkpoint.model.model.rotary_emb.inv_freq, scaled.checkpoint.model.model.rotary_emb.inv_freq)
    assert texts(in_batches(model, PROMPTS)) == texts(in_batches(scaled, PROMPTS))
    without = from_gguf(write_gguf(folder, tmp_path / "without.gguf"))
    assert texts(in_batches(without, PROMPTS)) != texts(in_batches(scaled, PROMPTS))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"tensors": {"blk.0.attn_q_norm.weight": np.ones(16)}},
            "would leave out 1 of the file's tensors, such as blk.0.attn_q_norm.weight",
        ),
        (
            {"tensors": {"rope_factors_long.weight": np.ones(8)}},
            "would leave out 1 of the file's tensors, such as rope_factors_long.weight",
        ),
        (
            {"metadata": {"qwen2.rope.scaling.type": "yarn", "qwen2.rope.scaling.factor": 4.0}},
            "would leave out the scaling of its rotary embedding (yarn, factor 4)",
        ),
        ({"metadata": {"general.architecture": "jamba"}}, "is a GGUF of the architecture jamba, which is not loaded here"),
        ({"metadata": {"general.architecture": "clip"}}, "is the vision part of a model; give the file of the language model"),
    ],
)
def test_what_would_say_another_text_is_refused_for_llama_cpp(
    checkpoint: Callable[..., Path], tmp_path: Path, more: dict[str, Any], message: str
) -> None:
    file = write_gguf(checkpoint(), tmp_path / "tiny.gguf", **more)
    assert message in refused(file)
    assert f"serve it by llama.cpp (llama-server -m {file} --port 8080) and give --model http://localhost:8080/v1" in refused(file)


def test_a_scaling_by_one_is_none(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    none = {"qwen2.rope.scaling.type": "none", "qwen2.rope.scaling.factor": 1.0}
    assert "left out of the GGUF" in from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf", metadata=none)).describe()


def test_settings_that_are_left_out_are_told(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    assert "left out of the GGUF" not in from_gguf(write_gguf(checkpoint(), tmp_path / "usual.gguf")).describe()
    more = {"qwen2.attention.sliding_window": 32, "tokenizer.ggml.pre": "somebodys-own"}
    told = from_gguf(write_gguf(checkpoint(), tmp_path / "tiny.gguf", metadata=more)).describe()["left out of the GGUF"]
    assert told == "the pre-tokenizer somebodys-own (text is split as GPT-2 does), attention.sliding_window"


def test_data_that_is_cut_short_is_told_with_both_sizes(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    whole = write_gguf(checkpoint(), tmp_path / "whole.gguf", "Q8_0").read_bytes()
    file = tmp_path / "cut.gguf"
    for size in (len(whole) - 100, len(whole) // 2):
        file.write_bytes(whole[:size])
        assert f"is cut short: it has {size:,} bytes of" in refused(file)


def test_a_vocabulary_without_weights_is_no_model(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    file = write_gguf(checkpoint(), tmp_path / "whole.gguf")
    from itemwise.models.gguf import read_header

    header = read_header(entry_of(file), file)
    content = bytearray(file.read_bytes())
    content[8:16] = bytes(8)  # the number of tensors
    (tmp_path / "vocabulary.gguf").write_bytes(content[: header.data_start])
    assert "holds no weights, only a vocabulary" in refused(tmp_path / "vocabulary.gguf")


def test_missing_weights_are_not_made_up(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    file = write_gguf(checkpoint(), tmp_path / "tiny.gguf", without="blk.1.ffn_up.weight")
    assert "lacks 1 of its weights, such as model.layers.1.mlp.up_proj.weight. Take another conversion of the model." in refused(file)


def test_weights_that_are_no_numbers_are_refused(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    def damaged(name: str, numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return numbers * np.float32("nan") if name == "blk.0.attn_norm.weight" else numbers

    assert "has weights that are no numbers (NaN or infinite): model.layers.0.input_layernorm.weight" in refused(
        write_gguf(checkpoint(), tmp_path / "tiny.gguf", change=damaged)
    )


def test_without_the_package_it_is_said_how_to_install_it(
    checkpoint: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_gguf(checkpoint(), tmp_path / "tiny.gguf")
    monkeypatch.setitem(sys.modules, "gguf", None)
    assert "is a GGUF, which transformers reads by the package gguf" in refused(file)
    assert 'pip install -e ".[gguf]"' in refused(file)


def test_its_structure_is_that_of_the_folder(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    file = write_gguf(checkpoint("llama"), tmp_path / "tiny.gguf", "Q4_0")
    found, folder = structure_of(entry_of(file), "none"), structure_of(ModelEntry("tiny", str(checkpoint("llama")), local=True), "none")
    assert found.architecture.origin == f"{file}, a GGUF of Q4_0, dequantised when it is loaded"
    assert (found.parameters, found.attention, found.positions, found.footprint) == (
        folder.parameters,
        folder.attention,
        folder.positions,
        folder.footprint,
    )
