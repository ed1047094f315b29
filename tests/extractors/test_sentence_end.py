"""Replies that end in the middle state no number; finished ones do, with a full stop or without."""

import pytest

from itemwise.extractors import last_number
from itemwise.extractors.sentence_end import is_finished

CUT_OFF = [
    "Rent comes to $900.\nThat makes 3 * 900 = 2700.\n\nSo, the new price",
    "- \\( k = 11 \\): loses.\n- \\( k = 12",
    "6 pens * 2 dollars = $12. 5 pads *",
    "6 pens * 2 dollars = $12. 5 pads",
    "so she paid $ 70000000000=$ <<" + "70" * 60,
    "5 + 4 = 9.\n2.",
    "We get 9.\n- ",
    "She has 9 pears and",
    "She has 9 pears (and 4",
    "She has 9 pears because",
    "The sum is $9 +",
    "The sum is 9, so",
    "Then 9 = 4 + 5 =",
    "We have 9 and then multiply by",
    "Step 1: 5 + 4 = 9\n\nStep 2:",
    "Step 1: 5 + 4 = 9.\n\n### Step 3: Find the price of",
    "Step 1: 5 + 4 = 9.\n\n**Step 2: Find the price of",
    "So the sum is 9.\n\n| a | b |\n| 4 | 5",
    "We have $x = 9$ and $y",
    "We know \\[ x = 9",
    "We get 9.\n```python\nprint(9",
    "It is 9.\n\\begin{align}\nx &= 9",
    "The share is \\frac{9}{4",
    "It is 9. " * 12,
    "x + 9 = x + 9 = " * 12 + "x + 9",
    "They had 4 and got 5. After giving away 9 po",
    "They had 4 and got 5 hens. So in total, there are 4 + 5 = 9 he",
    "5 + 4 = 9 books in 3 minutes.\nThus, she needs 3/9 minu",
    "There are 9 lamps in 2 rooms.\n\nTo light",
    "There are 9 lamps in 2 rooms.\n\n## Step 4: Count\nNow the",
    "It is 9.\n\n### Step 5: Final check",
    "Al had 4.\n" + "Al worked 4 hours on Monday and 5 hours on Sunday for a total of 9 hours\n" * 3 + "Al worked 9",
    "There are 9 left. Let's go on with the second part.",
    "First I would multiply 9 by 4.\n\nNow let's look at the other box:",
]
WHOLE = [
    ("So 3 + 4 = 7", "7"),
    ("18", "18"),
    ("12.", "12"),
    ("Total: 30", "30"),
    ("The total is 30 dollars", "30"),
    ("She has 30 pears left", "30"),
    ("So x = 30", "30"),
    ("It costs $30 (tax included)", "30"),
    ("She gets 30 pears.\n\nHope this helps", "30"),
    ("1000000000000000000000000000000", "1" + "0" * 30),
    ("\\[ 4 + 5 = 9 \\]", "9"),
    ("So the sum is $9$", "9"),
    ("The smallest of them is 1. The value of the largest bar is:\n\n9", "9"),
    ("They had 4. They got 5 more. So x = 9", "9"),
    ("They had 4. They got 5 more. So the number of hens is 9", "9"),
    ("They had 4. They got 5 more.\n\nTotal: 9 hens", "9"),
    ("They had 4. We use $N = 4 + 5 \\approx 9 \\Omega$", "9"),
    ("Therefore, Ida is 9 years old.</answer>", "9"),
    ("Therefore, the shoes cost $\\$104$.", "104"),
]
RUNS_ON = [
    "The answer is 15.\nThe answer is 15.\nThe answer is",
    "The answer is 15.\n\nLet me check it again: 3 * 5 =",
    "\\boxed{15}\n\nCheck: 3 *",
    "#### 15\n\nNow think of the case that",
    "The answer is 15.\nThe answer is 15.\nThe answer is 15.\nThe answer is 1",
]


@pytest.mark.parametrize("reply", CUT_OFF)
def test_a_reply_cut_off_in_the_middle_states_nothing(reply: str) -> None:
    assert last_number(reply) is None


@pytest.mark.parametrize(("reply", "number"), WHOLE)
def test_a_finished_reply_needs_no_full_stop(reply: str, number: str) -> None:
    assert is_finished(reply)
    assert last_number(reply) == number


@pytest.mark.parametrize("reply", RUNS_ON)
def test_an_announced_answer_stands_though_the_reply_is_cut_off_later(reply: str) -> None:
    assert last_number(reply) == "15"
