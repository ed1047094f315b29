"""Rows of word problems: endless, seeded, never alike, and worked to the right answer."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.source import POOLS
from itemwise.synthetic import SPLITS, TEMPLATE_POOLS, science_pictures, word_problems
from itemwise.synthetic.pictures import KIND_POOLS
from itemwise.synthetic.template import Template

Row = dict[str, Any]
MANY = 2000
NUMBER = re.compile(r"\d+|\b(?:half|(?:an? )(?:third|quarter|fifth|sixth|eighth|tenth)|twice|(?:three|four|five|six) times)\b")


def first(size: int, seed: int = 42, **which: Any) -> list[Row]:
    return list(islice(word_problems(seed, **which), size))


def families(size: int, variants: int, seed: int = 42, **which: Any) -> list[list[Row]]:
    """Rows, each with its variants behind it."""
    found = word_problems(seed, variants=variants, **which)
    return [list(islice(found, 1 + variants)) for _ in range(size)]


def parts(found: list[Row]) -> set[int]:
    """Which eighths of all questions these belong to."""
    return {hashlib.sha256(row["question"].encode()).digest()[0] % 8 for row in found}


def questions(found: list[Row]) -> set[str]:
    return {row["question"] for row in found}


def worth(expression: str) -> Fraction:
    """The value of sums of products of whole numbers, in arithmetic of the test's own."""
    total = Fraction(0)
    for sign, term in re.findall(r"([-+]?)([\d.*/]+)", expression):
        factors = re.findall(r"([*/]?)([\d.]+)", term)
        product = Fraction(1)
        for operation, factor in factors:
            product = product / Fraction(factor) if operation == "/" else product * Fraction(factor)
        total += -product if sign == "-" else product
    return total


@pytest.fixture(scope="module", params=["seen", "held-out"])
def many(request: pytest.FixtureRequest) -> list[Row]:
    return first(MANY, pool=request.param)


def test_the_tests_own_arithmetic_is_right() -> None:
    assert [worth(text) for text in ("9*60+5", "120*25/100", "10-4-3", "7/2")] == [545, 30, 3, Fraction(7, 2)]


def test_no_two_questions_are_alike(many: list[Row]) -> None:
    assert len(questions(many)) == MANY


def test_every_step_is_worked_right(many: list[Row]) -> None:
    assert [step for row in many for step in row["steps"] if worth(step[0]) != Fraction(step[1])] == []


def test_every_result_is_positive_and_whole(many: list[Row]) -> None:
    assert [step for row in many for step in row["steps"] if not re.fullmatch(r"[1-9]\d*", step[1])] == []


def test_the_steps_chain_to_the_answer(many: list[Row]) -> None:
    for row in many:
        for number, (_, result) in enumerate(row["steps"][:-1], start=1):
            later = [expression for expression, _ in row["steps"][number:]]
            assert any(result in re.findall(r"[\d.]+", expression) for expression in later), row
        assert row["answer"].endswith(f"#### {row['steps'][-1][1]}")


def test_rows_have_the_shape_of_gsm8k(many: list[Row]) -> None:
    for row in many:
        *worked, last = row["answer"].splitlines()
        assert worked == [f"{expression} = {result}" for expression, result in row["steps"]]
        assert re.fullmatch(r"#### [1-9]\d*", last)
        assert list(row)[:2] == ["question", "answer"]


def test_every_template_takes_its_turn(many: list[Row]) -> None:
    turn = len({row["template"] for row in many})
    assert turn == 40
    for start in range(0, MANY, turn):
        assert len({row["template"] for row in many[start : start + turn]}) == turn


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("money", r"\$\d"),
        ("percentages", r"\d%"),
        ("fractions", r"\b(half|third|quarter|fifth|sixth)\b"),
        ("times of the day", r"\b\d+:\d\d\b"),
        ("durations", r"\b(hours?|minutes?|weeks?|days?)\b"),
        ("units", r"\b(meters?|miles?|liters?|kilometers?|gallon)\b"),
        ("stray facts", r"degrees outside|years old|A bus passes|lives at number|it rained|next door opened"),
        ("names", r"\b(Ada|Bianca|Chloe|Amir|Boris|Carlos)\b"),
    ],
)
def test_the_problems_are_told_with(what: str, pattern: str, many: list[Row]) -> None:
    assert sum(bool(re.search(pattern, row["question"])) for row in many) >= MANY // 100


