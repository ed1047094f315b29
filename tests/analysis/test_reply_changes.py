"""How the two replies to one case differ."""

from __future__ import annotations

import pytest

from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.analysis.reply_changes import Change, Outcome, case_change, change_between
from itemwise.cases.reply import Verdict
from itemwise.results.ledger import tallied
from tests.reporting.conftest import a_reply, an_entry

C, W, N, T, E = Verdict.CORRECT, Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.ERROR


def one(verdict: Verdict, answer: str | None, text: str | None) -> Measurement:
    entry = an_entry(0, verdict, case="a", answer=answer, reply=None if text is None else a_reply(text))
    return measurement("#1", "run", tallied([entry])[0], [entry])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((C, "42", "42"), (W, "41", "41"), Change.LOST),
        ((C, "42", "42"), (N, None, "?"), Change.LOST_UNREADABLE),
        ((T, None, "6*"), (C, "42", "42"), Change.GAINED),
        ((C, "42", "so 42"), (W, "so 42", "so 42"), Change.LOST),  # one reply, read in two ways
        ((W, "41", "41"), (W, "40", "40"), Change.OTHER_ANSWER),
        ((W, "41", "41"), (N, None, "?"), Change.UNREADABLE),
        ((N, None, "?"), (W, "41", "41"), Change.OTHER_ANSWER),
        ((N, None, "?"), (T, None, "?"), Change.OTHER_WORDS),  # the answers decide, and there is none in either
        ((W, "41", "41"), (W, "41", "so 41"), Change.OTHER_WORDS),
        ((C, "42", "42"), (C, "42.0", "42.0"), Change.OTHER_WORDS),
        ((C, "42", "42 "), (C, "42", "42"), Change.OTHER_WORDS),
        ((N, None, "?"), (N, None, "?"), Change.SAME),
        ((C, "42", "42"), (C, "42", "42"), Change.SAME),
        ((E, None, None), (C, "42", "42"), Change.LEFT_OUT),
        ((W, "41", "41"), (E, None, None), Change.LEFT_OUT),
        ((E, None, None), (E, None, None), Change.LEFT_OUT),
    ],
)
def test_a_case_changes_in_one_way(
    first: tuple[Verdict, str | None, str | None], second: tuple[Verdict, str | None, str | None], expected: Change
) -> None:
    assert case_change(Pair(one(*first), one(*second)), "a") is expected


def test_where_no_reply_was_kept_the_reply_is_new() -> None:
    assert change_between(None, Outcome("correct", "42", "42")) is Change.NEW


def test_flips_are_what_a_paired_test_counts_whether_an_answer_was_read_or_not() -> None:
    flips = {change: change.flip for change in Change if change.flip}
    assert flips == {Change.LOST: "lost", Change.LOST_UNREADABLE: "lost", Change.GAINED: "gained"}


def test_the_order_is_that_of_weight() -> None:
    assert list(Change) == [
        Change.LOST, Change.LOST_UNREADABLE, Change.GAINED, Change.UNREADABLE, Change.OTHER_ANSWER,
        Change.OTHER_WORDS, Change.NEW, Change.SAME, Change.LEFT_OUT,
    ]  # fmt: skip
