"""Pictures from physics and chemistry: magnets, an electric circuit, particles, a balance, and pulls on a box."""

import random
from typing import Any

from itemwise.synthetic.pictures.canvas import BLACK, BLUE, BROWN, GREEN, GREY, ORANGE, RED, WHITE, YELLOW, Canvas
from itemwise.synthetic.pictures.scene import QuestionKind, Scene

__all__ = ["BALANCE", "CIRCUIT", "MAGNETS", "PARTICLES", "PULLS"]

_POLES = {"N": "north", "S": "south"}


def _magnets(rng: random.Random) -> Scene:
    left, right = rng.choice(("NS", "SN")), rng.choice(("NS", "SN"))
    facts: dict[str, Any] = {
        "left": left,
        "right": right,
        "gap": rng.choice((6, 10, 14, 18)),
        "length": rng.choice((32, 36, 40)),
        "height": rng.choice((18, 22, 26)),
        "top": rng.choice((20, 32, 44, 56, 68)),
    }
    answer = 0 if left[1] != right[0] else 1
    return Scene(
        facts,
        "Will these magnets attract or repel each other?",
        ("attract", "repel"),
        answer,
        f"In the middle, {_POLES[left[1]]} faces {_POLES[right[0]]}.",
        lambda canvas: _paint_magnets(canvas, **facts),
        lecture="Poles that are alike repel each other.",
    )


def _paint_magnets(canvas: Canvas, left: str, right: str, gap: int, length: int, height: int, top: int) -> None:
    middle = 56 + canvas.rng.randint(-3, 3)
    colours = {"N": canvas.near(RED), "S": canvas.near(BLUE)}
    for poles, start in ((left, middle - gap / 2 - length), (right, middle + gap / 2)):
        for half, pole in enumerate(poles):
            x = start + half * length / 2
            canvas.box(x, top, x + length / 2, top + height, colours[pole])
            canvas.write(pole, x + length / 4 - 3, top + height / 2 - 6, unit=3, colour=WHITE)


def _circuit(rng: random.Random) -> Scene:
    closed = rng.choice((True, False))
    battery, lamp, switch = rng.sample(("top", "right", "bottom", "left"), 3)
    facts: dict[str, Any] = {
        "closed": closed,
        "battery": battery,
        "lamp": lamp,
        "switch": switch,
        "width": rng.choice((64, 72, 80)),
        "height": rng.choice((56, 64, 72)),
    }
    return Scene(
        facts,
        "Will the lamp in this circuit light up?",
        ("yes", "no"),
        0 if closed else 1,
        f"The switch at the {switch} is {'closed' if closed else 'open'}.",
        lambda canvas: _paint_circuit(canvas, **facts),
        hint="The battery and the lamp are good.",
    )


