"""The types of a made picture: Scene (facts, question, choices, how to paint it) and QuestionKind, which draws scenes."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from itemwise.synthetic.pictures.canvas import Canvas

__all__ = ["QuestionKind", "Scene", "ascending", "shuffled"]

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """One picture and its question. `facts` are what the split is decided by; what `paint` adds on top is jitter."""

    facts: dict[str, Any]
    question: str
    choices: tuple[str, ...]
    answer: int
    description: str  # the picture in words: enough to answer from
    paint: Callable[[Canvas], None]
    hint: str = ""
    lecture: str = ""


@dataclass(frozen=True)
class QuestionKind:
    """A kind of picture; the same state of `rng` gives the same scene."""

    name: str
    topic: str
    grade: str
    scene: Callable[[random.Random], Scene]
    subject: str = "natural science"


def ascending(rng: random.Random, values: Sequence[T], size: int = 4) -> tuple[tuple[T, ...], int]:
    """`size` of the sorted `values` in their order, and the index of the right one, each equally likely."""
    indices = sorted(rng.sample(range(len(values)), size))
    return tuple(values[index] for index in indices), rng.randrange(size)


def shuffled(rng: random.Random, right: T, others: Sequence[T], size: int) -> tuple[tuple[T, ...], int]:
    """`right` among `size` - 1 of the `others`, in any order, and its index."""
    chosen = [right, *rng.sample([other for other in others if other != right], size - 1)]
    rng.shuffle(chosen)
    return tuple(chosen), chosen.index(right)
