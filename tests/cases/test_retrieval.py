"""What shares most words with a question, in any script."""

from __future__ import annotations

import pytest

from itemwise.cases.retrieval import nearest, tokens

FACTS = ["A dozen is 12.", "The area of a circle is pi times the square of its radius.", "圆的面积等于半径的平方乘以圆周率", "一打是十二个"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ann's 17 Apples cost $3.50", ["ann", "s", "apples", "cost"]),
        ("CO2 and H2O", ["co2", "and", "h2o"]),
        ("小明有3个苹果abc", ["小明", "明有", "个苹", "苹果", "abc"]),
        ("圆", ["圆"]),
        ("りんごは", ["りん", "んご", "ごは"]),
        ("ＡＢＣ", ["abc"]),
        ("12 + 3 = 15?", []),
    ],
)
def test_words_are_told_apart_by_spaces_and_by_pairs_where_there_are_none(text: str, words: list[str]) -> None:
    assert list(tokens(text)) == words


@pytest.mark.parametrize(
    ("question", "best"),
    [("What is the area of a circle of radius 3?", [1, 0]), ("圆的半径是3，面积是多少？", [2]), ("How many eggs is a dozen?", [0, 1])],
)
def test_the_text_that_shares_most_comes_first_and_one_that_shares_nothing_not_at_all(question: str, best: list[int]) -> None:
    (found,) = nearest(FACTS, [question], 2)
    assert [place for place, _ in found] == best
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_of_equal_scores_the_first_text_wins() -> None:
    assert [[place for place, _ in found] for found in nearest(["b a", "a b", "a b", "c"], ["a"], 2)] == [[0, 1]]


@pytest.mark.parametrize("texts", [[], ["1 2 3"], ["other words"]])
def test_where_nothing_is_shared_nothing_is_found(texts: list[str]) -> None:
    assert nearest(texts, ["a question", "17?"], 3) == [[], []]
