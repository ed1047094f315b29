"""Parameter counts and positional encoding of a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

__all__ = ["Parameters", "Positions", "parameters_of", "positions_of"]


@dataclass(frozen=True)
class Parameters:
    """Counts of distinct weights: all, all but the language model's embeddings (in and out), and those outside the language
    model, 0 for a text model."""

    total: int
    non_embedding: int
    outside_language: int


@dataclass(frozen=True)
class Positions:
    """How the language model knows the order of tokens: rotary embedding (Su et al. 2021, arXiv 2104.09864) of base `rope_base`.

    `scaling` is the kind of RoPE scaling, ``default`` for none. `sections` are the pairs of head dimensions rotated by time, height
    and width under M-RoPE (arXiv 2409.12191), else empty. `rope_base` is None if there is none, or more than one.
    """

    rope_base: float | None
    scaling: str
    sections: tuple[int, ...]
    context: int | None


def parameters_of(model: nn.Module, outside: Sequence[str] = ()) -> Parameters:
    """The counts of `model`; `outside` names the modules outside its language model, without the head."""
    untyped: Any = model
    embeddings = filter(None, (untyped.get_input_embeddings(), untyped.get_output_embeddings()))
    embedded = {id(weight) for embedding in embeddings for weight in embedding.parameters()}
    non_embedding = sum(weight.numel() for weight in model.parameters() if id(weight) not in embedded)
    outside_language = sum(weight.numel() for name in outside for weight in model.get_submodule(name).parameters())
    return Parameters(sum(weight.numel() for weight in model.parameters()), non_embedding, outside_language)


def positions_of(config: Any) -> Positions:
    """The positional encoding and context of `config`'s language model."""
    text = config.get_text_config()
    rope = getattr(text, "rope_parameters", None) or {}
    kinds = [rope] if "rope_theta" in rope else [kind for kind in rope.values() if isinstance(kind, Mapping)]
    parameters = kinds[0] if len(kinds) == 1 else {}  # layers of several kinds have no one embedding
    return Positions(
        rope_base=parameters.get("rope_theta"),
        scaling=str(parameters.get("rope_type", "default")),
        sections=tuple(parameters.get("mrope_section") or ()),
        context=getattr(text, "max_position_embeddings", None),
    )
