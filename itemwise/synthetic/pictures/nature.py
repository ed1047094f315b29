"""Pictures from biology and earth science: food chains, weather, the moon, a map, rainfall as bars, and shadows."""

import random
from itertools import pairwise
from typing import Any

from itemwise.synthetic.pictures.animals import ANIMALS, paint_grass
from itemwise.synthetic.pictures.canvas import BLACK, BLUE, BROWN, GREEN, GREY, ORANGE, RED, WHITE, YELLOW, Canvas
from itemwise.synthetic.pictures.scene import QuestionKind, Scene, shuffled

__all__ = ["BARS", "COMPASS", "FOOD_CHAIN", "MOON", "SHADOW", "WEATHER"]

GRAZERS = ("rabbit", "mouse", "snail", "caterpillar")
HUNTERS = ("frog", "snake", "fish")
LAST = ("owl", "fox", "hawk")


def _food_chain(rng: random.Random) -> Scene:
    grazer, hunter, last = rng.choice(GRAZERS), rng.choice(HUNTERS), rng.choice(LAST)
    facts: dict[str, Any] = {"chain": ["grass", grazer, hunter, last], "corner": rng.randrange(4), "clockwise": rng.choice((True, False))}
    if rng.random() < 0.5:
        question, (choices, answer) = "Which animal in this food chain eats the grass?", shuffled(rng, grazer, GRAZERS, 3)
    else:
        question, (choices, answer) = "Which animal is the last in this food chain?", shuffled(rng, last, LAST, 3)
    return Scene(
        facts,
        question,
        choices,
        answer,
        f"grass, {grazer}, {hunter}, {last}",
        lambda canvas: _paint_food_chain(canvas, **facts),
        hint="Arrows point to the one that eats.",
    )


def _paint_food_chain(canvas: Canvas, chain: list[str], corner: int, clockwise: bool) -> None:
    corners = ((28, 28), (84, 28), (84, 84), (28, 84))
    step = 1 if clockwise else -1
    spots = [corners[(corner + step * index) % 4] for index in range(4)]
    for (x, y), (to_x, to_y) in pairwise(spots):
        across, down = (to_x - x) / 56, (to_y - y) / 56
        canvas.arrow((x + 19 * across, y + 19 * down), (to_x - 19 * across, to_y - 19 * down), BLACK, 2, 6)
    for name, (x, y) in zip(chain, spots, strict=True):
        off_x, off_y = canvas.rng.randint(-2, 2), canvas.rng.randint(-2, 2)
        (paint_grass if name == "grass" else ANIMALS[name])(canvas, x + off_x, y + off_y)


def _weather(rng: random.Random) -> Scene:
    kinds = ("sunny", "cloudy", "rainy", "snowy", "stormy")
    weather = rng.choice(kinds)
    facts: dict[str, Any] = {
        "weather": weather,
        "x": rng.randint(40, 72),
        "y": rng.randint(30, 44),
        "size": rng.choice((14, 16, 18)),
        "hill": rng.randint(6, 24),
    }
    choices, answer = shuffled(rng, weather, kinds, 4)
    seen = {
        "sunny": "The sun shines.",
        "cloudy": "There is only a cloud.",
        "rainy": "Drops fall from a cloud.",
        "snowy": "Flakes fall from a cloud.",
        "stormy": "Lightning comes from a cloud.",
    }
    return Scene(
        facts, "What is the weather like in the picture?", choices, answer, seen[weather], lambda canvas: _paint_weather(canvas, **facts)
    )


