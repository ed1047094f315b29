"""How a model chooses its tokens where a strategy does not say: greedily, greedily behind the repetition penalty of its own configuration,
at a temperature, or as its own configuration samples."""

from collections.abc import Sequence
from typing import NamedTuple

from itemwise.models.model import ModelEntry, under_each

__all__ = ["DECODINGS", "DECODING_DEMAND", "Temperature", "decoding_of", "temperature_of", "thinks_greedily", "with_decoding"]

DECODINGS = ("greedy", "greedy-penalised", "model")
DECODING_DEMAND = f"one of {', '.join(DECODINGS)}, or a temperature such as temperature=0.7 or temperature=0.7,top_p=0.95"


class Temperature(NamedTuple):
    """Sampling at a temperature, of the likeliest tokens that add up to `top_p` where it is given."""

    temperature: float
    top_p: float | None = None


def decoding_of(text: object) -> str | None:
    """A decoding as it is kept, so that 0.70 and 0.7 are one; None for what is none.

    >>> decoding_of("temperature=0.70")
    'temperature=0.7'
    """
    if text in DECODINGS or not isinstance(text, str):
        return text if isinstance(text, str) else None
    sampling = _parsed(text)
    return None if sampling is None else ",".join(f"{name}={value:g}" for name, value in sampling._asdict().items() if value is not None)


def temperature_of(entry: ModelEntry) -> Temperature | None:
    """The temperature that the entry is decoded at; None where it is greedy or the model's own."""
    return None if entry.decoding in DECODINGS else _parsed(entry.decoding)


def is_greedy(entry: ModelEntry) -> bool:
    """Whether the entry says the likeliest where a strategy asks for no temperature."""
    return entry.decoding.startswith("greedy")


def with_decoding(entry: ModelEntry, choices: Sequence[str]) -> list[ModelEntry]:
    """`entry` under each of the `choices`; of several, with each in its name: ``qwen3-8b+decoding-model``.

    Without `choices` it keeps its own.
    """
    return under_each(entry, "decoding", choices, "decoding-{}")


def thinks_greedily(entry: ModelEntry) -> bool:
    """Whether the model is told to think and is decoded greedily, which makes some models repeat themselves until the limit."""
    return entry.thinking == "on" and is_greedy(entry)


def _parsed(text: str) -> Temperature | None:
    parts = [part.partition("=") for part in text.split(",")]
    names = [name.strip() for name, _, _ in parts]
    try:
        values = [float(value) for _, _, value in parts]
    except ValueError:
        return None
    if names not in (["temperature"], ["temperature", "top_p"]) or not 0 < values[0] < float("inf"):
        return None
    return Temperature(*values) if all(0 < top_p <= 1 for top_p in values[1:]) else None
