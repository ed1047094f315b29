"""A model's configuration and its modules without weights, on torch's meta device."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoImageProcessor, AutoModelForCausalLM, AutoModelForImageTextToText

from itemwise.inspect.published import published
from itemwise.models import ModelEntry, ModelError
from itemwise.models.checkpoint import hub_options
from itemwise.models.local.gguf_checkpoint import gguf_source, gguf_type
from itemwise.models.local.vision import is_multimodal

__all__ = ["Architecture", "architecture_of", "skeleton"]


@dataclass(frozen=True)
class Architecture:
    """`config` as transformers reads it, its `origin` in words, and the fewest and most `pixels` a picture is scaled to.

    `pixels` is None if the model takes no pictures, pictures of one size, or declares no limits.
    """

    config: Any
    origin: str
    pixels: tuple[int, int] | None = None


def architecture_of(entry: ModelEntry) -> Architecture:
    """The configuration of `entry`: that of its folder or GGUF, the published one kept in this package, or that of the hub or its cache.

    Raises ModelError if there is none or it cannot be read.
    """
    if entry.gguf:
        return _of_gguf(entry)
    if not entry.local and (known := published(entry)):
        config = AutoConfig.for_model(**deepcopy(dict(known.config)))  # it changes what it is given
        return Architecture(config, f"{entry.location}, {known.source}", _limited(entry, known.pixels))
    if entry.local and not (Path(entry.location) / "config.json").is_file():
        raise ModelError(f"{entry.name} is not at {entry.location}: no config.json there; give the folder that save_pretrained wrote.")
    hub = {} if entry.local else _hub_options(entry)
    options = {"trust_remote_code": entry.trust_remote_code, **hub}
    try:
        config = AutoConfig.from_pretrained(entry.location, **options)
    except Exception as error:  # damaged JSON, an unknown architecture, values it refuses: each an error of its own
        raise ModelError(f"{entry.name}: the configuration of {entry.location} cannot be read ({_cause(error)}).") from None
    origin = entry.location + (f" at {hub['revision']}" if hub else "")
    return Architecture(config, origin, _limited(entry, _declared_pixels(entry, config, options)))


def _hub_options(entry: ModelEntry) -> dict[str, Any]:
    """`hub_options`; its error says that the configuration is not in this package either."""
    try:
        return hub_options(entry)
    except ModelError as error:
        raise ModelError(f"{error} This package keeps no configuration of it; a folder with its config.json alone is enough.") from None


def _of_gguf(entry: ModelEntry) -> Architecture:
    with gguf_source(entry) as source:
        try:
            config = AutoConfig.from_pretrained(source.location, **source.options)
        except Exception as error:  # values that it refuses: each an error of its own
            raise ModelError(f"{entry.name}: the configuration in {entry.location} cannot be read ({_cause(error)}).") from None
        return Architecture(config, f"{entry.location}, a GGUF of {gguf_type(source.header)}, dequantised when it is loaded")


def skeleton(entry: ModelEntry, config: Any) -> Any:
    """The model of `config` on the meta device: shapes without numbers, tied weights included.

    Raises ModelError if transformers can build no language model from it.
    """
    family = AutoModelForImageTextToText if is_multimodal(config) else AutoModelForCausalLM
    try:
        with torch.device("meta"):
            return family.from_config(config, trust_remote_code=entry.trust_remote_code)
    except Exception as error:
        raise ModelError(f"{entry.name}: no language model can be built from its configuration ({_cause(error)}).") from None


def _declared_pixels(entry: ModelEntry, config: Any, options: dict[str, Any]) -> tuple[int, int] | None:
    """The limits of the checkpoint's image processor, which Qwen's keep as edges of `size`; None if it has no such limits."""
    if not is_multimodal(config):
        return None
    try:
        size = dict(AutoImageProcessor.from_pretrained(entry.location, **options).size)
    except Exception:  # a folder with weights and no processor is still a model
        return None
    least, most = size.get("shortest_edge"), size.get("longest_edge")
    return (least, most) if least and most else None


def _limited(entry: ModelEntry, pixels: tuple[int, int] | None) -> tuple[int, int] | None:
    return (entry.min_pixels or pixels[0], entry.max_pixels or pixels[1]) if pixels else None


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
