"""A cause: one of the kinds there are, with a line of evidence."""

from __future__ import annotations

import pytest

from itemwise.causes.cause import AROUND, KINDS, LONGEST, SLIP, Cause, cause, quote


def test_evidence_is_one_line_of_limited_length() -> None:
    assert cause(SLIP, "1+1 =\n  3\t(it is 2)") == Cause(SLIP, "1+1 = 3 (it is 2)")
    long = cause(SLIP, "9" * (LONGEST + 1)).evidence
    assert (len(long), long[-4:]) == (LONGEST, "9...")
    assert cause(SLIP, "9" * LONGEST).evidence == "9" * LONGEST


def test_a_quotation_shows_where_it_was_cut() -> None:
    text = "a" * 50 + "X" + "b" * 50
    assert quote(text, 50, 51) == "..." + "a" * AROUND + "X" + "b" * AROUND + "..."
    assert quote("short X text", 6, 7) == "short X text"


def test_each_kind_says_in_a_line_what_shows_it() -> None:
    assert len(set(KINDS.values())) == len(KINDS)
    assert all(0 < len(meaning) <= 120 and not meaning.endswith(".") for meaning in KINDS.values())


@pytest.mark.parametrize("record", [{}, {"kind": "x"}, {"kind": 1, "evidence": "x"}])
def test_what_is_no_cause_is_refused(record: dict[str, str]) -> None:
    with pytest.raises((KeyError, TypeError)):
        Cause.from_record(record)
    assert Cause.from_record({"kind": SLIP, "evidence": "x"}) == Cause(SLIP, "x")
