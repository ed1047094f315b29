"""What multiplies is told from the loaded modules: packed, a copy, or dequantised, whatever the configuration declares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from itemwise.inspect.own_kernel import own_kernel
from itemwise.models import LoadOptions, ModelEntry
from itemwise.models.local.linear_kernels import is_dequantised, linear_text
from itemwise.models.local.load import LocalModel, load
from tests.models.checkpoints import make_checkpoint, overwrite
from tests.models.local.loading import LIMIT, ask, loaded, refused

FP8 = {"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}


def without_copies(folder: Path, quantisation: str = "none") -> LocalModel:
    return load(ModelEntry(folder.name, str(folder), local=True), LoadOptions(quantisation, LIMIT), copies=False)


def said(model: LocalModel) -> tuple[str, str]:
    return model.describe()["quantisation"], model.describe()["linear layers"]


@pytest.fixture(scope="module")
def saved_packed(checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that was saved as bitsandbytes had it in memory."""
    folder, model = tmp_path_factory.mktemp("packed") / "tiny", without_copies(checkpoint(), "nf4")
    model.checkpoint.model.save_pretrained(folder)
    model.checkpoint.tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def eight_bit_floats(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A checkpoint in blocks of FP8, as DeepSeek and Qwen publish them."""
    folder = make_checkpoint(tmp_path_factory.mktemp("fp8") / "tiny", hidden_size=128)
    weights = load_file(folder / "model.safetensors")
    for name in [name for name in weights if ".layers." in name and weights[name].dim() == 2]:
        scale = weights[name].abs().max() / 448
        weights[f"{name}_scale_inv"] = scale.reshape(1, 1)
        weights[name] = (weights[name] / scale).to(torch.float8_e4m3fn)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return overwrite(folder, "config.json", {"quantization_config": FP8})


def test_copies_are_told_where_they_multiply(checkpoint: Callable[..., Path]) -> None:
    assert said(loaded(checkpoint(), "nf4")) == ("nf4 (double quantised)", "float32 copies, multiplied by oneDNN")
    assert said(loaded(checkpoint())) == ("none", "float32 copies, multiplied by oneDNN")


@pytest.mark.parametrize(
    ("quantisation", "kernel"),
    [
        ("nf4", "14 x packed nf4, multiplied by bitsandbytes in float32; 1 x Linear of torch in float32"),
        ("fp4", "14 x packed fp4, multiplied by bitsandbytes in float32; 1 x Linear of torch in float32"),
        ("int8", "14 x packed int8, multiplied by bitsandbytes (LLM.int8()); 1 x Linear of torch in float32"),
        ("none", "Linear of torch in float32"),
    ],
)
def test_without_copies_it_is_the_kernel_of_the_layers(checkpoint: Callable[..., Path], quantisation: str, kernel: str) -> None:
    assert said(without_copies(checkpoint(), quantisation))[1] == kernel


def test_a_checkpoint_that_bitsandbytes_saved_stays_packed(saved_packed: Path) -> None:
    quantisation, kernel = said(without_copies(saved_packed))
    assert quantisation == "the checkpoint's own (bitsandbytes)"
    assert kernel.startswith("14 x packed nf4, multiplied by bitsandbytes in float32")
    assert said(loaded(saved_packed)) == (quantisation, "float32 copies, multiplied by oneDNN")
    assert ask(loaded(saved_packed), "2+2?")[0].completion_tokens > 0


def test_eight_bit_floats_are_dequantised_on_a_cpu_and_it_is_said(eight_bit_floats: Path) -> None:
    model = loaded(eight_bit_floats)
    assert said(model) == ("the checkpoint's own (fp8), dequantised", "float32 copies, multiplied by oneDNN")
    assert {weights.dtype for weights in model.checkpoint.model.parameters()} == {torch.float32}
    assert "is already quantised (fp8), so --quant nf4 cannot be applied" in refused(eight_bit_floats, "nf4")


def test_the_structure_tells_the_same_without_the_weights(
    saved_packed: Path, eight_bit_floats: Path, checkpoint: Callable[..., Path]
) -> None:
    from transformers import AutoConfig

    def kernel(folder: Path) -> str | None:
        return own_kernel(AutoConfig.from_pretrained(folder))

    assert kernel(eight_bit_floats) == "fp8, dequantised when it is loaded on this machine (cpu)"
    assert kernel(saved_packed) == "bitsandbytes, kept packed on this machine (cpu)"
    assert kernel(checkpoint()) is None


def test_a_library_that_is_missing_is_told_by_the_structure(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(checkpoint())
    config.quantization_config = {"quant_method": "gptq", "bits": 4, "group_size": 128, "sym": True, "desc_act": False}
    found = own_kernel(config)
    assert found is not None
    assert found.startswith("gptq; cannot be loaded here (")
    assert "gptqmodel" in found.lower() or "optimum" in found.lower()


def test_what_only_wraps_a_layer_is_no_layer_and_what_it_adds_is() -> None:
    class Adapted(torch.nn.Module):
        in_features = out_features = 4

        def __init__(self) -> None:
            super().__init__()
            self.base_layer, self.lora_A = torch.nn.Linear(4, 4), torch.nn.Linear(4, 2, dtype=torch.bfloat16)

    model = torch.nn.Sequential(Adapted(), torch.nn.Linear(4, 4))
    assert linear_text(model) == "2 x Linear of torch in float32; 1 x Linear of torch in bfloat16"
    assert is_dequantised(model)
