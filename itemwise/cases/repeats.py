"""Repeats of a case: the same question asked several times, each time from a seed of its own."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from itemwise.cases.case import Case

__all__ = ["item_of", "repeat_name", "repeat_seed", "repeated"]


def repeated(case: Case, times: int) -> Iterator[Case]:
    """`case` itself, and as often as it takes to have it `times` times the same under the name of a repeat."""
    for repeat in range(1, times + 1):
        yield replace(case, name=repeat_name(case.name, repeat), repeat=repeat)


def repeat_name(item: str, repeat: int) -> str:
    """What the `repeat`-th time of an item is called; the first bears the item's own name.

    >>> repeat_name("gsm8k-754", 2)
    'gsm8k-754-repeat2'
    """
    return item if repeat == 1 else f"{item}-repeat{repeat}"


def item_of(name: str, repeat: int) -> str:
    """The item of which `name` is the `repeat`-th time.

    >>> item_of("gsm8k-754-repeat2", 2)
    'gsm8k-754'
    """
    return name if repeat == 1 else name.removesuffix(f"-repeat{repeat}")


def repeat_seed(seed: int, repeat: int) -> int:
    """What is added to the seeds of sampled requests: 0 the first time, so that a run without repeats knows these replies; then a number
    of 31 bits that follows from the run's `seed` and the repeat."""
    if repeat == 1:
        return 0
    return int.from_bytes(hashlib.sha256(f"{seed} repeat {repeat}".encode()).digest()[:4], "big") >> 1