def test_one_seed_gives_the_same_rows_each_time() -> None:
    assert first(80, 7) == first(80, 7)


def test_one_seed_gives_the_same_rows_in_another_process() -> None:
    script = "from itertools import islice; from itemwise.synthetic import word_problems; print(list(islice(word_problems(7), 20)))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, env={"PYTHONHASHSEED": "1"})
    assert said.stdout.strip() == str(first(20, 7))


@pytest.mark.parametrize("other", [0, 41, 43, 420])
def test_another_seed_gives_other_rows(other: int) -> None:
    shared = questions(first(80)) & questions(first(80, other))
    assert len(shared) <= 4


def test_a_longer_run_begins_with_the_shorter() -> None:
    assert first(100)[:40] == first(40)


def test_the_whole_is_told_from_both_halves() -> None:
    names = {row["template"] for row in first(80, pool="all")}
    assert names == {template.name for template in TEMPLATE_POOLS["seen"] + TEMPLATE_POOLS["held-out"]}


def test_what_is_trained_on_what_chose_and_what_is_asked_share_no_part_of_the_questions() -> None:
    assert sorted(part for parts in SPLITS.values() for part in parts) == list(range(8))


@pytest.mark.parametrize("split", SPLITS)
def test_a_question_belongs_to_its_split_by_its_own_words_whatever_the_seed(split: str) -> None:
    assert parts(first(200, 1, split=split)) == set(SPLITS[split])