def _paint_weather(canvas: Canvas, weather: str, x: int, y: int, size: int, hill: int) -> None:
    canvas.ellipse(canvas.rng.randint(30, 80), 118, 70, hill + 6, canvas.near(GREEN))
    if weather == "sunny":
        colour = canvas.near(YELLOW)
        for across, down in ((1, 0), (0, 1), (-1, 0), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)):
            canvas.line([(x, y), (x + 1.8 * size * across, y + 1.8 * size * down)], canvas.near(ORANGE), 3)
        canvas.ellipse(x, y, size, size, colour)
        return
    if weather == "stormy":
        bolt = [(x + 4, y + 8), (x - 8, y + 32), (x, y + 32), (x - 6, y + 54), (x + 12, y + 26), (x + 3, y + 26), (x + 12, y + 8)]
        canvas.shape(bolt, canvas.near(YELLOW))
    for column in range(-1, 3) if weather in ("rainy", "snowy") else ():
        for row in range(3):
            fall_x, fall_y = x - 8 + 13 * column + canvas.rng.randint(-2, 2), y + 24 + 14 * row + canvas.rng.randint(-2, 2)
            if weather == "rainy":
                canvas.line([(fall_x + 3, fall_y), (fall_x, fall_y + 9)], canvas.near(BLUE), 2)
            else:
                canvas.ellipse(fall_x, fall_y + 4, 3, 3, WHITE)
    cloud = canvas.near(GREY)
    for across, down, share in ((-1.2, 0.2, 0.7), (1.2, 0.2, 0.7), (0, -0.1, 1.0)):
        canvas.ellipse(x + across * size, y + down * size, 1.1 * size * share, size * share, cloud, None)


def _moon(rng: random.Random) -> Scene:
    phases = ("new moon", "crescent moon", "half moon", "full moon")
    phase = rng.choice(phases)
    lit = rng.choice(("left", "right")) if phase in ("crescent moon", "half moon") else None
    facts: dict[str, Any] = {
        "phase": phase,
        "lit": lit,
        "radius": rng.choice((24, 28, 32, 36)),
        "x": rng.randint(48, 64),
        "y": rng.randint(48, 64),
    }
    choices, answer = shuffled(rng, phase, phases, 4)
    seen = {"new moon": "All is dark.", "crescent moon": "A thin part is lit.", "half moon": "Half is lit.", "full moon": "All is lit."}
    return Scene(facts, "Which phase of the moon is this?", choices, answer, seen[phase], lambda canvas: _paint_moon(canvas, **facts))


def _paint_moon(canvas: Canvas, phase: str, lit: str | None, radius: int, x: int, y: int) -> None:
    canvas.box(1, 1, 110, 110, canvas.near((36, 40, 84)), None)
    for _ in range(6):
        star_x, star_y = canvas.rng.randint(6, 105), canvas.rng.randint(6, 105)
        canvas.box(star_x, star_y, star_x + 1, star_y + 1, WHITE, None)
    dark, light = (70, 74, 92), canvas.near((244, 236, 200))
    canvas.ellipse(x, y, radius, radius, light if phase == "full moon" else dark, GREY)
    if lit:
        towards = 1 if lit == "right" else -1
        for row in range(-radius + 1, radius):
            edge = (radius**2 - row**2) ** 0.5
            inner = 0 if phase == "half moon" else 0.6 * edge
            canvas.line([(x + towards * inner, y + row), (x + towards * edge, y + row)], light)


def _compass(rng: random.Random) -> Scene:
    ways = {"north": (0, -1), "east": (1, 0), "south": (0, 1), "west": (-1, 0)}
    answer = rng.randrange(4)
    way = tuple(ways)[answer]
    step = rng.randint(1, 3)
    across, down = step * ways[way][0], step * ways[way][1]
    column, row = rng.randint(max(0, -across), 3 - max(0, across)), rng.randint(max(0, -down), 3 - max(0, down))
    house, lake = (column, row), (column + across, row + down)
    tree = rng.choice([(x, y) for x in range(4) for y in range(4) if (x, y) not in (house, lake)])
    side = {"north": "above", "south": "below", "east": "right of", "west": "left of"}[way]
    facts: dict[str, Any] = {"way": way, "house": house, "lake": lake, "tree": tree}
    return Scene(
        facts,
        "In which direction from the house is the lake?",
        tuple(ways),
        answer,
        f"The lake is {side} the house.",
        lambda canvas: _paint_map(canvas, house, lake, tree),
        hint="North is at the top.",
    )


