"""Controls (ablations): the same cases with the picture blanked or the options shuffled, to show what an accuracy rests on."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.picture import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["BLANK", "CONTROLS", "SHUFFLED", "controlled", "original_and_control"]

BLANK = "blank-image"
SHUFFLED = "shuffle-options"
CONTROLS = (BLANK, SHUFFLED)


def controlled(case: Case, control: str, seed: int) -> Case | None:
    """`case` under `control`, named after it; None where the control does not apply.

    ``blank-image`` shows a white picture of the same size; it needs a picture. ``shuffle-options`` puts the options in
    another order, drawn by `seed` and the case's name, in which the right one has another letter; it needs at least two
    options and a case that gives its prompt for any order of them (`Case.choice`).
    """
    name = f"{case.name}-{control}"
    if control == BLANK:
        return _blanked(replace(case, name=name)) if case.pictures else None
    if case.prompt_for is None or len(case.choices) < 2:
        return None
    right = LETTERS.index(case.answer)
    order = _other_order(len(case.choices), right, random.Random(f"{seed}/{case.name}"))
    choices = [case.choices[index] for index in order]
    return Case.choice(name, case.prompt_for, choices, order.index(right), tags=case.tags, picture=case.picture)


def original_and_control(case_name: str) -> tuple[str, str] | None:
    """The case that this one controls, and by which control; None for a case that is none.

    >>> original_and_control("scienceqa-7-blank-image")
    ('scienceqa-7', 'blank-image')
    """
    control = next((control for control in CONTROLS if case_name.endswith(f"-{control}")), None)
    return (case_name.removesuffix(f"-{control}"), control) if control else None


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
