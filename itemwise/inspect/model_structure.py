"""All that is told of a model, computed from its entry."""

from __future__ import annotations

from dataclasses import dataclass

from itemwise.inspect.architecture import Architecture, architecture_of, skeleton
from itemwise.inspect.counts import Parameters, Positions, parameters_of, positions_of
from itemwise.inspect.footprint import Footprint, footprint_of
from itemwise.inspect.pixels import PicturePath, picture_path
from itemwise.inspect.tree import Branch, tree_of
from itemwise.models import ModelEntry
from itemwise.models.attention import Attention, attention_of
from itemwise.models.checkpoint import own_quantisation
from itemwise.models.local.vision import is_multimodal, outside_language

__all__ = ["Structure", "structure_of"]


@dataclass(frozen=True)
class Structure:
    """What a model is made of. `attention` is None where keys and values are not kept as such, `footprint` where the checkpoint
    was quantised in another way already, `path` where pictures are not read or in a way that is not described."""

    architecture: Architecture
    sees: bool
    parameters: Parameters
    attention: Attention | None
    positions: Positions
    footprint: Footprint | None
    path: PicturePath | None
    tree: Branch


def structure_of(entry: ModelEntry, quantisation: str = "nf4", picture: tuple[int, int] = (224, 224)) -> Structure:
    """What `entry` is made of, with its memory under `quantisation` and the way of a `picture` (width, height).

    Raises ModelError where its configuration cannot be had or makes no model, ValueError for a picture of an impossible shape.
    """
    architecture = architecture_of(entry)
    config = architecture.config
    model = skeleton(entry, config)
    outside = outside_language(config, entry.trust_remote_code) if is_multimodal(config) else None
    head = model.get_output_embeddings()
    return Structure(
        architecture=architecture,
        sees=is_multimodal(config),
        parameters=parameters_of(model, [name for name in outside or () if model.get_submodule(name) is not head]),
        attention=attention_of(config),
        positions=positions_of(config),
        footprint=None if own_quantisation(config) else footprint_of(model, quantisation, outside),
        path=picture_path(config, model, picture, architecture.pixels),
        tree=tree_of(model),
    )