def _paint_map(canvas: Canvas, house: tuple[int, int], lake: tuple[int, int], tree: tuple[int, int]) -> None:
    shift = canvas.rng.randint(-2, 2)

    def spot(cell: tuple[int, int]) -> tuple[int, int]:
        return 16 + 22 * cell[0] + shift, 18 + 25 * cell[1] + shift

    x, y = spot(house)
    canvas.box(x - 8, y - 1, x + 8, y + 10, canvas.near((232, 210, 160)))
    canvas.shape([(x - 11, y - 1), (x, y - 11), (x + 11, y - 1)], canvas.near(RED))
    x, y = spot(lake)
    canvas.ellipse(x, y, 10, 8, canvas.near(BLUE))
    x, y = spot(tree)
    canvas.box(x - 2, y + 2, x + 2, y + 10, canvas.near(BROWN), None)
    canvas.ellipse(x, y - 3, 7, 7, canvas.near(GREEN))
    canvas.arrow((102, 34), (102, 18), BLACK, 2, 6)
    canvas.write("N", 100, 6)


def _bars(rng: random.Random) -> Scene:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday")
    heights = rng.sample(range(1, 9), 4)
    asked = rng.choice(("most", "least"))
    most, least = heights.index(max(heights)), heights.index(min(heights))
    width = rng.choice((12, 14, 16))
    return Scene(
        {"heights": heights},
        f"On which day did it rain the {asked}?",
        days,
        most if asked == "most" else least,
        f"{days[most]} is highest, {days[least]} lowest.",
        lambda canvas: _paint_bars(canvas, heights, width),
        hint="The bars show the rain of four days.",
    )


def _paint_bars(canvas: Canvas, heights: list[int], width: int) -> None:
    bottom, colour = canvas.rng.randint(90, 93), canvas.near(canvas.rng.choice((BLUE, GREEN, ORANGE, RED)))
    canvas.line([(10, 8), (10, bottom), (108, bottom)], BLACK, 2)
    for index, (height, letter) in enumerate(zip(heights, "MTWT", strict=True)):
        x = 24 + 24 * index
        canvas.box(x - width / 2, bottom - 10 * height, x + width / 2, bottom, colour)
        canvas.write(letter, x - 3, bottom + 4, unit=3)


def _shadow(rng: random.Random) -> Scene:
    side = rng.choice(("left", "right"))
    facts: dict[str, Any] = {
        "shadow": side,
        "x": rng.randint(44, 68),
        "height": rng.choice((30, 36, 42, 48)),
        "length": rng.choice((20, 26, 32)),
    }
    return Scene(
        facts,
        "On which side of the tree is the sun?",
        ("on the left", "on the right"),
        0 if side == "right" else 1,
        f"The shadow falls to the {side}.",
        lambda canvas: _paint_shadow(canvas, **facts),
    )


def _paint_shadow(canvas: Canvas, shadow: str, x: int, height: int, length: int) -> None:
    ground = canvas.rng.randint(84, 92)
    towards = 1 if shadow == "right" else -1
    canvas.box(1, ground, 110, 110, canvas.near((206, 190, 130)), None)
    end = x + towards * length
    canvas.shape([(x - 3, ground), (x + 3, ground), (end + 6, ground + 14), (end - 6, ground + 14)], (90, 84, 60))
    canvas.box(x - 3, ground - height, x + 3, ground, canvas.near(BROWN))
    canvas.ellipse(x, ground - height, 14, 14, canvas.near(GREEN))


FOOD_CHAIN = QuestionKind("food-chain", "biology", "grade4", _food_chain)
WEATHER = QuestionKind("weather", "earth science", "grade2", _weather)
MOON = QuestionKind("moon", "earth science", "grade5", _moon)
COMPASS = QuestionKind("compass", "geography", "grade3", _compass, subject="social science")
BARS = QuestionKind("bars", "earth science", "grade3", _bars)
SHADOW = QuestionKind("shadow", "earth science", "grade2", _shadow)
