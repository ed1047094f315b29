"""Beginnings that prompts share are found, used where that saves reading, and kept."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from itemwise.models.local.prefix_cache import LayerKV, Prefix, PrefixCache

TEMPLATE, OTHER = list(range(100, 140)), list(range(200, 260))


class Reader:
    """Reads beginnings into their own token numbers, and notes how many tokens that took."""

    def __init__(self, worth: int = 20, most: int = 1000) -> None:
        self.lengths: list[int] = []
        self.prefix_cache = PrefixCache(self.read, worth, most)

    def read(self, ids: list[int], known: Prefix | None) -> LayerKV:
        self.lengths.append(len(ids) - (len(known.ids) if known else 0))
        return written(ids)

    def known(self, *prompts: list[int]) -> list[int]:
        """How many tokens are known of each."""
        return [len(prefix.ids) if prefix else 0 for prefix in self.prefix_cache.lookup(prompts)]


def written(ids: list[int]) -> LayerKV:
    tokens = torch.tensor(ids)[None, None, :, None]
    return ((tokens, tokens),)


def test_what_prompts_share_is_read_once_and_kept() -> None:
    reader = Reader()
    assert reader.known([*TEMPLATE, 1], [*TEMPLATE, 2], [*TEMPLATE, 3]) == [40, 40, 40]
    assert reader.known([*TEMPLATE, 4, 5], [*TEMPLATE, 6]) == [40, 40]
    assert reader.known([*TEMPLATE, 7]) == [40]
    assert reader.lengths == [40]


def test_prompts_of_two_templates_use_their_own() -> None:
    assert Reader().known([*TEMPLATE, 1], [*OTHER, 1], [*TEMPLATE, 2], [*OTHER, 2]) == [40, 60, 40, 60]


def test_a_longer_beginning_is_read_from_where_a_shorter_ends() -> None:
    reader = Reader()
    reader.known([*TEMPLATE, 1], [*TEMPLATE, 2])
    assert reader.known([*TEMPLATE, *OTHER, 1], [*TEMPLATE, *OTHER, 2]) == [100, 100]
    assert reader.lengths == [40, 60]


def test_prompts_that_share_little_are_read_whole() -> None:
    assert Reader().known([1, 2, 3], [1, 2, 4], [5]) == [0, 0, 0]


def test_what_is_not_worth_a_forward_of_its_own_is_read_whole() -> None:
    assert Reader(worth=50).known([*TEMPLATE, 1], [*TEMPLATE, 2]) == [0, 0]


def test_the_same_prompt_several_times_leaves_one_token_of_each_to_read() -> None:
    assert Reader().known(TEMPLATE, TEMPLATE, TEMPLATE) == [39, 39, 39]


def test_a_beginning_that_is_shared_in_part_is_cut() -> None:
    reader = Reader()
    reader.known([*TEMPLATE, 1], [*TEMPLATE, 2])
    assert reader.known([*TEMPLATE[:25], 1, 1, 1], [*TEMPLATE[:9], 1, 1, 1]) == [25, 0]


def test_a_chat_is_known_until_it_goes_on() -> None:
    reader = Reader()
    reader.prefix_cache.keep_turn([*TEMPLATE, 1, 2, 3], written([*TEMPLATE, 1, 2, 3]))
    assert reader.known([*TEMPLATE, 1, 2, 3, 4, 5]) == [43]
    assert reader.known([*TEMPLATE, 1, 2, 3, 4, 5]) == [0]
    assert reader.lengths == []


def test_chats_are_kept_within_the_memory_for_them() -> None:
    reader = Reader(most=100)
    for first in range(4):
        reader.prefix_cache.keep_turn([first, *TEMPLATE], written([first, *TEMPLATE]))
    assert reader.known([0, *TEMPLATE, 1], [1, *TEMPLATE, 1], [2, *TEMPLATE, 1], [3, *TEMPLATE, 1]) == [0, 0, 41, 41]


prompts = st.lists(
    st.tuples(st.sampled_from([TEMPLATE, OTHER, TEMPLATE[:20], []]), st.lists(st.integers(0, 2), min_size=1, max_size=30)).map(
        lambda parts: parts[0] + parts[1]
    ),
    min_size=1,
    max_size=12,
)


@given(st.lists(prompts, max_size=6), st.integers(1, 60), st.booleans())
def test_what_is_known_of_a_prompt_is_its_beginning(arriving: list[list[list[int]]], worth: int, go_on: bool) -> None:
    reader = Reader(worth, most=200)
    for some in arriving:
        for prompt, prefix in zip(some, reader.prefix_cache.lookup(some), strict=True):
            if prefix is not None:
                assert prompt[: len(prefix.ids)] == prefix.ids == prefix.kv[0][0].flatten().tolist()
                assert len(prompt) > len(prefix.ids) > 0
        if go_on:
            reader.prefix_cache.keep_turn(some[0], written(some[0]))
