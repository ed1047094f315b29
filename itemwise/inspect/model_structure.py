"""Everything that ``itemwise structure`` shows of a model, computed from its entry."""

from dataclasses import dataclass

from itemwise.inspect.architecture import Architecture, architecture_of, skeleton
from itemwise.inspect.counts import Parameters, Positions, parameters_of, positions_of
from itemwise.inspect.footprint import Footprint, footprint_of
from itemwise.inspect.own_kernel import own_kernel
from itemwise.inspect.pixels import PicturePath, picture_path
from itemwise.inspect.tree import Branch, tree_of
from itemwise.models import ModelEntry
from itemwise.models.attention import Attention, attention_of
from itemwise.models.checkpoint import own_quantisation
from itemwise.models.local.vision import is_multimodal, outside_language

__all__ = ["Structure", "structure_of"]


@dataclass(frozen=True)
class Structure:
    """Architecture and sizes of a model. `own_kernel` says what becomes of weights that are already quantised.

    `attention` is None for latent attention or none, `footprint` for a checkpoint that is already quantised in another way, `path`
    for a model without pictures or with a vision encoder that is not described here.
    """

    architecture: Architecture
    sees: bool
    parameters: Parameters
    attention: Attention | None
    positions: Positions
    footprint: Footprint | None
    own_kernel: str | None
    path: PicturePath | None
    tree: Branch


def structure_of(entry: ModelEntry, quantisation: str = "nf4", picture: tuple[int, int] = (224, 224)) -> Structure:
    """The structure of `entry`, with its memory under `quantisation` and the path of a `picture` (width, height in pixels).

    Raises ModelError if its configuration cannot be read or makes no model, ValueError for a picture of an impossible shape.
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
        own_kernel=own_kernel(config),
        path=picture_path(config, model, picture, architecture.pixels),
        tree=tree_of(model),
    )
