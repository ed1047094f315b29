"""Replies caught in a loop, and replies that only list, calculate or say a thing again."""

from __future__ import annotations

import pytest

from itemwise.causes.cause import REPEATS
from itemwise.causes.repetition import repetition
from tests.counted import calls

LOOPS = [
    ('{"steps": ["9*4=36", ' + '"36-3=33", ' * 14, "14 times: 36-3=33"),
    ('{"steps": [' + '"36-3=33", ' * 12 + '"36-3=33"], "answer": 33}', "13 times: 36-3=33"),
    ("Each box holds 3 jars. " * 9 + "Each box", "9 times: Each box holds 3 jars"),
    ("A jar costs 0." + "3" * 160, "160 times: 3"),
    ("7\n12\n" + "40\n" * 60, "60 times: 40"),
    ("So 80 - (30 - 6) = " * 12 + "80", "12 times: So 80 - (30 - 6) ="),
    ("so he has 20 + 7" + " = 20 + 7" * 30 + " =", "31 times: 20 + 7 ="),
    ("".join(f"{n}. Next we look for the price of one pen.\n" for n in range(1, 12)), "11 times: Next we look for the price of one pen"),
    (
        "".join(f"## Step {n}: Step {n - 1} was wrong, so try 6 * 3.33 again with pens.\n" for n in range(2, 9)),
        "7 times: was wrong, so try",
    ),
    ("Let us see the rope, which is 12 m long and cut in 3 parts, as the task says of it in the first line.\n" * 4, "4 times: Let us see"),
    ("他买了三箱苹果，每箱十二个，所以一共有三十六个苹果。" * 8, "8 times: 他买了三箱苹果"),
    ("The total is " + "30 * 20 + " * 30 + "30", "30 times: 30 * 20 +"),
    ("ha" * 2000, "times: hahahahahahahaha"),
]

NOT_LOOPS = [
    "",
    "She pays $18. The answer is 18.\n\nThe answer is 18.\n\nThe answer is 18.",
    "\n".join(f"Day {day}: he runs {3 * day} km and rests." for day in range(1, 15)),
    "\n".join(f"Day {day}: he runs 3 km and rests." for day in range(1, 8)),
    "There are " + "1 + " * 60 + "1 lamps.",
    "There are " + "1 + " * 60 + "1 = 61 lamps.",
    "| pens | price |\n" + "|------" * 40 + "|\n| 4 | 8 |",
    "-" * 500 + "\nThe answer is 5.",
    "1/3 = 0.333333333333333333333333, so about 0.33.",
    '{"steps": ["12*5=60", "60-8=52", "52-8=44", "44-8=36", "36-8=28", "28-8=20"], "answer": 20}',
    "First we add. " * 4 + "Now the long way: " + " ".join(f"{n} pens at {n + 1} coins are {n * (n + 1)}." for n in range(40)),
]


@pytest.mark.parametrize(("text", "evidence"), LOOPS)
def test_a_loop_is_named_with_the_part_that_comes_again(text: str, evidence: str) -> None:
    found = repetition(text, truncated=False)
    assert found is not None
    assert found.kind == REPEATS
    assert evidence in found.evidence


@pytest.mark.parametrize("text", NOT_LOOPS)
def test_a_list_a_sum_a_border_and_a_second_time_are_no_loop(text: str) -> None:
    assert repetition(text, truncated=False) is None


def test_numbers_may_differ_where_the_limit_cut_the_reply_off() -> None:
    text = "We start with the pens. " + "".join(f"{n * n} of the pens in the box are sold. " for n in range(12, 24)) + "625 of the pens in"
    found = repetition(text, truncated=True)
    assert found is not None
    assert found.evidence.startswith("but for its numbers 1")
    assert "of the pens in the box are sold" in found.evidence
    assert repetition(text, truncated=False) is None
    assert repetition(text + " the shop, which is none of them all.", truncated=True) is None
    steps = ", ".join(f'"{n}-10={n - 10}"' for n in range(900, 500, -10))
    assert repetition('{"steps": [' + steps, truncated=True) is None  # each calculation is another one


def test_a_short_loop_within_a_long_reply_that_goes_on_is_none() -> None:
    other = " ".join(f"word{n} and {n * n % 97} more of it" for n in range(200))
    assert repetition("So it is. " * 12 + other, truncated=False) is None
    assert repetition(other + "So it is. " * 12, truncated=False) is not None


@pytest.mark.parametrize("unit", ["7", "ab ", "(", "12. ", "step 1 ", "1+1+", "x", " ", "\n", "=", "x = 1;\n"])
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    text = unit * (10_000 // len(unit))
    repetition(text, truncated=True)
    assert calls(lambda: repetition(text * 2, truncated=True)) <= 2.5 * calls(lambda: repetition(text, truncated=True)) + 50


def test_of_a_very_long_reply_the_end_is_looked_at() -> None:
    assert calls(lambda: repetition("never the same 1 " + "a b c d e f g h i j " * 50_000, truncated=True)) < 200_000
