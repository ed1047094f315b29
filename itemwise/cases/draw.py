"""Sampling: which cases are drawn, by seed, in the very order of ``Dataset.shuffle`` or of ``random.sample``."""

import random
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["draw", "draw_like_random"]

Drawn = TypeVar("Drawn")


def draw(population: Sequence[Drawn], size: int, seed: int) -> list[Drawn]:
    """`size` of the population, shuffled by `seed` exactly as ``Dataset.shuffle(seed).select(range(size))`` does.

    That is NumPy's PCG64 permutation; a size beyond the population gives all of it, shuffled.
    """
    import numpy

    order = numpy.random.default_rng(seed).permutation(len(population))[:size]
    return [population[index] for index in order.tolist()]


def draw_like_random(population: Sequence[Drawn], size: int, seed: int) -> list[Drawn]:
    """`size` of the population as ``random.seed(seed); random.sample(population, size)`` draws them; all where there are fewer."""
    return random.Random(seed).sample(population, min(size, len(population)))
