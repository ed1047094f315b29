"""Any local folder loads, in 4-bit; what would measure something else is refused with the remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bitsandbytes
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from itemwise.models import QUANTISATIONS, LoadOptions, ModelEntry
from itemwise.models.checkpoint import folder_hash
from itemwise.models.local.load import LocalModel, load, placed, unload
from tests.models.checkpoints import KINDS, make_checkpoint, overwrite
from tests.models.local.loading import LIMIT, PROMPTS, ask, loaded, refused, with_weights


def layers(model: LocalModel, kind: type[torch.nn.Module]) -> list[Any]:
    return [module for module in model.checkpoint.model.modules() if isinstance(module, kind)]


@pytest.mark.parametrize("quantisation", QUANTISATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_folder_answers_in_every_quantisation(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    [generation] = ask(loaded(checkpoint(kind), quantisation), "2+2?")
    assert 0 < generation.completion_tokens <= LIMIT


@pytest.mark.parametrize("quantisation", ["nf4", "fp4"])
@pytest.mark.parametrize("kind", KINDS)
def test_four_bit_is_four_bit_and_quantised_twice(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    model = loaded(checkpoint(kind), quantisation)
    linear = layers(model, bitsandbytes.nn.Linear4bit)
    assert len(linear) == 2 * 7  # of both layers: query, key, value, output, gate, up, down
    assert {layer.weight.quant_state.quant_type for layer in linear} == {quantisation}
    assert all(layer.weight.quant_state.nested for layer in linear)
    assert all(layer.weight.dtype == torch.uint8 and layer.weight.numel() * 2 == layer.in_features * layer.out_features for layer in linear)


def test_eight_bit_is_eight_bit(checkpoint: Callable[..., Path]) -> None:
    linear = layers(loaded(checkpoint(), "int8"), bitsandbytes.nn.Linear8bitLt)
    assert [layer.weight.dtype for layer in linear] == [torch.int8] * 14


def test_none_is_left_as_it_is(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    assert not layers(model, bitsandbytes.nn.Linear4bit) + layers(model, bitsandbytes.nn.Linear8bitLt)
    assert {parameter.dtype for parameter in model.checkpoint.model.parameters()} == {torch.float32}


def test_four_bit_computes_in_float32_on_every_cpu(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint(), "nf4")
    ask(model, "2+2?")  # on CPUs with AVX512-BF16 bitsandbytes would repack the weights for bfloat16 here
    layer = layers(model, bitsandbytes.nn.Linear4bit)[0]
    weight = bitsandbytes.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    inputs = torch.randn(3, layer.in_features)
    assert layer.compute_dtype == weight.dtype == torch.float32
    torch.testing.assert_close(layer(inputs), torch.nn.functional.linear(inputs, weight, layer.bias))


@pytest.mark.parametrize("quantisation", QUANTISATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_folder_answers_in_bfloat16(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    entry = ModelEntry("tiny", str(checkpoint(kind)), local=True)
    model = load(entry, LoadOptions(quantisation, LIMIT, compute="bfloat16"))
    assert model.describe()["dtype"] == "bfloat16"
    assert all(0 < generation.completion_tokens <= LIMIT for generation in ask(model, "2+2?", "3+3?"))


def test_widths_that_are_no_multiple_of_64_load_in_four_bit(tmp_path: Path, one_thread: None) -> None:
    folder = make_checkpoint(tmp_path / "narrow", hidden_size=48, intermediate_size=72, num_key_value_heads=1)
    assert ask(loaded(folder, "nf4"), "2+2?")[0].completion_tokens > 0


def test_loading_and_asking_print_nothing(checkpoint: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    for quantisation in QUANTISATIONS:
        ask(loaded(checkpoint(), quantisation), "2+2?")
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"])
def test_every_file_that_decides_the_text_is_part_of_the_revision(copied: Callable[..., Path], name: str) -> None:
    folder = copied()
    before = folder_hash(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert folder_hash(folder) != before


def test_a_note_beside_the_weights_leaves_the_revision_alone(copied: Callable[..., Path]) -> None:
    folder = copied()
    before = folder_hash(folder)
    (folder / "README.md").write_text("a card")
    assert folder_hash(folder) == before == loaded(folder).describe()["revision"]


def test_other_weights_are_another_revision(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    other = make_checkpoint(tmp_path / "qwen2", seed=1)
    assert loaded(checkpoint()).describe()["revision"] != loaded(other).describe()["revision"]


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_logits_that_are_no_numbers_behind_a_first_prompt_are_refused(copied: Callable[..., Path], quantisation: str) -> None:
    folder = with_weights(copied(), "lm_head.weight", lambda weights: weights.sign_().mul_(3e38))
    message = refused(folder, quantisation)
    assert message.startswith("the logits of qwen2 are no numbers (NaN or infinite) behind a first prompt, although its weights are")
    assert f"too large for float32, or belong to another configuration. Check {folder}" in message


def test_pickled_weights_are_refused_with_the_remedy(copied: Callable[..., Path]) -> None:
    folder = copied()
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    assert "no safetensors weights, only pytorch_model.bin" in refused(folder)
    assert "convert them with from_pretrained(...).save_pretrained(FOLDER)" in refused(folder)


def test_a_folder_without_weights_says_so(copied: Callable[..., Path]) -> None:
    folder = copied()
    (folder / "model.safetensors").unlink()
    assert f"qwen2 has no weights: {folder} holds no .safetensors file" in refused(folder)


def test_a_folder_with_a_gguf_beside_its_configuration_says_how_to_name_it(copied: Callable[..., Path]) -> None:
    folder = copied()
    (folder / "model.safetensors").rename(folder / "tiny-Q4_0.gguf")
    assert f"has no safetensors weights, but 1 GGUF file: name one, --model {folder}/tiny-Q4_0.gguf." in refused(folder)


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    assert f"gone is not at {tmp_path / 'gone'}: no such folder" in refused(tmp_path / "gone")


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_missing_weights_are_not_made_up(copied: Callable[..., Path], quantisation: str) -> None:
    file = copied() / "model.safetensors"
    weights = load_file(file)
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, file, metadata={"format": "pt"})
    assert "lacks 1 of its weights, such as model.layers.1.mlp.up_proj.weight" in refused(file.parent, quantisation)


def test_a_missing_shard_is_an_error(copied: Callable[..., Path]) -> None:
    folder = copied()
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="100KB")
    sorted(folder.glob("model-*.safetensors"))[-1].unlink()
    assert "Check that the folder is whole" in refused(folder)


@pytest.mark.parametrize("missing", ["tokenizer.json", "tokenizer*"])
def test_a_missing_tokenizer_is_not_made_up(copied: Callable[..., Path], missing: str) -> None:
    folder = copied()
    for file in folder.glob(missing):
        file.unlink()
    assert f"qwen2 has no tokenizer: {folder} lacks tokenizer.json" in refused(folder)


def cut(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])


BREAKAGES: dict[str, Callable[[Path], object]] = {
    "weights cut short": cut,
    "config is no JSON": lambda folder: (folder / "config.json").write_text("{"),
    "unknown architecture": lambda folder: overwrite(folder, "config.json", {"model_type": "unheard-of"}),
    "weights of another size": lambda folder: overwrite(folder, "config.json", {"intermediate_size": 192}),
    "tokenizer is no JSON": lambda folder: (folder / "tokenizer.json").write_text("{"),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_damaged_folder_is_one_error_that_names_it(copied: Callable[..., Path], breakage: str) -> None:
    folder = copied()
    BREAKAGES[breakage](folder)
    message = refused(folder)
    assert message.startswith(f"qwen2 cannot be loaded from {folder} (")
    assert message.endswith("Check that the folder is whole.")
    assert "\n" not in message


def test_a_checkpoint_already_quantised_is_not_quantised_again(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    quantised, folder = loaded(checkpoint(), "nf4"), tmp_path / "quantised"
    quantised.checkpoint.model.save_pretrained(folder)
    quantised.prompting.tokenizer.save_pretrained(folder)
    assert "already quantised (bitsandbytes), so --quant fp4 cannot be applied; give --quant none" in refused(folder, "fp4")
    assert loaded(folder).describe()["quantisation"] == "the checkpoint's own (bitsandbytes)"
    assert ask(loaded(folder), *PROMPTS[:4]) == ask(quantised, *PROMPTS[:4])


def test_python_of_a_checkpoint_does_not_run_unless_its_entry_says_so(copied: Callable[..., Path]) -> None:
    folder = copied()
    overwrite(folder, "config.json", {"model_type": "own", "auto_map": {"AutoConfig": "code.Own", "AutoModelForCausalLM": "code.Own"}})
    (folder / "code.py").write_text(f"open({json.dumps(str(folder / 'ran'))}, 'w')")
    assert "trust_remote_code = true under [tool.itemwise.models.NAME]" in refused(folder)
    assert not (folder / "ran").exists()


@pytest.mark.parametrize(("alone", "gpus", "places"), [(True, 2, [{"": "cuda:0"}, "auto"]), (True, 1, None), (False, 2, None)])
def test_what_is_too_large_for_one_gpu_is_spread_where_the_others_are_free(
    alone: bool, gpus: int, places: list[object] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def read(device_map: Any) -> str:
        asked.append(device_map if isinstance(device_map, str) else {name: str(device) for name, device in device_map.items()})
        if device_map != "auto":
            raise torch.OutOfMemoryError("full")
        return "model"

    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    if places is None:
        with pytest.raises(torch.OutOfMemoryError):
            placed(read, torch.device("cuda", 0), alone=alone)
    else:
        assert (placed(read, torch.device("cuda", 0), alone=alone), asked) == ("model", places)


def test_a_model_that_is_let_go_of_is_gone_and_one_that_is_held_is_named(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("qwen2"))
    assert model.name in unload()
    name = model.name
    del model
    assert name not in unload()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("quantisation", QUANTISATIONS)
@pytest.mark.parametrize("name", ["model.layers.1.mlp.up_proj.weight", "model.embed_tokens.weight", "model.norm.weight"])
def test_a_weight_that_is_no_number_is_refused(copied: Callable[..., Path], quantisation: str, value: float, name: str) -> None:
    folder = with_weights(copied(), name, lambda weight: weight.view(-1)[5].fill_(value))
    message = refused(folder, quantisation)
    assert message.startswith("qwen2 has weights that are no numbers (NaN or infinite): ")
    assert name in message or "one of 128 x 64" in message


def test_a_tokenizer_larger_than_the_embedding_is_refused_with_both_numbers(tmp_path: Path, one_thread: None) -> None:
    folder = make_checkpoint(tmp_path / "small", vocab_size=200)
    assert "the tokenizer of small has 267 words, its weights an embedding of 200" in refused(folder)


def test_an_embedding_larger_than_the_tokenizer_is_fine(tmp_path: Path, one_thread: None) -> None:
    assert ask(loaded(make_checkpoint(tmp_path / "padded", vocab_size=320)), "2+2?")[0].completion_tokens
