"""The canvas a picture is drawn on: simple shapes, and letters made of strokes, the same pixels on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["BLACK", "BLUE", "BROWN", "GREEN", "GREY", "ORANGE", "RED", "SIZE", "STROKES", "WHITE", "YELLOW", "Colour", "Canvas"]

SIZE = 112  # pixels on each side: 8 by 8 patches of 14
SHADE = 24  # how much darker the paper gets from top to bottom (red) and from left to right (blue)

Colour = tuple[int, int, int]
Point = tuple[float, float]

BLACK: Colour = (24, 24, 28)
WHITE: Colour = (252, 252, 252)
GREY: Colour = (140, 144, 150)
RED: Colour = (208, 44, 40)
BLUE: Colour = (40, 84, 200)
GREEN: Colour = (44, 148, 60)
YELLOW: Colour = (244, 200, 48)
ORANGE: Colour = (236, 132, 36)
BROWN: Colour = (140, 92, 48)

PAPERS: tuple[Colour, ...] = ((255, 255, 255), (250, 252, 255), (255, 250, 242), (246, 255, 246), (255, 246, 250))

# Letters and digits as lines on a grid 2 wide and 4 high.
STROKES: dict[str, tuple[tuple[Point, ...], ...]] = {
    "0": (((0, 0), (2, 0), (2, 4), (0, 4), (0, 0)),),
    "1": (((0, 1), (1, 0), (1, 4)), ((0, 4), (2, 4))),
    "2": (((0, 0), (2, 0), (2, 2), (0, 2), (0, 4), (2, 4)),),
    "3": (((0, 0), (2, 0), (2, 4), (0, 4)), ((0, 2), (2, 2))),
    "4": (((0, 0), (0, 2), (2, 2)), ((2, 0), (2, 4))),
    "5": (((2, 0), (0, 0), (0, 2), (2, 2), (2, 4), (0, 4)),),
    "6": (((2, 0), (0, 0), (0, 4), (2, 4), (2, 2), (0, 2)),),
    "7": (((0, 0), (2, 0), (1, 4)),),
    "8": (((0, 0), (2, 0), (2, 4), (0, 4), (0, 0)), ((0, 2), (2, 2))),
    "9": (((2, 2), (0, 2), (0, 0), (2, 0), (2, 4), (0, 4)),),
    "M": (((0, 4), (0, 0), (1, 2), (2, 0), (2, 4)),),
    "N": (((0, 4), (0, 0), (2, 4), (2, 0)),),
    "S": (((2, 0), (0, 0), (0, 1), (2, 3), (2, 4), (0, 4)),),
    "T": (((0, 0), (2, 0)), ((1, 0), (1, 4))),
    "W": (((0, 0), (0, 4), (1, 2), (2, 4), (2, 0)),),
    "c": (((2, 1), (0, 1), (0, 4), (2, 4)),),
    "m": (((0, 4), (0, 1), (2, 1), (2, 4)), ((1, 1), (1, 3))),
}


class Canvas:
    """Softly shaded paper; `rng` decides its tint and how colours vary."""

    def __init__(self, rng: random.Random) -> None:
        from PIL import ImageDraw

        self.rng = rng
        self.image = _paper(rng.randrange(len(PAPERS))).copy()
        self._draw = ImageDraw.Draw(self.image)

    def frame(self) -> None:
        """A thin black line around everything."""
        self.box(0, 0, SIZE - 1, SIZE - 1, None)

    def near(self, colour: Colour) -> Colour:
        """A colour a little off `colour`."""
        red, green, blue = (max(0, min(255, part + self.rng.randint(-22, 22))) for part in colour)
        return red, green, blue

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour | None, outline: Colour | None = BLACK) -> None:
        """A rectangle; its right and bottom pixels belong to it."""
        self._draw.rectangle((round(left), round(top), round(right), round(bottom)), fill=fill, outline=outline)

    def ellipse(self, x: float, y: float, across: float, down: float, fill: Colour | None, outline: Colour | None = BLACK) -> None:
        """An ellipse around (x, y) with these half axes."""
        self._draw.ellipse((round(x - across), round(y - down), round(x + across), round(y + down)), fill=fill, outline=outline)

    def shape(self, points: Sequence[Point], fill: Colour, outline: Colour | None = BLACK) -> None:
        """A filled polygon."""
        self._draw.polygon([(round(x), round(y)) for x, y in points], fill=fill, outline=outline)

    def line(self, points: Sequence[Point], colour: Colour = BLACK, width: int = 1) -> None:
        """A line through `points`."""
        self._draw.line([(round(x), round(y)) for x, y in points], fill=colour, width=width)

    def arrow(self, start: Point, end: Point, colour: Colour = BLACK, width: int = 2, head: float = 5) -> None:
        """A line from `start` with a filled head at `end`."""
        (x, y), (to_x, to_y) = start, end
        length = max(((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5, 1)
        along_x, along_y = (to_x - x) / length, (to_y - y) / length
        base_x, base_y = to_x - head * along_x, to_y - head * along_y
        self.line([start, (base_x, base_y)], colour, width)
        side_x, side_y = -along_y * head * 0.7, along_x * head * 0.7
        self.shape([end, (base_x + side_x, base_y + side_y), (base_x - side_x, base_y - side_y)], colour, colour)

    def write(self, text: str, x: float, y: float, *, unit: int = 2, colour: Colour = BLACK, width: int = 1) -> None:
        """Letters of 2 by 4 units from the top left corner (x, y), a gap of one and a half units between them."""
        for index, letter in enumerate(text):
            left = x + index * round(3.5 * unit)
            for stroke in STROKES[letter]:
                self.line([(left + unit * across, y + unit * down) for across, down in stroke], colour, width)


@cache
def _paper(number: int) -> Image:
    from PIL.Image import frombytes

    red, green, blue = PAPERS[number]
    pixels = bytearray()
    for y in range(SIZE):
        for x in range(SIZE):
            pixels += bytes((red - SHADE * y // SIZE, green, blue - SHADE * x // SIZE))
    return frombytes("RGB", (SIZE, SIZE), bytes(pixels))
