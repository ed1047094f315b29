"""Any local folder loads, in 4-bit, and is asked greedily in batches that do not change its text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bitsandbytes
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from itemwise.cases.case import Turn
from itemwise.models import QUANTISATIONS, Generation, LoadOptions, ModelEntry, ModelError, Request
from itemwise.models.checkpoint import folder_hash
from itemwise.models.local.load import LocalModel, load, placed, unload
from tests.models.checkpoints import BOS, CONTEXT, KINDS, make_checkpoint, overwrite

LIMIT = 12
PROMPTS = [("How many apples has Ana? " * 9)[: 3 + 7 * number] for number in range(16)]


def loaded(folder: Path, quantisation: str = "none", **entry: Any) -> LocalModel:
    return load(ModelEntry(folder.name, str(folder), local=True, **entry), LoadOptions(quantisation, LIMIT))


def refused(folder: Path, quantisation: str = "none", **entry: Any) -> str:
    with pytest.raises(ModelError) as caught:
        loaded(folder, quantisation, **entry)
    return str(caught.value)


def ask(model: LocalModel, *prompts: str) -> list[Generation]:
    return model.generate([Request((Turn("user", prompt),)) for prompt in prompts])


def likeliest(folder: Path, prompt: str, count: int = LIMIT) -> list[int]:
    """Greedy decoding spelled out: the likeliest next token, `count` times, with no batch, cache or generate()."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = list(tokenizer.apply_chat_template([{"role": "user", "content": prompt}], add_generation_prompt=True)["input_ids"])
    with torch.inference_mode():
        for _ in range(count):
            ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
    return ids[-count:]


def decoded(folder: Path, ids: Sequence[int]) -> str:
    return str(transformers.AutoTokenizer.from_pretrained(folder).decode(ids, skip_special_tokens=True))


def layers(model: LocalModel, kind: type[torch.nn.Module]) -> list[Any]:
    return [module for module in model.checkpoint.model.modules() if isinstance(module, kind)]


# Loading


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


def test_widths_that_are_no_multiple_of_64_load_in_four_bit(tmp_path: Path, one_thread: None) -> None:
    folder = make_checkpoint(tmp_path / "narrow", hidden_size=48, intermediate_size=72, num_key_value_heads=1)
    assert ask(loaded(folder, "nf4"), "2+2?")[0].completion_tokens > 0


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_a_model_that_also_sees_is_asked_in_words(checkpoint: Callable[..., Path], quantisation: str) -> None:
    model = loaded(checkpoint("qwen2_vl"), quantisation)
    assert type(model.checkpoint.model).__name__ == "Qwen2VLForConditionalGeneration"
    assert [ask(model, prompt)[0] for prompt in PROMPTS[:4]] == ask(model, *PROMPTS[:4])


