"""What laying out the texts of one page may take: each a little whatever comes before, all together so much, counted in steps."""

from __future__ import annotations

import pytest

from itemwise.reporting.readable import Budget, TooMuchError, readable_text, tree_or_reason

SPENT = "laying out the texts before it took the work that one page is given"
LONG = "*a* " * 1000


def test_what_a_text_takes_beyond_its_own_share_is_taken_from_the_page() -> None:
    budget = Budget(10_000)
    readable_text("*a*", None, budget)
    assert budget.left == 10_000
    readable_text(LONG, None, budget)
    assert 3000 < 10_000 - budget.left < 7000


def test_short_texts_are_laid_out_however_much_the_others_took() -> None:
    budget = Budget(6000)
    shown = [tree_or_reason(text, None, budget) for text in (LONG, LONG, "it is *18*", LONG)]
    assert [isinstance(each, list) for each in shown] == [True, False, True, False]
    assert shown[1] == shown[3] == SPENT
    assert (budget.short, budget.texts) == (2, 4)


def test_a_text_that_reads_as_it_stands_takes_nothing() -> None:
    budget = Budget(0)
    assert readable_text("plain " * 2000, None, budget) is None
    assert (budget.short, budget.texts) == (0, 0)


@pytest.mark.parametrize("text", ["> " * 15 + "a\n" + "a\n" * 9000, "\\( " + "x " * 900 + " \\) " + "*a* " * 4000])
def test_one_text_takes_no_more_than_its_most(text: str) -> None:
    budget = Budget()
    before = budget.left
    with pytest.raises(TooMuchError, match=r"40,000 steps|5,000 elements"):
        readable_text(text, None, budget)
    assert before - budget.left <= 40_000


def test_the_same_texts_are_laid_out_on_every_machine() -> None:
    """No clock decides it."""

    def shown() -> list[bool]:
        budget = Budget(5000)
        return [isinstance(tree_or_reason(LONG[: 400 * number], None, budget), list) for number in range(1, 11)]

    assert shown() == shown()
    assert set(shown()) == {True, False}
