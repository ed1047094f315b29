import pytest

from itemwise.extractors import same_after_scaling, same_number, same_share, within


def test_comparison_is_by_value_and_exact() -> None:
    assert same_number("18", "18.00")
    assert same_number("1/2", "0.5")
    assert not same_number("0.333", "1/3")
    assert not same_number("123459", "123456")
    assert not same_number("1800", "18")
    assert not same_number(None, "18")


def test_tolerance_is_asked_for_by_name() -> None:
    assert within("3.14", "3.1416", absolute="0.01")
    assert within("99", "100", relative="0.01")
    assert not within("98.9", "100", relative="0.01")
    assert not within("0.1", "0")


def test_a_share_may_be_given_in_percent() -> None:
    assert same_share("35", "0.35")
    assert same_share("0.35", "35")
    assert not same_share("3.5", "35")


def test_cents_may_be_taken_for_dollars() -> None:
    assert same_after_scaling("250", "2.5", factor="1/100")


def test_a_gold_that_is_no_number_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="is no number; give the gold as"):
        same_number("18", "see below")