def _paint_circuit(canvas: Canvas, closed: bool, battery: str, lamp: str, switch: str, width: int, height: int) -> None:
    middle_x, middle_y = 56 + canvas.rng.randint(-4, 4), 56 + canvas.rng.randint(-4, 4)
    left, top, right, bottom = middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2
    for corners in (
        ((left, top), (right, top)),
        ((right, top), (right, bottom)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
    ):
        canvas.line(corners, BLACK, 2)
    at = {"top": (middle_x, top), "right": (right, middle_y), "bottom": (middle_x, bottom), "left": (left, middle_y)}
    x, y = at[battery]
    canvas.box(x - 9, y - 9, x + 9, y + 9, canvas.near(GREEN))
    canvas.line([(x - 5, y), (x + 5, y)], WHITE, 2)
    canvas.line([(x, y - 5), (x, y + 5)], WHITE, 2)
    x, y = at[lamp]
    canvas.ellipse(x, y, 10, 10, canvas.near(YELLOW))
    canvas.line([(x - 6, y - 6), (x + 6, y + 6)])
    canvas.line([(x - 6, y + 6), (x + 6, y - 6)])
    _paint_switch(canvas, *at[switch], closed, upright=switch in ("left", "right"))


def _paint_switch(canvas: Canvas, x: float, y: float, closed: bool, upright: bool) -> None:
    canvas.box(x - 10, y - 10, x + 10, y + 10, WHITE, None)
    colour = canvas.near(RED)
    if upright:
        ends, lifted = ((x, y - 10), (x, y + 10)), (x + 10, y + 2)
    else:
        ends, lifted = ((x - 10, y), (x + 10, y)), (x + 2, y - 10)
    canvas.line([ends[0], ends[1] if closed else lifted], colour, 3)
    for end in ends:
        canvas.ellipse(*end, 3, 3, BLACK)


def _particles(rng: random.Random) -> Scene:
    state = rng.choice(("solid", "liquid", "gas"))
    left, top = rng.choice((10, 14, 18, 22)), rng.choice((10, 14, 18, 22))
    radius = rng.choice((4, 5))
    if state == "gas":
        cells = [divmod(cell, 4) for cell in sorted(rng.sample(range(16), rng.randint(7, 9)))]
        spots = [(left + 11 + 20 * x + rng.randint(-4, 4), top + 11 + 20 * y + rng.randint(-4, 4)) for x, y in cells]
    elif state == "liquid":
        cells = [divmod(cell, 4) for cell in range(24)]
        spots = [(left + 8 + 13 * x + rng.randint(-2, 2), top + 74 - 11 * y + rng.randint(-3, 3)) for x, y in cells if rng.random() < 0.85]
    else:
        wide, high = rng.choice((4, 5)), rng.choice((4, 5))
        spots = [(left + 12 + 11 * x, top + 74 - 11 * y) for x in range(wide) for y in range(high)]
    order = {"solid": "in a neat block", "liquid": "close without order", "gas": "far apart"}[state]
    return Scene(
        {"state": state, "left": left, "top": top, "radius": radius, "spots": spots},
        "The picture shows the particles of a substance. In which state is it?",
        ("solid", "liquid", "gas"),
        ("solid", "liquid", "gas").index(state),
        f"The particles are {order}.",
        lambda canvas: _paint_particles(canvas, left, top, radius, spots),
    )


def _paint_particles(canvas: Canvas, left: int, top: int, radius: int, spots: list[tuple[int, int]]) -> None:
    canvas.line([(left, top), (left, top + 81), (left + 81, top + 81), (left + 81, top)], BLACK, 2)
    colour = canvas.near(canvas.rng.choice((BLUE, GREEN, ORANGE, RED)))
    for x, y in spots:
        canvas.ellipse(x, y, radius, radius, colour)


def _balance(rng: random.Random) -> Scene:
    lower = rng.choice(("left", "right", "neither"))
    tilt = 0 if lower == "neither" else rng.choice((10, 14, 18))
    facts: dict[str, Any] = {"lower": lower, "tilt": tilt, "arm": rng.randint(30, 38), "top": rng.randint(26, 40)}
    seen = "Both pans are level." if lower == "neither" else f"The {lower} pan is lower."
    return Scene(
        facts,
        "Which pan of the balance carries more?",
        ("the left pan", "the right pan", "both the same"),
        ("left", "right", "neither").index(lower),
        seen,
        lambda canvas: _paint_balance(canvas, **facts),
    )


def _paint_balance(canvas: Canvas, lower: str, tilt: int, arm: int, top: int) -> None:
    x = 56 + canvas.rng.randint(-4, 4)
    drop = -tilt if lower == "right" else tilt
    canvas.shape([(x - 14, 106), (x + 14, 106), (x, top)], canvas.near(BROWN))
    canvas.line([(x - arm, top + drop), (x + arm, top - drop)], BLACK, 3)
    for side, y in ((x - arm, top + drop), (x + arm, top - drop)):
        canvas.line([(side, y), (side - 10, y + 24)])
        canvas.line([(side, y), (side + 10, y + 24)])
        canvas.box(side - 12, y + 24, side + 12, y + 28, canvas.near(GREY))
        canvas.box(side - 6, y + 12, side + 6, y + 24, canvas.near(BLUE))


def _pulls(rng: random.Random) -> Scene:
    left, right = rng.choice(((1, 2), (1, 3), (2, 3), (2, 1), (3, 1), (3, 2), (1, 1), (2, 2), (3, 3)))
    facts: dict[str, Any] = {
        "left": left,
        "right": right,
        "size": rng.choice((12, 14, 16)),
        "y": rng.randint(36, 76),
        "thickness": rng.choice((2, 4)),
    }
    answer = 0 if left > right else 1 if right > left else 2
    return Scene(
        facts,
        "Two people pull at the box. A longer arrow is a stronger pull. Which way does the box move?",
        ("to the left", "to the right", "it stays"),
        answer,
        ("The left arrow is longer.", "The right arrow is longer.", "Both arrows are equally long.")[answer],
        lambda canvas: _paint_pulls(canvas, **facts),
    )


def _paint_pulls(canvas: Canvas, left: int, right: int, size: int, y: int, thickness: int) -> None:
    x = 56 + canvas.rng.randint(-3, 3)
    canvas.box(x - size, y - size, x + size, y + size, canvas.near(BROWN))
    canvas.arrow((x - size, y), (x - size - 8 - 9 * left, y), canvas.near(RED), thickness)
    canvas.arrow((x + size, y), (x + size + 8 + 9 * right, y), canvas.near(RED), thickness)
    canvas.line([(4, y + size + 1), (107, y + size + 1)], BLACK, 2)


MAGNETS = QuestionKind("magnets", "physics", "grade3", _magnets)
CIRCUIT = QuestionKind("circuit", "physics", "grade4", _circuit)
PARTICLES = QuestionKind("particles", "chemistry", "grade5", _particles)
BALANCE = QuestionKind("balance", "physics", "grade2", _balance)
PULLS = QuestionKind("pulls", "physics", "grade3", _pulls)