@pytest.mark.parametrize("which", [{"pool": "unseen"}, {"split": "validation"}])
def test_a_half_or_split_that_does_not_exist_is_an_error(which: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        first(1, **which)


@pytest.mark.parametrize(
    ("which", "sha256"),
    [
        ({"seed": 42, "pool": "seen"}, "0abad56409429000e0e3ba88e996851ba632071b658537e7f2317aa046933229"),
        ({"seed": 42, "pool": "held-out"}, "317bd4f6e5ac60f0151185b53ac5a6a6669cf929afe169731a4413d44fe3fec1"),
        ({"seed": 7, "pool": "all"}, "3fa8936a8fa60cb11c1d79530cc860d26c6611d45c979cc0b58845e258f9f7ee"),
        ({"seed": 42, "split": "selection"}, "780c0b31d1de17bedf5b756cebf0d15e1a14cf0bf4c61023b0694a87701d89c6"),
        ({"seed": 1, "split": "train"}, "758dc52b23411a6352f8c65bee771c2dbafe3812db5046eaa7be8d49e44c04d7"),
    ],
    ids=["seen", "held-out", "all", "selection", "train"],
)
def test_the_questions_of_a_seed_are_those_that_were_trained_on_and_reported(which: dict[str, Any], sha256: str) -> None:
    asked = "\n".join(row["question"] for row in first(200, **which))
    assert hashlib.sha256(asked.encode()).hexdigest() == sha256


@pytest.fixture(scope="module", params=["seen", "held-out", "all", "trained"])
def pool(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def with_variants(pool: str) -> list[list[Row]]:
    return families(160, 3, pool=pool)


class TestVariants:
    def test_follow_rows_that_are_the_same_without_them(self, pool: str, with_variants: list[list[Row]]) -> None:
        assert [row for row, *_ in with_variants] == first(160, pool=pool)

    def test_do_not_depend_on_how_many_there_are(self, pool: str, with_variants: list[list[Row]]) -> None:
        assert families(160, 1, pool=pool) == [family[:2] for family in with_variants]

    def test_are_the_same_each_time_and_others_with_another_seed(self) -> None:
        one, again, other = (families(20, 2, seed) for seed in (7, 7, 8))
        assert one == again
        assert not questions([row for family in one for row in family]) & questions([row for family in other for row in family])

    def test_tell_the_row_in_its_words_with_another_answer(self, with_variants: list[list[Row]]) -> None:
        for row, *variants in with_variants:
            for variant in variants:
                assert NUMBER.sub("#", variant["question"]) == NUMBER.sub("#", row["question"])
                assert (list(variant), variant["template"], len(variant["steps"])) == (list(row), row["template"], len(row["steps"]))
                assert variant["steps"][-1][1] != row["steps"][-1][1]

    def test_are_worked_right(self, with_variants: list[list[Row]]) -> None:
        variants = [variant for _, *variants in with_variants for variant in variants]
        assert [step for variant in variants for step in variant["steps"] if worth(step[0]) != Fraction(step[1])] == []
        assert all(variant["answer"].endswith(f"#### {variant['steps'][-1][1]}") for variant in variants)

    def test_of_a_row_are_unlike_it_and_each_other(self, with_variants: list[list[Row]]) -> None:
        assert [len(questions(family)) for family in with_variants] == [4] * 160

    @pytest.mark.parametrize("pool", ["seen", "held-out", "trained"])
    def test_repeat_no_question_of_a_usual_sample(self, pool: str) -> None:
        assert len(questions([row for family in families(50, 1, pool=pool) for row in family])) == 100

    @pytest.mark.parametrize("split", SPLITS)
    def test_belong_to_the_split_of_their_row(self, split: str) -> None:
        assert parts([variant for _, variant in families(100, 1, 1, split=split)]) == set(SPLITS[split])

    def test_of_seen_templates_have_numbers_that_no_training_saw(self, pool: str, with_variants: list[list[Row]]) -> None:
        seen = {template.name for template in TEMPLATE_POOLS["seen"]}
        variants = [variant for _, *variants in with_variants for variant in variants if variant["template"] in seen]
        assert not parts(variants) & set(SPLITS["train"])
        assert len(variants) == {"held-out": 0, "all": 240}.get(pool, 480)


class TestTrained:
    def test_rows_are_seen_templates_with_numbers_of_the_train_split(self) -> None:
        found = first(200, pool="trained")
        assert {row["template"] for row in found} == {template.name for template in TEMPLATE_POOLS["seen"]}
        assert parts(found) == set(SPLITS["train"])

    def test_variants_are_of_the_test_split(self) -> None:
        assert parts([variant for _, variant in families(100, 1, pool="trained")]) == set(SPLITS["test"])


class TestStoryWithFewNumbers:
    """Of 29 questions about a fence a quarter is for test and selection; their hashes make it 8."""

    @pytest.fixture(autouse=True)
    def fence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fence = Template("fence", {"a": range(1, 30)}, ("{a}*2",), ("A fence has {a} posts a side. How many have two sides?",), False)
        monkeypatch.setitem(TEMPLATE_POOLS, "fence", (fence,))

    def test_takes_variants_from_all_that_training_never_saw_once_the_split_is_used_up(self) -> None:
        ((row, *variants),) = families(1, 6, pool="fence")
        assert parts([row]) == {0}
        assert parts(variants) == {0, 1}
        assert len(questions([row, *variants])) == 7

    def test_without_a_further_variant_is_an_error_that_says_how_many_there_are(self) -> None:
        with pytest.raises(ValueError, match=r"template 'fence' has no more than 7 variants of 'A fence has \d+ posts.*'; take fewer"):
            families(1, 20, pool="fence")


@pytest.mark.parametrize("maker", [word_problems, science_pictures])
def test_the_pool_may_still_be_called_half(maker: Any) -> None:
    with pytest.warns(DeprecationWarning, match=rf"^{maker.__name__}\(half=\) is called pool= now\.$") as warned:
        made = maker(7, half="held-out")
    assert [Path(warning.filename) for warning in warned] == [Path(__file__)]
    row = next(made)
    assert row["question"] == next(maker(7, pool="held-out"))["question"]


def test_variants_may_still_be_called_twins() -> None:
    maker: Any = word_problems
    with pytest.warns(DeprecationWarning, match=r"twins=\) is called variants= now"):
        rows = list(islice(maker(7, twins=1), 2))
    assert rows == list(islice(word_problems(7, variants=1), 2))


def test_pools_are_those_that_a_source_names() -> None:
    assert tuple(TEMPLATE_POOLS) == tuple(KIND_POOLS) == POOLS
