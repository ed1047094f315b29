"""Pictures to read a number from: thermometer, ruler, clock, a count of things, and a beaker."""

import math
import random
from typing import Any

from itemwise.synthetic.pictures.canvas import BLACK, BLUE, BROWN, GREEN, GREY, ORANGE, RED, WHITE, YELLOW, Canvas
from itemwise.synthetic.pictures.scene import QuestionKind, Scene, ascending, shuffled

__all__ = ["BEAKER", "CLOCK", "COUNTING", "RULER", "THERMOMETER"]


def _thermometer(rng: random.Random) -> Scene:
    choices, answer = ascending(rng, range(0, 51, 5))
    facts: dict[str, Any] = {
        "temperature": choices[answer],
        "height": rng.choice((70, 75, 80)),
        "left": rng.choice((32, 40, 48, 56, 64)),
        "liquid": rng.choice(("red", "blue")),
        "labels": rng.choice(("left", "right")),
    }
    return Scene(
        facts,
        "What temperature does the thermometer show?",
        tuple(f"{value} °C" for value in choices),
        answer,
        f"The liquid stands at {facts['temperature']} °C.",
        lambda canvas: _paint_thermometer(canvas, **facts),
    )


def _paint_thermometer(canvas: Canvas, temperature: int, height: int, left: int, liquid: str, labels: str) -> None:
    colour = canvas.near({"red": RED, "blue": BLUE}[liquid])
    top = canvas.rng.randint(6, 10)
    zero = top + height
    side = 1 if labels == "right" else -1
    canvas.box(left - 5, top - 4, left + 5, zero + 8, WHITE)
    canvas.ellipse(left, zero + 12, 8, 8, colour)
    canvas.box(left - 3, zero - height * temperature / 50, left + 3, zero + 8, colour, None)
    for value in range(0, 51, 5):
        y = zero - height * value / 50
        canvas.line([(left + side * 6, y), (left + side * (11 if value % 10 == 0 else 8), y)])
        if value % 10 == 0:
            text = str(value)
            canvas.write(text, left + 14 if side > 0 else left - 14 - 4 - 7 * (len(text) - 1), y - 4)


def _ruler(rng: random.Random) -> Scene:
    choices, answer = ascending(rng, range(1, 11))
    facts: dict[str, Any] = {
        "length": choices[answer],
        "top": rng.choice((56, 62, 68, 74, 80)),
        "thing": rng.choice(("pencil", "nail", "ribbon")),
        "gap": rng.choice((2, 4, 6, 8)),
    }
    return Scene(
        facts,
        f"How long is the {facts['thing']}?",
        tuple(f"{value} cm" for value in choices),
        answer,
        f"The {facts['thing']} ends at {facts['length']} cm.",
        lambda canvas: _paint_ruler(canvas, **facts),
        hint="It begins at the zero mark of the ruler.",
    )


def _paint_ruler(canvas: Canvas, length: int, top: int, thing: str, gap: int) -> None:
    zero, centimetre = 4, 10
    canvas.box(1, top, 110, top + 24, canvas.near(YELLOW))
    for value in range(11):
        x = zero + centimetre * value
        canvas.line([(x, top), (x, top + 8)])
        canvas.write(str(value), x - (2 if value < 10 else 5), top + 12)
    end, bottom = zero + centimetre * length, top - gap
    if thing == "pencil":
        canvas.box(zero, bottom - 10, end - 6, bottom, canvas.near(GREEN))
        canvas.shape([(end - 6, bottom - 10), (end, bottom - 5), (end - 6, bottom)], BLACK)
    elif thing == "nail":
        canvas.box(zero, bottom - 12, zero + 3, bottom, canvas.near(GREY))
        canvas.box(zero, bottom - 8, end, bottom - 4, canvas.near(GREY))
    else:
        canvas.box(zero, bottom - 12, end, bottom, canvas.near(RED))


def _clock(rng: random.Random) -> Scene:
    hour, minute = rng.randint(1, 12), rng.choice((0, 30))
    facts: dict[str, Any] = {
        "hour": hour,
        "minute": minute,
        "radius": rng.choice((36, 40, 44, 48)),
        "x": rng.randint(51, 60),
        "y": rng.randint(51, 60),
    }
    times = [f"{other}:{part:02d}" for other in range(1, 13) for part in (0, 30)]
    choices, answer = shuffled(rng, f"{hour}:{minute:02d}", times, 4)
    where = f"at {hour}" if minute == 0 else f"past {hour}"
    return Scene(
        facts,
        "What time does the clock show?",
        choices,
        answer,
        f"The long hand is at {12 if minute == 0 else 6}, the short one {where}.",
        lambda canvas: _paint_clock(canvas, **facts),
    )


