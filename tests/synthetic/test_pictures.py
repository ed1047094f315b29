"""Pictures and their questions: endless, seeded, answerable only by looking, and drawn as their facts say."""

from __future__ import annotations

import hashlib
import json
import math
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest
from PIL import Image

from itemwise.synthetic.pictures import KIND_POOLS, science_pictures
from itemwise.synthetic.pictures.canvas import BLACK, SIZE, STROKES, Canvas

Row = dict[str, Any]
EACH = 250  # pictures of every kind

every_kind = pytest.mark.parametrize("kind", [kind.name for kind in KIND_POOLS["all"]])


def first(size: int, seed: int = 42, **which: str) -> list[Row]:
    return list(islice(science_pictures(seed, **which), size))


def right(row: Row) -> str:
    return row["choices"][row["answer"]]


def facts(row: Row) -> str:
    return f"{row['kind']} {json.dumps(row['facts'], sort_keys=True)}"


def digest(rows: Iterable[Row]) -> str:
    """A hash of pictures and questions."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(row["image"].tobytes())
        whole.update(json.dumps({key: value for key, value in row.items() if key != "image"}, sort_keys=True).encode())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    found = defaultdict(list)
    for row in first(EACH * len(KIND_POOLS["all"]), pool="all"):
        found[row["kind"]].append(row)
    return found


def test_there_are_at_least_ten_kinds_to_train_on_and_some_held_out() -> None:
    assert len(KIND_POOLS["seen"]) >= 10
    assert len(KIND_POOLS["held-out"]) >= 3


def test_names_are_their_own_so_the_halves_share_no_kind() -> None:
    assert max(Counter(kind.name for kind in KIND_POOLS["all"]).values()) == 1


def test_every_kind_takes_its_turn() -> None:
    turn = len(KIND_POOLS["seen"])
    found = [row["kind"] for row in first(5 * turn)]
    assert all(len(set(found[start : start + turn])) == turn for start in range(0, len(found), turn))


@every_kind
def test_rows_have_the_columns_of_scienceqa(kind: str, rows: dict[str, list[Row]]) -> None:
    columns = ["image", "question", "choices", "answer", "hint", "lecture", "subject", "topic", "grade", "kind", "description", "facts"]
    for row in rows[kind]:
        assert list(row) == columns
        assert (row["image"].mode, row["image"].size) == ("RGB", (SIZE, SIZE))
        assert all(isinstance(row[name], str) for name in ("question", "hint", "lecture", "subject", "topic", "grade", "description"))


@every_kind
def test_two_to_five_options_differ_and_one_of_them_is_right(kind: str, rows: dict[str, list[Row]]) -> None:
    for row in rows[kind]:
        assert 2 <= len(set(row["choices"])) == len(row["choices"]) <= 5
        assert 0 <= row["answer"] < len(row["choices"])


@every_kind
def test_no_letter_is_right_much_more_often_than_the_others(kind: str, rows: dict[str, list[Row]]) -> None:
    answers = Counter(row["answer"] for row in rows[kind])
    fair = EACH / max(len(row["choices"]) for row in rows[kind])
    assert max(abs(count - fair) for count in answers.values()) < 5 * math.sqrt(fair)


@every_kind
def test_the_same_question_has_different_answers(kind: str, rows: dict[str, list[Row]]) -> None:
    answers: dict[str, set[str]] = defaultdict(set)
    for row in rows[kind]:
        answers[row["question"]].add(right(row))
    assert min(len(found) for found in answers.values()) > 1


@every_kind
def test_question_hint_and_options_do_not_tell_the_answer(kind: str, rows: dict[str, list[Row]]) -> None:
    """Whoever sees the words alone and knows how often each answer is right gains little over guessing."""
    train, test = rows[kind][: EACH // 2], rows[kind][EACH // 2 :]
    usual: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for row in train:
        for place, choice in enumerate(row["choices"]):
            usual[row["question"], choice, place].append(place == row["answer"])
    hits, guesses = 0, 0.0
    for row in test:
        seen = [usual[row["question"], choice, place] or [False] for place, choice in enumerate(row["choices"])]
        shares = [sum(each) / len(each) for each in seen]
        hits += shares.index(max(shares)) == row["answer"]
        guesses += 1 / len(row["choices"])
    assert hits < guesses + 4 * math.sqrt(guesses)


@every_kind
def test_the_description_tells_pictures_with_other_answers_apart(kind: str, rows: dict[str, list[Row]]) -> None:
    answers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows[kind]:
        answers[row["question"], row["description"]].add(right(row))
    assert max(len(found) for found in answers.values()) == 1


def test_one_seed_gives_the_same_bytes_each_time() -> None:
    assert digest(first(64, 7, pool="all")) == digest(first(64, 7, pool="all"))


def test_one_seed_gives_the_same_bytes_in_another_process() -> None:
    code = "from tests.synthetic.test_pictures import digest, first; print(digest(first(64, 7, pool='all')))"
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert digest(first(64, 7, pool="all")) == there.stdout.strip()


def test_another_seed_gives_other_pictures() -> None:
    assert not {row["image"].tobytes() for row in first(100, 1)} & {row["image"].tobytes() for row in first(100, 2)}


def test_splits_share_no_facts_and_no_picture() -> None:
    parts = [first(1500, split=split, pool="all") for split in ("test", "selection", "train")]
    for number, one in enumerate(parts):
        for other in parts[number + 1 :]:
            assert not {facts(row) for row in one} & {facts(row) for row in other}
            assert not {row["image"].tobytes() for row in one} & {row["image"].tobytes() for row in other}


@every_kind
def test_there_are_enough_facts_for_a_split(kind: str, rows: dict[str, list[Row]]) -> None:
    assert len({facts(row) for row in rows[kind]}) > 25


def test_every_letter_looks_different() -> None:
    looks = set()
    for letter in STROKES:
        canvas = Canvas(random.Random(0))
        canvas.write(letter, 50, 50)
        looks.add(canvas.image.tobytes())
    assert len(looks) == len(STROKES)


# What is drawn is what the facts say, measured in the pixels.


def is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 170 and pixel[1] < 90 and pixel[2] < 90


def is_blue(pixel: tuple[int, int, int]) -> bool:
    return pixel[2] > 150 and pixel[0] < 90 and pixel[1] < 130


def is_paper(pixel: tuple[int, int, int]) -> bool:
    return min(pixel) > 205


def middle(image: Image.Image, wanted: Any) -> tuple[float, float]:
    found = [(x, y) for x in range(1, SIZE - 1) for y in range(1, SIZE - 1) if wanted(image.getpixel((x, y)))]
    return sum(x for x, _ in found) / len(found), sum(y for _, y in found) / len(found)


def patches_of_ink(image: Image.Image) -> int:
    """How many connected figures lie on the paper."""
    left = {(x, y) for x in range(1, SIZE - 1) for y in range(1, SIZE - 1) if not is_paper(image.getpixel((x, y)))}
    figures = 0
    while left:
        figures += 1
        edge = [left.pop()]
        while edge:
            x, y = edge.pop()
            near = {(x + across, y + down) for across in (-1, 0, 1) for down in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
    return figures


@every_kind
def test_pictures_have_a_frame(kind: str, rows: dict[str, list[Row]]) -> None:
    corners = ((0, 0), (SIZE - 1, 0), (0, SIZE - 1), (SIZE - 1, SIZE - 1))
    assert {rows[kind][0]["image"].getpixel(corner) for corner in corners} == {BLACK}


def test_a_thermometer_is_as_full_as_its_temperature(rows: dict[str, list[Row]]) -> None:
    for row in rows["thermometer"]:
        drawn = row["facts"]
        top = next(y for y in range(12, SIZE) if not is_paper(row["image"].getpixel((drawn["left"], y))))
        assert abs(top - max(12, 8 + drawn["height"] * (1 - drawn["temperature"] / 50))) <= 4
        assert right(row) == f"{drawn['temperature']} °C"


def test_a_pencil_ends_where_its_length_says(rows: dict[str, list[Row]]) -> None:
    for row in rows["ruler"]:
        drawn = row["facts"]
        level = drawn["top"] - drawn["gap"] - 5
        ink = [x for x in range(2, SIZE - 1) if not is_paper(row["image"].getpixel((x, level)))]
        assert max(ink) == 4 + 10 * drawn["length"]
        assert right(row) == f"{drawn['length']} cm"


def test_as_many_things_lie_there_as_are_counted(rows: dict[str, list[Row]]) -> None:
    for row in rows["counting"][:60]:
        assert str(patches_of_ink(row["image"])) == right(row)


def test_the_day_asked_for_has_the_highest_or_lowest_bar(rows: dict[str, list[Row]]) -> None:
    for row in rows["bars"]:
        tops = []
        for place in range(4):
            column = [row["image"].getpixel((24 + 24 * place, y)) for y in range(1, 90)]
            tops.append(sum(not is_paper(pixel) for pixel in column))
        wanted = max(tops) if "most" in row["question"] else min(tops)
        assert tops.index(wanted) == row["answer"]


def test_magnets_attract_where_the_colours_that_meet_differ(rows: dict[str, list[Row]]) -> None:
    for row in rows["magnets"]:
        drawn = row["facts"]
        level = drawn["top"] + 1
        inked = [x for x in range(1, SIZE - 1) if not is_paper(row["image"].getpixel((x, level)))]
        gap = next(place for place, x in enumerate(inked) if inked[place + 1] > x + 2)
        meeting = [is_red(row["image"].getpixel((x, level))) for x in (inked[gap] - 3, inked[gap + 1] + 3)]
        assert right(row) == ("attract" if meeting[0] != meeting[1] else "repel")


def test_the_lake_lies_where_the_answer_says(rows: dict[str, list[Row]]) -> None:
    for row in rows["compass"][:60]:
        (lake_x, lake_y), (house_x, house_y) = middle(row["image"], is_blue), middle(row["image"], is_red)
        across, down = lake_x - house_x, lake_y - house_y - 6  # the house's red is its roof
        way = ("east" if across > 0 else "west") if abs(across) > abs(down) else ("south" if down > 0 else "north")
        assert right(row) == way


def test_the_moon_is_as_light_as_its_phase(rows: dict[str, list[Row]]) -> None:
    lit = {"new moon": (0, 0.05), "crescent moon": (0.1, 0.35), "half moon": (0.4, 0.6), "full moon": (0.9, 1.1)}
    for row in rows["moon"][:60]:
        drawn = row["facts"]
        disc = math.pi * drawn["radius"] ** 2
        light = sum(
            row["image"].getpixel((x, y))[0] > 200
            for x in range(drawn["x"] - drawn["radius"], drawn["x"] + drawn["radius"] + 1)
            for y in range(drawn["y"] - drawn["radius"], drawn["y"] + drawn["radius"] + 1)
        )
        low, high = lit[right(row)]
        assert low <= light / disc <= high


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("clock", lambda drawn: f"{drawn['hour']}:{drawn['minute']:02d}"),
        ("circuit", lambda drawn: "yes" if drawn["closed"] else "no"),
        ("particles", lambda drawn: drawn["state"]),
        ("weather", lambda drawn: drawn["weather"]),
        ("beaker", lambda drawn: f"{drawn['volume']} mL"),
        ("balance", lambda drawn: {"left": "the left pan", "right": "the right pan", "neither": "both the same"}[drawn["lower"]]),
        ("shadow", lambda drawn: {"left": "on the right", "right": "on the left"}[drawn["shadow"]]),
    ],
)
def test_the_right_option_follows_from_the_facts(kind: str, answer: Any, rows: dict[str, list[Row]]) -> None:
    assert [right(row) for row in rows[kind]] == [answer(row["facts"]) for row in rows[kind]]


def test_the_right_animal_stands_at_its_place_in_the_chain(rows: dict[str, list[Row]]) -> None:
    for row in rows["food-chain"]:
        place = 1 if "eats the grass" in row["question"] else 3
        assert right(row) == row["facts"]["chain"][place]