def test_loading_and_asking_print_nothing(checkpoint: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    for quantisation in QUANTISATIONS:
        ask(loaded(checkpoint(), quantisation), "2+2?")
    assert "".join(capfd.readouterr()) == ""


# Text


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_the_likeliest_token_each_time(checkpoint: Callable[..., Path], kind: str) -> None:
    folder = checkpoint(kind)
    assert ask(loaded(folder), "2+2?")[0].text == decoded(folder, likeliest(folder, "2+2?"))


@pytest.mark.parametrize(
    "settings",
    [
        {"do_sample": True, "temperature": 5.0, "top_k": 50, "top_p": 0.9},
        {"repetition_penalty": 9.0},
        {"no_repeat_ngram_size": 1},
        {"suppress_tokens": list(range(10, 140))},
        {"num_beams": 4},
        {"min_new_tokens": 40, "max_new_tokens": 50},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_decoding_is_greedy_whatever_the_generation_config_says(copied: Callable[..., Path], settings: dict[str, Any]) -> None:
    folder = copied()
    expected = ask(loaded(folder), *PROMPTS[:4])
    assert ask(loaded(overwrite(folder, "generation_config.json", settings)), *PROMPTS[:4]) == expected


@pytest.mark.parametrize("size", [2, 4, 16])
@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_the_text_does_not_depend_on_the_batch(checkpoint: Callable[..., Path], quantisation: str, size: int) -> None:
    model = loaded(checkpoint(), quantisation)
    alone = [ask(model, prompt)[0] for prompt in PROMPTS]
    batched = [generation for start in range(0, 16, size) for generation in ask(model, *PROMPTS[start : start + size])]
    assert alone == batched


# Endings and counts


def test_the_token_limit_ends_a_reply_with_length(checkpoint: Callable[..., Path]) -> None:
    [generation] = ask(loaded(checkpoint()), "2+2?")
    assert (generation.finish_reason, generation.completion_tokens) == ("length", LIMIT)


def test_an_end_token_of_the_generation_config_ends_a_reply_with_stop(copied: Callable[..., Path]) -> None:
    folder = copied()
    ids = likeliest(folder, "2+2?")
    overwrite(folder, "generation_config.json", {"eos_token_id": [1, ids[5]]})
    [generation] = ask(loaded(folder), "2+2?")
    end = ids.index(ids[5])
    assert generation == Generation(decoded(folder, ids[:end]), "stop", generation.prompt_tokens, end + 1)


def test_a_reply_that_stops_early_is_not_changed_by_one_that_goes_on(copied: Callable[..., Path]) -> None:
    folder = copied()
    overwrite(folder, "generation_config.json", {"eos_token_id": [1, likeliest(folder, PROMPTS[3])[2]]})
    model = loaded(folder)
    alone = [ask(model, prompt)[0] for prompt in PROMPTS]
    assert {"stop", "length"} == {generation.finish_reason for generation in alone}
    assert ask(model, *PROMPTS) == alone


def test_prompt_tokens_are_those_of_the_prompt_alone(checkpoint: Callable[..., Path]) -> None:
    generations = ask(loaded(checkpoint()), *PROMPTS)
    around = len([BOS, "<|user|>", "</s>", "<|assistant|>"])
    assert [generation.prompt_tokens for generation in generations] == [len(prompt) + around for prompt in PROMPTS]


def test_a_reply_ends_where_the_context_does(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    long = "?" * (CONTEXT - 4 - 5)
    alone, _ = generations = [ask(model, prompt)[0] for prompt in (long, "2+2?")]
    assert (alone.completion_tokens, alone.finish_reason) == (5, "length")
    assert ask(model, long, "2+2?") == generations


def test_a_prompt_longer_than_the_context_is_an_error_with_both_numbers(checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match=f"the prompt has {CONTEXT} tokens, the context of qwen2 holds {CONTEXT}; shorten it"):
        ask(loaded(checkpoint()), "?" * (CONTEXT - 4))


# Prompts


def prompt_text(model: LocalModel, *turns: Turn) -> str:
    return str(model.prompting.tokenizer.decode(model.prompting.encode(Request(turns)).ids))


@pytest.mark.parametrize("kind", KINDS)
def test_a_chat_template_is_used_and_no_second_bos_is_added(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    assert prompt_text(model, Turn("user", "2+2?")) == f"{BOS}<|user|>2+2?</s><|assistant|>"
    assert model.describe()["prompting"].startswith("chat template ")


@pytest.mark.parametrize(("kind", "expected"), [("qwen2", "2+2?\n"), ("llama", f"{BOS}2+2?\n"), ("mistral", f"{BOS}2+2?\n")])
def test_without_a_chat_template_the_prompt_is_completed_and_that_is_said(
    checkpoint: Callable[..., Path], kind: str, expected: str
) -> None:
    model = loaded(checkpoint(kind, chat=False))
    assert prompt_text(model, Turn("user", "2+2?")) == expected
    assert model.describe()["prompting"] == "completion (no chat template)"


def test_the_system_prompt_of_the_entry_comes_first(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint(), system="Be brief.")
    assert prompt_text(model, Turn("user", "2+2?")) == f"{BOS}<|system|>Be brief.</s><|user|>2+2?</s><|assistant|>"
    assert model.describe()["system"] == "Be brief."


def test_the_system_turn_of_a_case_takes_the_place_of_that_of_the_entry(checkpoint: Callable[..., Path]) -> None:
    shown = f"{BOS}<|system|>Be long.</s><|user|>2+2?</s><|assistant|>4</s><|user|>3+3?</s><|assistant|>"
    chat = [Turn("system", "Be long."), Turn("user", "2+2?"), Turn("assistant", "4"), Turn("user", "3+3?")]
    assert prompt_text(loaded(checkpoint(), system="Be brief."), *chat) == shown
    assert prompt_text(loaded(checkpoint()), *chat) == shown


def test_turns_the_chat_template_refuses_are_named(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    with pytest.raises(ModelError, match=r"chat template of qwen2 refuses turns of user, tool \(no tools here\); take another --strategy"):
        model.generate([Request((Turn("user", "2+2?"), Turn("tool", "4")))])


# What is described


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


@pytest.mark.parametrize(
    ("quantisation", "expected"),
    [("nf4", "nf4 (double quantised)"), ("fp4", "fp4 (double quantised)"), ("int8", "int8"), ("none", "none")],
)
def test_quantisation_and_decoding_are_described(checkpoint: Callable[..., Path], quantisation: str, expected: str) -> None:
    described = loaded(checkpoint(), quantisation).describe()
    assert (described["quantisation"], described["dtype"], described["decoding"]) == (expected, "float32", "greedy")


# What cannot be loaded


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
