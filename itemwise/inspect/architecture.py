"""A model's configuration and its modules without weights, on torch's meta device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoImageProcessor, AutoModelForCausalLM, AutoModelForImageTextToText

from itemwise.inspect.published import published
from itemwise.models import ModelEntry, ModelError
from itemwise.models.checkpoint import hub_options
from itemwise.models.local.vision import is_multimodal

__all__ = ["Architecture", "architecture_of", "skeleton"]


@dataclass(frozen=True)
class Architecture:
    """`config` as transformers reads it, where it is from in words, and the fewest and most `pixels` a picture is scaled to.

    `pixels` is None where the model sees nothing, takes pictures of one size, or does not say.
    """

    config: Any
    origin: str
    pixels: tuple[int, int] | None = None


def architecture_of(entry: ModelEntry) -> Architecture:
    """What `entry` is built from: the folder's configuration, the one kept here, or that of the hub or its cache.

    Raises ModelError where none of them can be had.
    """
    if not entry.local and (known := published(entry)):
        config = AutoConfig.for_model(**_copied(known.config))
        return Architecture(config, f"{entry.location}, as published", _limited(entry, known.pixels))
    if entry.local and not (Path(entry.location) / "config.json").is_file():
        raise ModelError(f"{entry.name} is not at {entry.location}: no config.json there; give the folder that save_pretrained wrote.")
    where = {} if entry.local else hub_options(entry)
    options = {"trust_remote_code": entry.trust_remote_code, **where}
    try:
        config = AutoConfig.from_pretrained(entry.location, **options)
    except Exception as error:  # damaged JSON, an unknown architecture, values it refuses: each an error of its own
        raise ModelError(f"{entry.name}: the configuration of {entry.location} cannot be read ({_cause(error)}).") from None
    origin = entry.location + (f" at {where['revision']}" if where else "")
    return Architecture(config, origin, _limited(entry, _own_pixels(entry, config, options)))


def skeleton(entry: ModelEntry, config: Any) -> Any:
    """The model of `config` with shapes and no numbers, put together as transformers does, tied weights included.

    Raises ModelError where transformers knows no such model, or the configuration makes none.
    """
    family = AutoModelForImageTextToText if is_multimodal(config) else AutoModelForCausalLM
    try:
        with torch.device("meta"):
            return family.from_config(config, trust_remote_code=entry.trust_remote_code)
    except Exception as error:
        raise ModelError(f"{entry.name}: no language model can be built from its configuration ({_cause(error)}).") from None


def _own_pixels(entry: ModelEntry, config: Any, options: dict[str, Any]) -> tuple[int, int] | None:
    """The limits in the checkpoint's image processor, which Qwen's call edges of `size`; None where it has none of the kind."""
    if not is_multimodal(config):
        return None
    try:
        size = dict(AutoImageProcessor.from_pretrained(entry.location, **options).size)
    except Exception:  # a folder with weights and no processor is still a model
        return None
    least, most = size.get("shortest_edge"), size.get("longest_edge")
    return (least, most) if least and most else None


def _limited(entry: ModelEntry, pixels: tuple[int, int] | None) -> tuple[int, int] | None:
    """The limits, where the entry does not set its own."""
    return (entry.min_pixels or pixels[0], entry.max_pixels or pixels[1]) if pixels else None


def _copied(values: Any) -> Any:
    """The values, nested ones too, for a configuration that changes what it is given."""
    if isinstance(values, dict):
        return {name: _copied(value) for name, value in values.items()}
    return list(values) if isinstance(values, list) else values


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
