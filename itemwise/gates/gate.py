"""A gate is a demand on an accuracy, ``--fail-under gsm8k=0.80``, and the decision whether a run meets it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from itemwise.language import phrase
from itemwise.results.labels import LABEL, Key
from itemwise.results.score import SCORE

__all__ = ["KL", "RECOVERY", "Decision", "Gate", "GateError", "outcome_text", "undecided"]

KL = "kl"  # in the place of a benchmark: how far a model's scored options are from its base's, at most
RECOVERY = "recovery"  # in the place of a benchmark: what a model keeps of its base's accuracy


_SCORED = re.compile(rf"(?:(?P<benchmark>(?:[^/\[]|\[.*?\])+?)\.)?(?P<score>{SCORE}(?:\.[\w-]+)*)(?=/|$)")  # ifeval.score.strict/MODEL


class GateError(Exception):
    """A gate cannot be used; the message says which, and what it may be."""


@dataclass(frozen=True)
class Gate:
    """A demand on the accuracy of a benchmark, or only of one `model` of it, one `strategy` of that model, or one `prompt` of that; or on
    the mean of its `score` (``score``, ``score.NAME``), of all that have it where the benchmark is empty.

    The accuracy itself must be at least `least`; with `by_interval` the lower end of its 95 % interval must, so that
    a lucky small sample does not pass. Of KL it is the most instead, and the upper end of its interval.
    """

    benchmark: str
    least: float
    model: str | None = None
    strategy: str | None = None
    by_interval: bool = False
    prompt: str | None = None
    score: str = ""

    @classmethod
    def parse(cls, text: str, strategies: Sequence[str]) -> Gate:
        """Read ``gsm8k=0.80``, ``gsm8k>=0.80`` (by the interval), ``gsm8k/MODEL=0.80``, ``gsm8k/MODEL/STRATEGY=0.80`` or
        ``gsm8k/MODEL/STRATEGY/PROMPT=0.80``; of a score ``score=0.60``, ``score.strict>=0.60``, ``ifeval.score/MODEL=0.60``; ``kl=0.01`` or
        ``kl<=0.01`` (by the interval).

        A model's name may hold slashes: only a last part that is one of `strategies` is a strategy, and only what follows one is a
        prompt. Raises GateError.
        """
        name, _, least = text.rpartition("=")
        wanted = name.rstrip("<>").strip()
        scored = _SCORED.match(wanted)
        wanted = f"{scored['benchmark'] or ''}{wanted[scored.end() :]}" if scored else wanted
        label = LABEL.match(wanted)
        benchmark = label.group() if label else ""
        first, *parts = [part.strip() for part in wanted.removeprefix(benchmark).split("/")]
        prompt = parts.pop() if len(parts) > 2 and parts[-2] in strategies and parts[-1] not in strategies else None
        strategy = parts.pop() if len(parts) > 1 and parts[-1] in strategies else None
        fraction = _fraction(least)
        relation = name[len(name.rstrip("<>")) :]
        named = not first and all(parts) and (benchmark or scored)
        if fraction is None or not named or relation not in ("", "<" if benchmark == KL else ">"):
            raise GateError(
                "--fail-under must be BENCHMARK=ACCURACY with an accuracy of 0 to 1, such as gsm8k=0.80 "
                "(gsm8k>=0.80 for the lower end of the interval, gsm8k/MODEL/STRATEGY=0.80 for a part, score=0.60 for a score), "
                f"or kl<=NATS, got {text!r}."
            )
        score = scored["score"] if scored else ""
        return cls(benchmark, fraction, "/".join(parts) or None, strategy, by_interval=bool(relation), prompt=prompt, score=score)

    @property
    def name(self) -> str:
        """What is demanded of: ``gsm8k``, ``gsm8k.score``, ``gsm8k/MODEL``, ``gsm8k/MODEL/STRATEGY`` or ``gsm8k/MODEL/STRATEGY/PROMPT``."""
        what = ".".join(filter(None, (self.benchmark, self.score)))
        return "/".join(part for part in (what, self.model, self.strategy, self.prompt) if part)

    @property
    def text(self) -> str:
        """The gate as `--fail-under` takes it."""
        by_interval = "<=" if self.benchmark == KL else ">="
        return f"{self.name}{by_interval if self.by_interval else '='}{self.least}"

    @property
    def is_of_base(self) -> bool:
        """Whether it is on what became of a model's base, and not on an accuracy."""
        return self.benchmark in (KL, RECOVERY)


@dataclass(frozen=True)
class Decision:
    """What became of a gate: `passed`, and the words that say why; where it held the accuracy of one `key` against another accuracy, that
    `level`, and what it is called."""

    passed: bool
    text: str
    key: Key | None = field(default=None, compare=False)
    level: float | None = field(default=None, compare=False)
    level_name: str = field(default="", compare=False)


def undecided(named: str, why: str) -> Decision:
    """That a gate could not be decided, which counts as not passed."""
    return Decision(False, phrase("{gate}: undecided, {why}", gate=named, why=why))


def outcome_text(named: str, passed: bool, figures: str) -> str:
    """Whether a gate was passed, and with what."""
    return phrase("{gate}: passed with {figures}" if passed else "{gate}: missed with {figures}", gate=named, figures=figures)


def _fraction(text: str) -> float | None:
    try:
        fraction = float(text)
    except ValueError:
        return None
    return fraction if 0 <= fraction <= 1 else None
