"""Beginnings that prompts share are found, used where that saves reading, and kept."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from hypothesis import given
from hypothesis import strategies as st

from itemwise.models.prefixes import Prefixes, Read

TEMPLATE, OTHER = list(range(100, 140)), list(range(200, 260))


class Reader:
    """Reads beginnings into their own token numbers, and notes how many tokens that took."""

    def __init__(self, worth: int = 20) -> None:
        self.lengths: list[int] = []
        self.prefixes = Prefixes(self.read, worth)

    def read(self, ids: Sequence[int]) -> Read:
        self.lengths.append(len(ids))
        tokens = torch.tensor(list(ids))[None, None, :, None]
        return ((tokens, tokens),)

    def groups(self, *prompts: list[int]) -> dict[tuple[int, ...], int]:
        """Which places use a beginning of how many tokens."""
        return {tuple(sorted(places)): len(prefix.ids) if prefix else 0 for prefix, places in self.prefixes.groups(prompts)}


def test_what_prompts_share_is_read_once_and_kept() -> None:
    reader = Reader()
    assert reader.groups([*TEMPLATE, 1], [*TEMPLATE, 2], [*TEMPLATE, 3]) == {(0, 1, 2): 40}
    assert reader.groups([*TEMPLATE, 4, 5], [*TEMPLATE, 6]) == {(0, 1): 40}
    assert reader.groups([*TEMPLATE, 7]) == {(0,): 40}
    assert reader.lengths == [40]


def test_prompts_of_two_templates_use_their_own() -> None:
    reader = Reader()
    assert reader.groups([*TEMPLATE, 1], [*OTHER, 1], [*TEMPLATE, 2], [*OTHER, 2]) == {(0, 2): 40, (1, 3): 60}


def test_prompts_that_share_little_are_read_whole() -> None:
    assert Reader().groups([1, 2, 3], [1, 2, 4], [5]) == {(0, 1, 2): 0}


def test_what_is_not_worth_a_forward_of_its_own_is_read_whole() -> None:
    assert Reader(worth=50).groups([*TEMPLATE, 1], [*TEMPLATE, 2]) == {(0, 1): 0}


def test_the_same_prompt_several_times_leaves_one_token_of_each_to_read() -> None:
    assert Reader().groups(TEMPLATE, TEMPLATE, TEMPLATE) == {(0, 1, 2): 39}


def test_a_kept_beginning_is_cut_where_most_of_it_is_shared_and_not_used_where_little_is() -> None:
    reader = Reader()
    reader.groups([*TEMPLATE, 1], [*TEMPLATE, 2])
    assert reader.groups([*TEMPLATE[:35], 1, 1, 1]) == {(0,): 35}
    assert reader.groups([*TEMPLATE[:25], 1, 1, 1]) == {(0,): 0}


prompts = st.lists(
    st.tuples(st.sampled_from([TEMPLATE, OTHER, TEMPLATE[:20], []]), st.lists(st.integers(0, 2), min_size=1, max_size=30)).map(
        lambda parts: parts[0] + parts[1]
    ),
    min_size=1,
    max_size=12,
)


@given(st.lists(prompts, max_size=6))
def test_every_prompt_is_in_one_group_and_begins_as_that_does(arriving: list[list[list[int]]]) -> None:
    reader = Reader()
    for some in arriving:
        groups = reader.prefixes.groups(some)
        assert sorted(place for _, places in groups for place in places) == list(range(len(some)))
        for prefix, places in groups:
            for place in places if prefix else ():
                assert prefix is not None
                assert some[place][: len(prefix.ids)] == list(prefix.ids)
                assert len(some[place]) > len(prefix.ids) > 0
                assert prefix.read[0][0].flatten().tolist() == list(prefix.ids)
