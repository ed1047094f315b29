"""Controls (ablations): the same cases with the picture blanked or the options in another order, to show what an accuracy rests on."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.picture import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["BLANK", "CIRCULAR", "CONTROLS", "SHUFFLED", "controlled", "joined_orders", "original_and_control"]

BLANK = "blank-image"
SHUFFLED = "shuffle-options"
CIRCULAR = "circular-options"
CONTROLS = (BLANK, SHUFFLED, CIRCULAR)
_ORDER = re.compile(rf"(.+-{CIRCULAR})-[1-9][0-9]*of([1-9][0-9]*)", re.DOTALL)


def controlled(case: Case, control: str, seed: int) -> list[Case]:
    """`case` under `control`, named after it; nothing where the control does not apply.

    ``blank-image`` shows a white picture of the same size; it needs a picture. ``shuffle-options`` puts the options in
    another order, drawn by `seed` and the case's name, in which the right one has another letter. ``circular-options`` gives a case
    for each rotation of the options, the first as they are: so the right one has each letter once (CircularEval of MMBench, Liu
    et al. 2023, arXiv:2307.06281). Both need at least two options and a case that gives its prompt for any order of them (`Case.choice`).
    """
    name = f"{case.name}-{control}"
    if control == BLANK:
        return [_blanked(replace(case, name=name))] if case.pictures else []
    size = len(case.choices)
    if case.prompt_for is None or size < 2:
        return []
    if control == CIRCULAR:
        return [_in_order(case, f"{name}-{first + 1}of{size}", [*range(first, size), *range(first)]) for first in range(size)]
    order = _other_order(size, LETTERS.index(case.answer), random.Random(f"{seed}/{case.name}"))
    return [_in_order(case, name, order)]


def original_and_control(case_name: str) -> tuple[str, str] | None:
    """The case that this one controls, and by which control; None for a case that is none.

    >>> original_and_control("scienceqa-7-blank-image")
    ('scienceqa-7', 'blank-image')
    """
    name, _ = joined_orders(case_name)
    control = next((control for control in CONTROLS if name.endswith(f"-{control}")), None)
    return (name.removesuffix(f"-{control}"), control) if control else None


def joined_orders(case_name: str) -> tuple[str, int]:
    """What a case under ``circular-options`` is called in all its orders together, and how many these are; any other itself, and 1.

    >>> joined_orders("arc-7-circular-options-2of4")
    ('arc-7-circular-options', 4)
    """
    match = _ORDER.fullmatch(case_name) if CIRCULAR in case_name else None
    return (match[1], int(match[2])) if match else (case_name, 1)


def _in_order(case: Case, name: str, order: Sequence[int]) -> Case:
    """The case with its options in that order, each given by its place."""
    assert case.prompt_for
    choices, right = [case.choices[index] for index in order], order.index(LETTERS.index(case.answer))
    return Case.choice(name, case.prompt_for, choices, right, tags=case.tags, picture=case.picture)


def _other_order(size: int, right: int, rng: random.Random) -> list[int]:
    while True:
        order = rng.sample(range(size), size)
        if order.index(right) != right:
            return order


def _blanked(case: Case) -> Case:
    """The case with every picture white."""
    if isinstance(case.prompt, str):
        return replace(case, picture=_blank(case.picture)) if case.picture else case
    return replace(case, prompt=[replace(turn, pictures=tuple(map(_blank, turn.pictures))) for turn in case.prompt])


def _blank(picture: Picture) -> Picture:
    return Picture(f"{picture.where}, blanked", partial(_white, picture))


def _white(picture: Picture) -> Image:
    import PIL.Image

    return PIL.Image.new("RGB", picture.image().size, "white")
