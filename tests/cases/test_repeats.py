"""Repeats of a case: their names, and their seeds."""

from __future__ import annotations

from itemwise.cases.case import Case
from itemwise.cases.repeats import item_of, repeat_seed, repeated


def test_the_first_time_is_the_case_itself_and_the_others_are_named_after_it() -> None:
    case = Case("sum-3", "3+3?", "6")
    first, second, third = repeated(case, 3)
    assert first == case
    assert [(each.name, each.repeat, each.prompt) for each in (second, third)] == [
        ("sum-3-repeat2", 2, "3+3?"),
        ("sum-3-repeat3", 3, "3+3?"),
    ]
    assert {item_of(each.name, each.repeat) for each in (first, second, third)} == {"sum-3"}


def test_a_case_that_is_merely_called_so_is_no_repeat() -> None:
    assert item_of("sum-3-repeat2", 1) == "sum-3-repeat2"


def test_a_repeat_has_a_seed_of_its_own_that_follows_from_the_runs() -> None:
    seeds = [repeat_seed(seed, repeat) for seed in (42, 43) for repeat in range(2, 50)]
    assert len({*seeds}) == len(seeds)
    assert all(0 < seed < 2**31 for seed in seeds)
    assert repeat_seed(42, 1) == 0
    assert repeat_seed(42, 2) == 667459395
