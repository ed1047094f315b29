"""A model's own sampling, or its repetition penalty alone, as its generation_config.json has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from itemwise.models.decoding import temperature_of
from itemwise.models.model import ModelEntry, ModelError, Request

__all__ = ["Sampling", "entry_sampling", "own_sampling", "penalised_greedy", "sampling_of"]

_PROCESSORS = (  # change the logits, greedily decoded ones too, and are not done here
    *("no_repeat_ngram_size", "bad_words_ids", "suppress_tokens", "begin_suppress_tokens", "sequence_bias", "guidance_scale"),
    *("exponential_decay_length_penalty", "penalty_alpha", "dola_layers", "min_new_tokens", "min_length", "forced_eos_token_id"),
    *("watermarking_config", "encoder_repetition_penalty"),
)
_WARPERS = ("typical_p", "epsilon_cutoff", "eta_cutoff", "top_h")  # change what is sampled, and are not done here
_OFF = {"typical_p": 1.0, "epsilon_cutoff": 0.0, "eta_cutoff": 0.0, "guidance_scale": 1.0, "encoder_repetition_penalty": 1.0}


@dataclass(frozen=True)
class Sampling:
    """How tokens are sampled, in this order: the logits of tokens that prompt or reply hold are made smaller by `repetition_penalty`
    (Keskar et al. 2019, arXiv:1909.05858), then divided by `temperature`; the `top_k` likeliest stay, then the likeliest that add up to
    `top_p`, then those with at least `min_p` of the likeliest's probability. None leaves a step out. At temperature 0 the likeliest is
    taken."""

    temperature: float
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None

    def text(self, whose: str = "the model's own sampling") -> str:
        """The settings in words, and `whose` they are."""
        if not self.temperature:
            return f"greedy with repetition penalty {self.repetition_penalty:g}"
        settings = ", ".join(f"{name} {value:g}" for name, value in vars(self).items() if value is not None)
        return f"{whose}: {settings}"


def sampling_of(request: Request, own: Sampling | None) -> Sampling | None:
    """How the reply to `request` is sampled: as it says, else as the model's `own`; None for greedy decoding."""
    return Sampling(request.temperature, request.top_p) if request.temperature else own


def entry_sampling(entry: ModelEntry, config: Any) -> Sampling | None:
    """How the entry's `decoding` samples, by the generation config where that has a part in it; None for greedy decoding."""
    if entry.decoding == "model":
        return own_sampling(entry.name, config)
    if entry.decoding == "greedy-penalised":
        return penalised_greedy(entry.name, config)
    given = temperature_of(entry)
    return Sampling(*given) if given else None


def own_sampling(name: str, config: Any) -> Sampling:
    """The sampling of a generation config, of the model called `name`. What it leaves open is not done.

    Raises ModelError where it samples not, or by a setting that is not known here.
    """
    if not config.do_sample:
        raise ModelError(
            f"{name} has no sampling of its own: its generation_config.json does not have do_sample true. Take --decoding greedy, or put "
            "the settings of its model card into that file."
        )
    _require_known(name, config, (*_WARPERS, *_PROCESSORS))
    sampling = Sampling(
        temperature=1.0 if config.temperature is None else float(config.temperature),
        top_p=None if config.top_p in (None, 1.0) else float(config.top_p),
        top_k=int(config.top_k) if config.top_k else None,
        min_p=float(config.min_p) if config.min_p else None,
        repetition_penalty=_penalty(config),
    )
    if not 0 < sampling.temperature < float("inf"):
        raise ModelError(f"{name} samples at temperature {sampling.temperature:g} by its generation_config.json; it must be above 0.")
    return sampling


def penalised_greedy(name: str, config: Any) -> Sampling | None:
    """Greedy decoding behind the repetition penalty of a generation config, of the model called `name`; None where it has none.

    Raises ModelError where it changes logits by a setting that is not known here.
    """
    _require_known(name, config, _PROCESSORS)
    penalty = _penalty(config)
    return Sampling(0.0, repetition_penalty=penalty) if penalty else None


def _penalty(config: Any) -> float | None:
    return None if config.repetition_penalty in (None, 1.0) else float(config.repetition_penalty)


def _require_known(name: str, config: Any, settings: Iterable[str]) -> None:
    for setting in settings:
        value = getattr(config, setting, None)
        if value and value != _OFF.get(setting):
            raise ModelError(f"{name} decodes with {setting} {value!r} by its generation_config.json, which is not done here.")
