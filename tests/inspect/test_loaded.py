"""What is computed without weights is what there is once they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from itemwise.inspect.model_structure import structure_of
from itemwise.models import QUANTISATIONS, REGISTRY, LoadOptions, ModelEntry, entry_named
from itemwise.models.registry import EMBEDDED
from tests.models.checkpoints import KINDS, SEEING, overwrite

SHIPPED = sorted(folder.name for folder in EMBEDDED.iterdir() if (folder / "model.safetensors").is_file())


@cache
def loaded(entry: ModelEntry, quantisation: str) -> Any:
    from itemwise.models.local.load import load

    return load(entry, LoadOptions(quantisation, 1)).checkpoint.model


def named(folder: Path) -> ModelEntry:
    return entry_named(str(folder), {}, Path.cwd())


def allocated(model: Any) -> int:
    """The bytes that the weights of a model and everything that came with their quantisation lie in."""
    storages = {tensor.data_ptr(): tensor.numel() * tensor.element_size() for tensor in _tensors(model)}
    return sum(storages.values())


def _tensors(model: Any) -> Iterator[Any]:
    # int8's scales move from the weight to the state of its layer with the first forward
    yield from (module.state.SCB for module in model.modules() if getattr(getattr(module, "state", None), "SCB", None) is not None)
    for weight in model.parameters():
        yield weight
        if state := getattr(weight, "quant_state", None):
            yield from (state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code)
        if (scales := getattr(weight, "SCB", None)) is not None:
            yield scales


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_embedded_models_have_as_many_parameters_as_is_told(kind: str, one_thread: None) -> None:
    entry = REGISTRY[f"embedded-{kind}"]
    told = structure_of(entry, "none")
    model = loaded(entry, "none")
    assert told.parameters.total == sum(weight.numel() for weight in model.parameters())
    assert told.footprint.bytes == 2 * told.parameters.total


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_embedded_models_cache_is_as_large_as_is_told(kind: str, one_thread: None) -> None:
    import torch

    entry = REGISTRY[f"embedded-{kind}"]
    cache = loaded(entry, "none")(torch.tensor([[5, 6, 7]]), use_cache=True).past_key_values
    held = sum(part.numel() * part.element_size() for layer in cache.layers for part in (layer.keys, layer.values))
    attention = structure_of(entry).attention
    assert attention is not None
    assert held == 3 * attention.kv_bytes(4)


@pytest.mark.parametrize("kind", [*KINDS, *SEEING])
@pytest.mark.parametrize("quantisation", QUANTISATIONS)
def test_the_memory_is_what_bitsandbytes_allocates_to_the_byte(kind: str, quantisation: str, checkpoint: Callable[..., Path]) -> None:
    from itemwise.inspect.architecture import architecture_of, skeleton
    from itemwise.inspect.footprint import footprint_of
    from itemwise.models.local.vision import is_multimodal, outside_language

    entry = named(checkpoint(kind))
    config = architecture_of(entry).config
    outside = outside_language(config, trust_remote_code=False) if is_multimodal(config) else None
    told = footprint_of(skeleton(entry, config), quantisation, outside, unquantised=4)  # float32, as on any CPU
    assert told.bytes == allocated(loaded(entry, quantisation))


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_embedded_models_memory_is_what_bitsandbytes_allocates(kind: str, one_thread: None) -> None:
    entry = REGISTRY[f"embedded-{kind}"]
    told = structure_of(entry).footprint
    kept = sum(weights.bytes for weights in told.kept)
    assert told.bytes + kept == allocated(loaded(entry, "nf4"))  # kept weights are told in bf16 and lie here in float32


def test_the_memory_of_a_checkpoint_that_is_quantised_already_is_not_told(copied: Callable[..., Path]) -> None:
    folder = overwrite(copied(), "config.json", {"quantization_config": {"quant_method": "gptq", "bits": 4}})
    assert structure_of(named(folder)).footprint is None


@pytest.mark.parametrize("kind", SEEING)
@pytest.mark.parametrize("size", [(56, 56), (100, 60), (30, 300), (1, 1), (333, 333)])
def test_a_picture_is_as_many_tokens_as_its_processor_makes_of_it(
    kind: str, size: tuple[int, int], checkpoint: Callable[..., Path]
) -> None:
    from PIL import Image
    from transformers import AutoConfig

    from itemwise.models.local.vision import load_processor

    entry = named(checkpoint(kind))
    config = AutoConfig.from_pretrained(entry.location)
    sight = load_processor(entry, config, {})
    assert sight is not None
    mark = sight._processor.image_token
    ids = sight._processor(images=[Image.new("RGB", size)], text=[mark], return_tensors="pt")["input_ids"][0].tolist()
    path = structure_of(entry, picture=size).path
    assert path is not None
    assert path.tokens == ids.count(sight.tokenizer.convert_tokens_to_ids(mark))
