"""Ten animals and a plant in a few shapes each, about 30 pixels wide around (x, y)."""

from __future__ import annotations

from collections.abc import Callable

from itemwise.synthetic.pictures.sheet import BLACK, BROWN, GREEN, GREY, ORANGE, RED, WHITE, YELLOW, Sheet

__all__ = ["ANIMALS", "paint_grass"]


def paint_grass(sheet: Sheet, x: float, y: float) -> None:
    """A tuft of grass."""
    colour = sheet.near(GREEN)
    for root, tip in ((-10, -15), (-5, -8), (0, 0), (5, 8), (10, 15)):
        sheet.line([(x + root, y + 13), (x + tip, y - 12)], colour, 3)


def _rabbit(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near((200, 190, 180))
    sheet.oval(x - 5, y - 9, 3, 8, colour)
    sheet.oval(x + 5, y - 9, 3, 8, colour)
    sheet.oval(x, y + 5, 10, 9, colour)
    sheet.oval(x - 4, y + 2, 1, 1, BLACK)
    sheet.oval(x + 4, y + 2, 1, 1, BLACK)


def _mouse(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near(GREY)
    sheet.line([(x - 10, y + 6), (x - 16, y - 4)], RED, 2)
    sheet.oval(x - 1, y + 4, 11, 6, colour)
    sheet.oval(x + 5, y - 3, 4, 4, colour)
    sheet.oval(x + 8, y + 2, 1, 1, BLACK)


def _snail(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 14, y + 7, x + 14, y + 11, sheet.near(YELLOW))
    sheet.line([(x + 12, y + 8), (x + 15, y - 4)], BLACK, 2)
    sheet.oval(x - 2, y - 1, 10, 10, sheet.near(BROWN))
    sheet.oval(x - 2, y - 1, 5, 5, None)


def _caterpillar(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near((150, 210, 60))
    for place in range(5):
        sheet.oval(x - 12 + 6 * place, y + (2 if place % 2 else -2), 5, 5, colour)
    sheet.oval(x + 14, y - 3, 1, 1, BLACK)


def _frog(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near((40, 130, 70))
    sheet.oval(x - 8, y - 8, 5, 5, WHITE)
    sheet.oval(x + 8, y - 8, 5, 5, WHITE)
    sheet.oval(x, y + 2, 14, 10, colour)
    sheet.line([(x - 7, y + 5), (x + 7, y + 5)], BLACK, 2)


def _snake(sheet: Sheet, x: float, y: float) -> None:
    curve = [(x - 15, y + 8), (x - 9, y - 6), (x - 2, y + 8), (x + 5, y - 6), (x + 13, y + 2)]
    sheet.line(curve, sheet.near((110, 60, 140)), 5)
    sheet.oval(x + 13, y + 2, 4, 3, sheet.near((110, 60, 140)))


def _fish(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near((60, 170, 200))
    sheet.shape([(x - 6, y), (x - 15, y - 9), (x - 15, y + 9)], colour)
    sheet.oval(x + 3, y, 11, 7, colour)
    sheet.oval(x + 9, y - 2, 1, 1, BLACK)


def _owl(sheet: Sheet, x: float, y: float) -> None:
    sheet.oval(x, y, 11, 14, sheet.near(BROWN))
    for side in (-5, 5):
        sheet.oval(x + side, y - 5, 5, 5, WHITE)
        sheet.oval(x + side, y - 5, 2, 2, BLACK)
    sheet.shape([(x - 2, y - 1), (x + 2, y - 1), (x, y + 4)], YELLOW)


def _fox(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near(ORANGE)
    sheet.shape([(x - 14, y - 13), (x - 4, y - 7), (x + 4, y - 7), (x + 14, y - 13), (x + 11, y + 2), (x, y + 13), (x - 11, y + 2)], colour)
    sheet.oval(x - 5, y - 1, 1, 1, BLACK)
    sheet.oval(x + 5, y - 1, 1, 1, BLACK)
    sheet.oval(x, y + 11, 2, 2, BLACK)


def _hawk(sheet: Sheet, x: float, y: float) -> None:
    colour = sheet.near((90, 70, 60))
    sheet.shape([(x - 16, y - 10), (x, y), (x + 16, y - 10), (x + 6, y + 6), (x, y + 13), (x - 6, y + 6)], colour)
    sheet.oval(x, y - 3, 4, 4, WHITE)


ANIMALS: dict[str, Callable[[Sheet, float, float], None]] = {
    "rabbit": _rabbit,
    "mouse": _mouse,
    "snail": _snail,
    "caterpillar": _caterpillar,
    "frog": _frog,
    "snake": _snake,
    "fish": _fish,
    "owl": _owl,
    "fox": _fox,
    "hawk": _hawk,
}
