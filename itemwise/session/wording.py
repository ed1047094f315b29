"""Wordings: in which prompt, behind how many examples and in which form the cases of a benchmark are asked, and what ids call each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from itemwise.cases.benchmark import Benchmark
from itemwise.models import ModelEntry
from itemwise.models.checkpoint import lacks_template
from itemwise.models.gguf import gguf_lacks_template
from itemwise.session.settings import Settings

__all__ = ["Wording", "prompts_of", "wordings_of"]

ALL = "all"  # for --prompt: each that the benchmark names


@dataclass(frozen=True)
class Wording:
    """A named prompt, None where the benchmark names none or its first is meant; how many examples are shown before the question; and
    how, as one of few_shot.FORMS."""

    prompt: str | None = None
    shots: int = 0
    form: str = "turns"


def wordings_of(benchmark: Benchmark, settings: Settings, model: ModelEntry | None) -> Mapping[str, Wording]:
    """The ways in which `model` is asked, each a measurement of its own, by what the ids of its cases begin with: the prompt's name where
    there are several prompts, and ``4-shot`` where there are several numbers of examples."""
    prompts, numbers = prompts_of(benchmark, settings, model), settings.shots or (benchmark.examples.shots if benchmark.examples else 0,)
    named = {}
    for prompt, shots in product(prompts, numbers):
        names = [*([prompt or ""] if len(prompts) > 1 else []), *([f"{shots}-shot"] if len(numbers) > 1 else [])]
        named["-".join(names)] = Wording(prompt, shots, settings.prompt_form or benchmark.prompt_form or _form(model, shots))
    return named


def prompts_of(benchmark: Benchmark, settings: Settings, model: ModelEntry | None) -> tuple[str | None, ...]:
    """The names of the prompts that `model` is asked with: those of the settings, else the one that it prefers where the benchmark has it,
    else the benchmark's first, which is None where it names none. What the settings name the benchmark may not have."""
    if not benchmark.prompts or not settings.prompts:
        return (model.prompt if model and model.prompt in benchmark.prompts else benchmark.prompt_name(None),)
    whole = [tuple(benchmark.prompts) if name == ALL and ALL not in benchmark.prompts else (name,) for name in settings.prompts]
    return tuple(dict.fromkeys(name for names in whole for name in names))


def _form(model: ModelEntry | None, shots: int) -> str:
    """Examples are turns, and a plain text for a folder or GGUF that has no chat template."""
    lacks = gguf_lacks_template if model and model.gguf else lacks_template
    return "completion" if shots and model and lacks(model) else "turns"
