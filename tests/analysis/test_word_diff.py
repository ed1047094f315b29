"""In which words two texts differ."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.analysis.word_diff import changed_excerpt, marked_text, word_diff

TEXTS = st.lists(st.sampled_from(["a", "b", " ", ", ", "\n", "1", "+", "😀", "é", "果", "\ud800"]), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("13 + 23 is 36 coins", "13 + 23 is 35 coins", "13 + 23 is [-36-]{+35+} coins"),
        ("a", "a b", "a{+ b+}"),
        ("", "a", "{+a+}"),
        ("", "", ""),
        ("we have six", "you own six", "[-we have-]{+you own+} six"),
        ("aaa", "aa", "[-aaa-]{+aa+}"),
        ("all a, b is old here", "all c, d is old here", "all [-a, b-]{+c, d+} is old here"),  # a comma makes them no two changes
        (
            '"324-168=166", "166-22=134"',
            '"324-162=162", "162-22=130"',
            '"324-[-168-]{+162+}=[-166-]{+162+}", "[-166-]{+162+}-22=[-134-]{+130+}"',
        ),
        ("他有三个苹果", "他有五个苹果", "他有[-三-]{+五+}个苹果"),
        ("ひらがな漢字", "ひらがに漢字", "ひらが[-な-]{+に+}漢字"),
        ("cafe\u0301s", "cafe\u0301", "[-cafe\u0301s-]{+cafe\u0301+}"),  # a letter and its accent are one word
    ],
)
def test_a_word_diff_shows_the_words_that_changed(old: str, new: str, shown: str) -> None:
    pieces = word_diff(old, new)
    assert pieces is not None
    assert marked_text(pieces) == shown == marked_text(changed_excerpt(old, new))


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts_and_no_two_neighbours_are_of_a_sign(old: str, new: str) -> None:
    for pieces in (word_diff(old, new), changed_excerpt(old, new)):
        assert pieces is not None
        assert "".join(words for sign, words in pieces if sign != "+") == old
        assert "".join(words for sign, words in pieces if sign != "-") == new
        assert all(words for _, words in pieces)
        assert all(left[0] != right[0] for left, right in pairwise(pieces))


@given(st.text("一二三", max_size=9), st.text("一二三", max_size=9))  # each a word
def test_what_is_in_both_is_a_longest_common_subsequence(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, left in enumerate(old):
        for j, right in enumerate(new):
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if left == right else max(lengths[i][j + 1], lengths[i + 1][j])
    assert pieces is not None
    assert sum(len(words) for sign, words in pieces if sign == "=") == lengths[-1][-1]


def test_texts_with_too_many_words_are_not_compared_but_for_what_is_the_same_at_their_ends() -> None:
    assert word_diff("a " * 4000, "b " * 4000) is None
    assert word_diff("x " * 40_000 + "1" + " y" * 40_000, "x " * 40_000 + "2" + " y" * 40_000) == [
        ("=", "x " * 40_000),
        ("-", "1"),
        ("+", "2"),
        ("=", " y" * 40_000),
    ]


def test_an_excerpt_of_megabytes_is_short() -> None:
    assert len(marked_text(changed_excerpt("a " * 500_000, "b " * 500_000))) < 1000
    excerpt = marked_text(changed_excerpt("x " * 500_000 + "1" + " y" * 500_000, "x " * 500_000 + "2" + " y" * 500_000))
    assert excerpt.count("[-1-]{+2+}") == 1
    assert excerpt.startswith("...x x")
    assert excerpt.endswith("y y...")
