"""Ten animals and a plant in a few shapes each, about 30 pixels wide around (x, y)."""

from collections.abc import Callable

from itemwise.synthetic.pictures.canvas import BLACK, BROWN, GREEN, GREY, ORANGE, RED, WHITE, YELLOW, Canvas

__all__ = ["ANIMALS", "paint_grass"]


def paint_grass(canvas: Canvas, x: float, y: float) -> None:
    """A tuft of grass."""
    colour = canvas.near(GREEN)
    for root, tip in ((-10, -15), (-5, -8), (0, 0), (5, 8), (10, 15)):
        canvas.line([(x + root, y + 13), (x + tip, y - 12)], colour, 3)


def _rabbit(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near((200, 190, 180))
    canvas.ellipse(x - 5, y - 9, 3, 8, colour)
    canvas.ellipse(x + 5, y - 9, 3, 8, colour)
    canvas.ellipse(x, y + 5, 10, 9, colour)
    canvas.ellipse(x - 4, y + 2, 1, 1, BLACK)
    canvas.ellipse(x + 4, y + 2, 1, 1, BLACK)


def _mouse(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near(GREY)
    canvas.line([(x - 10, y + 6), (x - 16, y - 4)], RED, 2)
    canvas.ellipse(x - 1, y + 4, 11, 6, colour)
    canvas.ellipse(x + 5, y - 3, 4, 4, colour)
    canvas.ellipse(x + 8, y + 2, 1, 1, BLACK)


def _snail(canvas: Canvas, x: float, y: float) -> None:
    canvas.box(x - 14, y + 7, x + 14, y + 11, canvas.near(YELLOW))
    canvas.line([(x + 12, y + 8), (x + 15, y - 4)], BLACK, 2)
    canvas.ellipse(x - 2, y - 1, 10, 10, canvas.near(BROWN))
    canvas.ellipse(x - 2, y - 1, 5, 5, None)


def _caterpillar(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near((150, 210, 60))
    for index in range(5):
        canvas.ellipse(x - 12 + 6 * index, y + (2 if index % 2 else -2), 5, 5, colour)
    canvas.ellipse(x + 14, y - 3, 1, 1, BLACK)


def _frog(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near((40, 130, 70))
    canvas.ellipse(x - 8, y - 8, 5, 5, WHITE)
    canvas.ellipse(x + 8, y - 8, 5, 5, WHITE)
    canvas.ellipse(x, y + 2, 14, 10, colour)
    canvas.line([(x - 7, y + 5), (x + 7, y + 5)], BLACK, 2)


def _snake(canvas: Canvas, x: float, y: float) -> None:
    curve = [(x - 15, y + 8), (x - 9, y - 6), (x - 2, y + 8), (x + 5, y - 6), (x + 13, y + 2)]
    canvas.line(curve, canvas.near((110, 60, 140)), 5)
    canvas.ellipse(x + 13, y + 2, 4, 3, canvas.near((110, 60, 140)))


def _fish(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near((60, 170, 200))
    canvas.shape([(x - 6, y), (x - 15, y - 9), (x - 15, y + 9)], colour)
    canvas.ellipse(x + 3, y, 11, 7, colour)
    canvas.ellipse(x + 9, y - 2, 1, 1, BLACK)


def _owl(canvas: Canvas, x: float, y: float) -> None:
    canvas.ellipse(x, y, 11, 14, canvas.near(BROWN))
    for side in (-5, 5):
        canvas.ellipse(x + side, y - 5, 5, 5, WHITE)
        canvas.ellipse(x + side, y - 5, 2, 2, BLACK)
    canvas.shape([(x - 2, y - 1), (x + 2, y - 1), (x, y + 4)], YELLOW)


def _fox(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near(ORANGE)
    canvas.shape(
        [(x - 14, y - 13), (x - 4, y - 7), (x + 4, y - 7), (x + 14, y - 13), (x + 11, y + 2), (x, y + 13), (x - 11, y + 2)], colour
    )
    canvas.ellipse(x - 5, y - 1, 1, 1, BLACK)
    canvas.ellipse(x + 5, y - 1, 1, 1, BLACK)
    canvas.ellipse(x, y + 11, 2, 2, BLACK)


def _hawk(canvas: Canvas, x: float, y: float) -> None:
    colour = canvas.near((90, 70, 60))
    canvas.shape([(x - 16, y - 10), (x, y), (x + 16, y - 10), (x + 6, y + 6), (x, y + 13), (x - 6, y + 6)], colour)
    canvas.ellipse(x, y - 3, 4, 4, WHITE)


ANIMALS: dict[str, Callable[[Canvas, float, float], None]] = {
    "rabbit": _rabbit, "mouse": _mouse, "snail": _snail, "caterpillar": _caterpillar,
    "frog": _frog, "snake": _snake, "fish": _fish,
    "owl": _owl, "fox": _fox, "hawk": _hawk,
}  # fmt: skip