def _paint_clock(canvas: Canvas, hour: int, minute: int, radius: int, x: int, y: int) -> None:
    canvas.ellipse(x, y, radius, radius, canvas.near(WHITE))
    canvas.ellipse(x, y, radius - 1, radius - 1, None)

    def at(turn: float, share: float) -> tuple[float, float]:
        angle = 2 * math.pi * turn
        return x + share * radius * math.sin(angle), y - share * radius * math.cos(angle)

    for mark in range(12):
        canvas.line([at(mark / 12, 0.84 if mark % 3 else 0.76), at(mark / 12, 0.94)], width=1 if mark % 3 else 3)
    canvas.line([(x, y), at((hour + minute / 60) / 12, 0.5)], canvas.near(RED), 5)
    canvas.line([(x, y), at(minute / 60, 0.8)], canvas.near(BLUE), 2)
    canvas.ellipse(x, y, 3, 3, BLACK)


def _counting(rng: random.Random) -> Scene:
    choices, answer = ascending(rng, range(2, 10))
    count, thing = choices[answer], rng.choice(("balls", "leaves", "blocks"))
    cells = sorted(rng.sample(range(12), count))
    return Scene(
        {"count": count, "thing": thing, "cells": cells},
        f"How many {thing} are in the picture?",
        tuple(str(value) for value in choices),
        answer,
        f"There are {count} {thing}.",
        lambda canvas: _paint_things(canvas, cells, thing),
    )


def _paint_things(canvas: Canvas, cells: list[int], thing: str) -> None:
    colour = canvas.near({"balls": RED, "leaves": GREEN, "blocks": BLUE}[thing])
    size = canvas.rng.choice((7, 8, 9))
    for cell in cells:
        x = 19 + 25 * (cell % 4) + canvas.rng.randint(-2, 2)
        y = 22 + 34 * (cell // 4) + canvas.rng.randint(-5, 5)
        if thing == "balls":
            canvas.ellipse(x, y, size, size, colour)
        elif thing == "leaves":
            canvas.shape([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], colour)
            canvas.line([(x - size + 3, y), (x + size - 3, y)], WHITE)
        else:
            canvas.box(x - size, y - size, x + size, y + size, colour)


def _beaker(rng: random.Random) -> Scene:
    choices, answer = ascending(rng, range(10, 101, 10))
    facts: dict[str, Any] = {
        "volume": choices[answer],
        "left": rng.randint(20, 38),
        "width": rng.randint(30, 42),
        "liquid": rng.choice(("blue", "orange", "green")),
    }
    return Scene(
        facts,
        "How much liquid is in the beaker?",
        tuple(f"{value} mL" for value in choices),
        answer,
        f"The liquid stands at {facts['volume']} mL.",
        lambda canvas: _paint_beaker(canvas, **facts),
    )


def _paint_beaker(canvas: Canvas, volume: int, left: int, width: int, liquid: str) -> None:
    colour = canvas.near({"blue": BLUE, "orange": ORANGE, "green": GREEN}[liquid])
    bottom, right = canvas.rng.randint(100, 105), left + width
    canvas.box(left, bottom - 0.85 * volume, right, bottom, colour, None)
    canvas.line([(left, bottom - 90), (left, bottom), (right, bottom), (right, bottom - 90)], BLACK, 2)
    for value in range(10, 101, 10):
        y = bottom - 0.85 * value
        canvas.line([(right - 8, y), (right, y)], BROWN if value % 20 else BLACK)
        if value % 20 == 0:
            canvas.write(str(value), right + 4, y - 4)


THERMOMETER = QuestionKind("thermometer", "physics", "grade2", _thermometer)
RULER = QuestionKind("ruler", "physics", "grade2", _ruler)
CLOCK = QuestionKind("clock", "physics", "grade1", _clock)
COUNTING = QuestionKind("counting", "biology", "grade1", _counting)
BEAKER = QuestionKind("beaker", "chemistry", "grade4", _beaker)
