"""Tokens and seconds: quantiles, bins of a round width, and which replies have a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.sections import spread_section
from itemwise.reporting.sections.spread_section import Spread, figure, spreads
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from tests.reporting.conftest import a_run, an_entry


@pytest.fixture
def spread_of(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> Callable[..., Spread]:
    def spread_of(*replies: dict[str, Any], limit: str = "512") -> Spread:
        entries = [entry(number, Verdict.CORRECT, reply=reply, model={"max new tokens": limit}) for number, reply in enumerate(replies)]
        run = run_of(*entries)
        (found,) = spreads(run.tallies, run.entries)
        return found

    return spread_of


def reply(tokens: int, seconds: float = 1.0, *, generated: int = 1, generated_tokens: int | None = None) -> dict[str, Any]:
    made = tokens if generated_tokens is None else generated_tokens
    return {"text": "", "completion_tokens": tokens, "seconds": seconds, "generated": generated, "generated_tokens": made}


def test_quantiles_are_values_that_occurred_but_for_the_median_of_an_even_number(spread_of: Callable[..., Spread]) -> None:
    found = spread_of(*(reply(tokens) for tokens in range(10, 0, -1)))
    assert found.tokens.quantiles == {"min": 1, "median": 5.5, "p90": 9, "max": 10}


@pytest.mark.parametrize(
    ("tokens", "step", "counts"),
    [
        ([0, 0], 1.0, [2]),
        ([1, 2, 2], 1.0, [0, 1, 2]),
        ([5, 59, 60], 2.0, [0, 0, 1, *[0] * 26, 1, 1]),
        ([150, 299], 10.0, [*[0] * 15, 1, *[0] * 13, 1]),
    ],
)
def test_bins_are_of_a_round_width_and_few(spread_of: Callable[..., Spread], tokens: list[int], step: float, counts: list[int]) -> None:
    found = spread_of(*(reply(each) for each in tokens), limit="unknown").tokens
    assert (found.step, found.counts) == (step, counts)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_every_value_is_in_one_bin(seconds: list[float]) -> None:
    entries = [an_entry(number, Verdict.CORRECT, reply=reply(1, each)) for number, each in enumerate(seconds)]
    (found,) = spreads(tallied(entries), entries)
    assert sum(found.seconds.counts) == len(seconds)
    assert len(found.seconds.counts) <= 31


@pytest.mark.parametrize(
    ("most", "limit", "place"),
    [(500, "512", 512 / 520), (100, "512", None), (600, "512", 512 / 620), (500, "unknown", None)],
)
def test_the_limit_is_on_the_axis_where_it_does_not_push_the_values_aside(
    spread_of: Callable[..., Spread], most: int, limit: str, place: float | None
) -> None:
    assert spread_of(reply(most), limit=limit).tokens.limit_position == (place and pytest.approx(place))


def test_a_reply_that_came_from_the_store_in_whole_or_in_part_has_no_time(spread_of: Callable[..., Spread]) -> None:
    found = spread_of(reply(10, 2.0), reply(10, 0.0, generated=0, generated_tokens=0), reply(10, 1.0, generated_tokens=4))
    assert (found.seconds.values, found.stored, len(found.tokens.values)) == ([2.0], 2, 3)


def test_tallies_of_one_benchmark_share_an_axis_and_those_of_others_do_not(
    run_of: Callable[..., RunRecord], entry: Callable[..., Entry]
) -> None:
    def of(number: int, tokens: int, **changes: str) -> Entry:
        return entry(number, Verdict.CORRECT, node_id=str(number), reply=reply(tokens), **changes)

    run = run_of(of(0, 10), of(1, 400, strategy="tool"), of(2, 7, benchmark="other"))
    ends = [each.tokens.end for each in spreads(run.tallies, run.entries)]
    assert ends[0] == ends[1] > 400
    assert ends[2] == 8


@pytest.mark.parametrize(("value", "told"), [(0, "0"), (7.0, "7"), (1024, "1,024"), (12.34, "12"), (1.456, "1.46"), (0.0123, "0.012")])
def test_figures_are_told_in_the_digits_that_count(value: float, told: str) -> None:
    assert figure(value) == told


def test_only_a_page_has_the_histograms(run: RunRecord) -> None:
    (section,) = spread_section.build(run)
    assert [name for name, _ in section.page.data] == ["direct", "tool"]
    assert (section.rows, section.notes, section.brief, section.record) == ((), (), None, {})


def test_a_run_without_a_reply_has_none() -> None:
    (section,) = spread_section.build(a_run())
    assert section.page.data == []
