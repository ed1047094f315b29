"""Image tokens: how a multimodal model scales a picture and splits it into patches, and how many tokens these become."""

from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Any

from torch import nn

__all__ = ["PicturePath", "picture_path", "scaled_size"]

_ONE_SIZE = ("llava", "vipllava")
_PROJECTORS = ("merger", "multi_modal_projector")


@dataclass(frozen=True)
class PicturePath:
    """From pixels to tokens, in pixels: the `size` as given and as `scaled` for the encoder, width first, and the side of a `patch`.

    `frames` is the depth of a patch: how often the picture is repeated as a frame. There are `patches` across and down; `merge` x
    `merge` of them become one token by the widths of the `projector`. `layers` and `width` are the encoder's. `tokens` are those of
    the picture alone, without the special tokens around it.
    """

    size: tuple[int, int]
    scaled: tuple[int, int]
    patch: int
    frames: int
    patches: tuple[int, int]
    layers: int
    width: int
    merge: int
    projector: tuple[int, ...]
    tokens: int


def picture_path(config: Any, model: nn.Module, size: tuple[int, int], pixels: tuple[int, int] | None) -> PicturePath | None:
    """The path of a picture of `size` (width, height) through `model`, scaled to the limits `pixels` if the model has any.

    None for a text model, or a vision encoder that is not described here. Raises ValueError for a side below 1, or over 200
    times the other, which the processors refuse.
    """
    vision = getattr(config, "vision_config", None)
    by_pixels = str(config.model_type).startswith(("qwen2_vl", "qwen2_5_vl"))
    if vision is None or not (by_pixels or config.model_type in _ONE_SIZE):
        return None
    if min(size) < 1 or max(size) > 200 * min(size):
        raise ValueError(f"a picture must have sides of at least 1, none over 200 times the other, got {size[0]}x{size[1]}")
    patch, merge = int(vision.patch_size), int(vision.spatial_merge_size) if by_pixels else 1
    width, height = scaled_size(size, patch * merge, pixels) if by_pixels else (vision.image_size, vision.image_size)
    patches = (width // patch, height // patch)
    class_token = 0 if by_pixels or config.vision_feature_select_strategy == "default" else 1
    embedding = next(module for module in model.modules() if isinstance(module, (nn.Conv2d, nn.Conv3d)))  # of patches: comes first
    return PicturePath(
        size=size,
        scaled=(width, height),
        patch=patch,
        frames=int(vision.temporal_patch_size) if by_pixels else 1,
        patches=patches,
        layers=vision.num_hidden_layers,
        width=int(embedding.out_channels),
        merge=merge,
        projector=_projector(model),
        tokens=patches[0] * patches[1] // merge**2 + class_token,
    )


def scaled_size(size: tuple[int, int], step: int, pixels: tuple[int, int] | None) -> tuple[int, int]:
    """`size` as Qwen2-VL scales it: each side to the nearest multiple of `step`, both by one factor if that is outside `pixels`.

    The naive dynamic resolution of arXiv 2409.12191, section 2.1: a picture keeps its aspect ratio, and its tokens grow with it.
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


def _projector(model: nn.Module) -> tuple[int, ...]:
    """The widths on the way from merged patches to a token of the language model."""
    projector = next(module for name, module in model.named_modules() if name.rpartition(".")[2] in _PROJECTORS)
    layers = [module for module in projector.modules() if isinstance(module, nn.Linear)]
    return (layers[0].in_features, *(layer.out_features for layer in layers))
