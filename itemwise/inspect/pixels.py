"""From pixels to tokens: how a model that sees cuts a picture up, and how many tokens the language model reads of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Any

from torch import nn

__all__ = ["PicturePath", "picture_path", "scaled"]

_ONE_SIZE = ("llava", "vipllava")
_PROJECTORS = ("merger", "multi_modal_projector")


@dataclass(frozen=True)
class PicturePath:
    """A picture's way: `size` as given and `seen` as scaled, both width and height in pixels; `patches` across and down, each of
    `patch` x `patch` pixels and `frames` deep; the encoder's `layers` and `width`; `merge` x `merge` patches become one token
    through the `projector`, a list of widths; `tokens` are those of the picture alone, without marks around it."""

    size: tuple[int, int]
    seen: tuple[int, int]
    patch: int
    frames: int
    patches: tuple[int, int]
    layers: int
    width: int
    merge: int
    projector: tuple[int, ...]
    tokens: int


def picture_path(config: Any, model: nn.Module, size: tuple[int, int], pixels: tuple[int, int] | None) -> PicturePath | None:
    """The way of a picture of `size` (width, height) through `model`, scaled to the limits `pixels` where the model has any.

    None where the model sees nothing, or in a way that is not described here. Raises ValueError where a side is below 1,
    or over 200 times the other, which the processors refuse.
    """
    vision = getattr(config, "vision_config", None)
    by_pixels = str(config.model_type).startswith(("qwen2_vl", "qwen2_5_vl"))
    if vision is None or not (by_pixels or config.model_type in _ONE_SIZE):
        return None
    _require_shape(size)
    patch, merge = int(vision.patch_size), int(vision.spatial_merge_size) if by_pixels else 1
    seen = scaled(size, patch * merge, pixels) if by_pixels else (vision.image_size, vision.image_size)
    patches = (seen[0] // patch, seen[1] // patch)
    whole = 0 if by_pixels or config.vision_feature_select_strategy == "default" else 1  # the token of the picture as a whole
    return PicturePath(
        size=size,
        seen=seen,
        patch=patch,
        frames=int(vision.temporal_patch_size) if by_pixels else 1,
        patches=patches,
        layers=vision.num_hidden_layers,
        width=_width(model),
        merge=merge,
        projector=_projector(model),
        tokens=patches[0] * patches[1] // merge**2 + whole,
    )


def scaled(size: tuple[int, int], step: int, pixels: tuple[int, int] | None) -> tuple[int, int]:
    """`size` as Qwen2-VL sees it: each side the nearest multiple of `step`, and both scaled alike where that leaves `pixels`.

    The naive dynamic resolution of arXiv 2409.12191, section 2.1: a picture keeps its shape, and its tokens grow with it.
    """
    width, height = (round(side / step) * step for side in size)
    least, most = pixels or (step * step, max(width * height, step * step))
    if width * height > most:
        shrunk = sqrt(size[0] * size[1] / most)
        width, height = (max(step, floor(side / shrunk / step) * step) for side in size)
    elif width * height < least:
        grown = sqrt(least / (size[0] * size[1]))
        width, height = (ceil(side * grown / step) * step for side in size)
    return width, height


def _require_shape(size: tuple[int, int]) -> None:
    if min(size) < 1 or max(size) > 200 * min(size):
        raise ValueError(f"a picture must have sides of at least 1, none over 200 times the other, got {size[0]}x{size[1]}")


def _width(model: nn.Module) -> int:
    """The width of the encoder: what the first convolution, which takes up the patches, gives."""
    return int(next(module for module in model.modules() if isinstance(module, (nn.Conv2d, nn.Conv3d))).out_channels)


def _projector(model: nn.Module) -> tuple[int, ...]:
    """The widths on the way from merged patches to a token of the language model."""
    found = next(module for name, module in model.named_modules() if name.rpartition(".")[2] in _PROJECTORS)
    layers = [module for module in found.modules() if isinstance(module, nn.Linear)]
    return (layers[0].in_features, *(layer.out_features for layer in layers))
