"""Parameter counts and positional encoding of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

__all__ = ["Parameters", "Positions", "parameters_of", "positions_of"]


@dataclass(frozen=True)
class Parameters:
    """Distinct weights: all of them, those outside the language model's embeddings (in and out), those outside the language
    model; `outside_language` is 0 where the model reads text only."""

    total: int
    non_embedding: int
    outside_language: int


@dataclass(frozen=True)
class Positions:
    """How the language model knows the order of tokens: rotary embedding (Su et al. 2021, arXiv 2104.09864) of base `rope_base`.

    `scaling` is how it is stretched, ``default`` for not at all. `sections` are the pairs of a head's numbers that turn with
    time, height and width under M-RoPE (arXiv 2409.12191), else empty. `rope_base` is None where there is none, or more than one.
    """

    rope_base: float | None
    scaling: str
    sections: tuple[int, ...]
    context: int | None


def parameters_of(model: nn.Module, outside: Sequence[str] = ()) -> Parameters:
    """The counts of `model`; `outside` names the modules that are no part of its language model, its head aside."""
    ends: Any = model
    embedded = {id(weight) for end in (ends.get_input_embeddings(), ends.get_output_embeddings()) if end for weight in end.parameters()}
    non_embedding = sum(weight.numel() for weight in model.parameters() if id(weight) not in embedded)
    beside = sum(weight.numel() for name in outside for weight in model.get_submodule(name).parameters())
    return Parameters(sum(weight.numel() for weight in model.parameters()), non_embedding, beside)


def positions_of(config: Any) -> Positions:
    """The positional encoding and context of `config`'s language model."""
    text = config.get_text_config()
    rope = getattr(text, "rope_parameters", None) or {}
    alike = rope if "rope_theta" in rope else _the_only(rope)
    return Positions(
        rope_base=alike.get("rope_theta"),
        scaling=str(alike.get("rope_type", "default")),
        sections=tuple(alike.get("mrope_section") or ()),
        context=getattr(text, "max_position_embeddings", None),
    )


def _the_only(rope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of the one kind of layer that has any; some models have several, each turning in its own way."""
    kinds = [parameters for parameters in rope.values() if isinstance(parameters, Mapping)]
    return kinds[0] if len(kinds) == 1 else {}
