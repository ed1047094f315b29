"""What is announced and is no single number: words, lists, two boxes, two values."""

import pytest

from itemwise.extractors import last_number

NO_NUMBER = [
    "Day 2 had 31 guests, the most of all.\n\nThe final answer is \\boxed{Friday}.",
    "每一项都是 4。\n【答案】无穷大",
    "We add 3 and 4.\nThe answer is Friday.",
    "There were 31.\n<answer>Friday</answer>",
    "Therefore, the answer is:\n\nUma: 3 kg\nVic: 8 kg\nWim: 5 kg",
    "Answer:\n1. 31\n2. 12",
    "\\boxed{31} boys and \\boxed{12} girls",
    "There were \\boxed{31} boys, and there were \\boxed{12} girls.",
    "\\[\n\\boxed{31 \\text{ nickels}}\n\\]\n\\[\n\\boxed{12 \\text{ dimes}}\n\\]",
    "\\boxed{\\text{black copies: 31, white copies: 12}}",
    '{"answer": "{\\"reds\\": 31, \\"blues\\": 12}"}',
    "Final Answer: 31 red cards and 12 white cards.",
    "The answer is 31 for Ann and 12 for Bob.",
    "#### 31 girls, 12 boys",
    "In total, he sold 31 pots.\nTherefore, the answer (in digits) is .",
    "There are 31 seeds.\nThe answer is _____.",
    "The price is 31, so it is enough.\n\nTherefore, the answer is \\boxed{yes}.",
    "2031 is no leap year.\n\n<answer>No</answer>",
    "So the heights of the oak and the fir are 31 m and 12 m, respectively.",
    "Therefore, we cannot determine the height at t = 3 from what is given.",
    "The price may be 31. We can't find the exact sum without the tax.",
]
LISTED = [
    ("The answer is _____.\n\n31", "31"),
    ("Final answer: -31\n\nNote: The answer is negative because he still owes them 1 dollar more.", "-31"),
    ("<answer>Your answer here</answer> I get 31.", "31"),
    ("<answer> It is 1/12 * 24 kg = 2 kg. Then 29 kg are added. Thus, the end weight is 2 + 29 = 31 kg.</answer>", "31"),
    ("The answer is 31.\n\nA: The pot holds 6 cups of milk, 8 cups of tea, and 7 cups of water. They drank 5 cups", "31"),
    ('{"answer": "$(210/70 + 240/80)$ hours"}\n```\nSo, the trip took a total of 6 hours.', "6"),
    ('{"answer": 28}\nThere seems to be a mistake above, where it says 28. The correct final answer is $31.', "31"),
    ("The answer should be 31.", "31"),
    ("The answer to both parts is:\n\nMay: 1,400 steps\nJune: 1,300 steps\n\nTotal: 2,700 steps", "2700"),
    ("Answer:\n1. 31", "31"),
    ("Answer:\n- 31 pears", "31"),
    ("Final answer:\n* Red: 3\n* Blue: 4\n* Altogether: 7", "7"),
    ("- Rent: 12\n- Total: 31", "31"),
    ("Total:\n- 31", "31"),
    ("- 31 pears", "31"),
    ("> 31", "31"),
    ("Answer:\n3 * 4 = 12\n12 + 19 = 31", "31"),
    ("Answer:\n1. First, 3 * 4 = 12.\n2. Then 12 + 19 = 31.", "31"),
    ('{"reasoning": "size first", "answer": "120 m / (1m x 2m) = 60 tiles needed. 60 tiles x $3 per tile = $180"}', "180"),
]


@pytest.mark.parametrize("reply", NO_NUMBER)
def test_an_announced_answer_that_is_no_number_is_none(reply: str) -> None:
    assert last_number(reply) is None


@pytest.mark.parametrize(("reply", "number"), LISTED)
def test_a_list_gives_its_one_item_or_its_total(reply: str, number: str) -> None:
    assert last_number(reply) == number
