"""Replies whose number a person reads at once and an extractor easily gets wrong."""

import pytest

from itemwise.extractors import last_number

ANNOUNCED = [
    ('{"steps": ["48/2=24", "48+24=72"], "answer": 72}', "72"),
    ('{"answer": "18", "confidence": 0.95}', "18"),
    ('```json\n{"answer": 72 // dollars\n}\n```', "72"),
    ("{'answer': 72,}", "72"),
    ("{answer: 18}", "18"),
    ('{"steps": ["6*3=18"] "answer": "18" "unit": "kg"}', "18"),
    ('{"answer": "72", "because": "she st', "72"),
    ('{"steps": ["9*8=72"], "answer": 72', "72"),
    ('{"answer": 72, "steps": [{"do": "3*8", "answer": 24}]}', "72"),
    ('{"steps": [{"do": "5+3", "answer": 8}], "answer": 16, "note": "checked"}', "16"),
    ('A first try:\n{"answer": 5}\nThat forgot the dog.\n{"answer": 6}', "6"),
    ('{"work": "16 eggs\nless 7", "answer": "9"}', "9"),
    ('{"work": "a "big" box of 12", "answer": 12}', "12"),
    ('{"answer": "$18 per day"}', "18"),
    ('{"answer": "Ann has 3 and Bo has 5, so together they have 8."}', "8"),
    ('{"answer": "The 3 boys carry 18 crates in total"}', "18"),
    ('{"answer": "7 bags * 2 kg/bag = 14 kg"}', "14"),
    ('{"answer": "\\\\frac{1}{2}"}', "0.5"),
    ('{"answer": "\\u00a318"}', "18"),
    ('{"answer": {"value": 18, "unit": "dollars"}}', "18"),
    ('{"final_answer": "1,430"}', "1430"),
    ('{"answer": "195"}\n\nHow I got there:\n1. Count guests.\n2. Count slices.\n3. Divide.', "195"),
    ('{"answer": 45}\nWait, actually the correct answer is 40.', "40"),
    ('{"answer": 1,430}', "1430"),
    ('{"answer": "33 1/3"}', "100/3"),
    ('{"answer": "12 cookies for each of the 3 friends"}', "12"),
    ('{"answer": "12.5 hours (12 hours and 30 minutes)"}', "12.5"),
    ('{"answer": "nine (9)"}', "9"),
    ('{"answer": "Bo has 5 more pens than Tom, who has 3, so 8 pens"}', "8"),
    ("The answer is 12, so 3 friends get 4 each.", "12"),
    ('{"answer": 15}\n\nTo get the answer: 5*3=15 and nothing more. The answer is in dollars.', "15"),
    ("#### 1,430", "1430"),
    ("#### $15 per hour for 3 hours", "15"),
    ("You will pay #### 640 for the chair after a 20% rebate.", "640"),
    ("#### 50 * 4 = 200\nthen\n#### 200 + 31 = 231", "231"),
    ("#### Step 1: add\n2+3=5\n#### Step 2\nThe answer is 8", "8"),
    ("\\boxed{\\dfrac{3}{4}}", "0.75"),
    ("\\boxed{-\\frac{2}{3}}", "-2/3"),
    ("\\boxed{1{,}430}", "1430"),
    ("\\boxed{1\\,430}", "1430"),
    ("\\boxed{\\text{Price} = \\$11,232}", "11232"),
    ("\\boxed{12 \\text{ cm}^2}", "12"),
    ("So it is $\\boxed{18}$.", "18"),
    ("\\boxed{15}\n\nCheck: \\boxed{15}", "15"),
    ("The answer is $1,430.", "1430"),
    ("The answer is that 5 people bought 15 boxes.", "15"),
    ("Answer: Tom has 5*3 = 15 pens.\nHe gets 2 more. So the answer is 17.", "17"),
    ("The answer is 15.\n\nProblem 2: Tom has 3.\nThe answer is 9.", "15"),
    ("<|channel|>analysis<|message|>maybe 5<|end|><|channel|>final<|message|>The answer is 7.", "7"),
    ("The answer is $18.00.", "18"),
    ("The answer is -$5.", "-5"),
    ("The answer is −5.", "-5"),
    ("The answer is minus 5.", "-5"),
    ("The answer is 5, because 10 - 5 = 5.", "5"),
    ("The answer is 6 because 6 = 12/2.", "6"),
    ("The answer, rounded to cents, is $3.45.", "3.45"),
    ("The answer is 3 1/2 cups", "3.5"),
    ("The answer is 3 \\times 10^{8} m/s", "300000000"),
    ("The answer is 2×10³", "2000"),
    ("The answer is 1.5 million.", "1500000"),
    ("The answer is 12,34,567", "1234567"),
    ("The answer is 1 430 euros", "1430"),
    ("The answer is 1'430", "1430"),
    ("The answer is 1.430,50 €", "1430.5"),
    ("The answer is twenty-one.", "21"),
    ("The answer is two thirds", "2/3"),
    ("The answer is not 18 but 17.", "17"),
    ("The answer is 12. Wait, no: 14.", "14"),
    ("The answer is 14. Actually, let me check: 7*2 = 14. Yes.", "14"),
    ("**Answer:** roughly 432 inches (or about 36 feet) in 13 years", "432"),
    ("The answer is:\n- 12", "12"),
    ("## Final Answer\n\n$$\n18\n$$", "18"),
    ("Question: Tom has 5 pens and buys 3. How many?\nAnswer: 8", "8"),
    ("I get 6 + 3 = <<6+3=9>>9 hats.\nA: 9", "9"),
    ("<think>maybe 5</think>The answer is 6.", "6"),
    ("maybe 5</think>So 8 clips.", "8"),
    ("答案是１２", "12"),
    ("【答案】$x=\\frac{5}{4}$", "1.25"),
    ("答案：三百二十", "320"),
    ("答案为1.5万元", "15000"),
    ("答案是三分之二", "2/3"),
    ("答：小红一共有12个苹果。", "12"),
]

CONCLUDED = [
    ("Therefore, Nora earns $18 every day at the stall.", "18"),
    ("So it takes 3 hours to walk 12 miles.", "3"),
    ("Thus there are 15 items liked by more than 90 percent of people.", "15"),
    ("Hence the coat was sold for $1.00 ($80 / 80%).", "1"),
    ("Therefore, after 5 days, she will have read 100 pages.", "100"),
    ("So there are 12 apples: 5 red and 7 green.", "12"),
    ("So the final price is **$45** for 3 shirts.", "45"),
    ("Lea has 15 and Ben has 7, so together they have 22.", "22"),
    ("The fare comes to $0.13, so she needs $0.13.\n\nQuestion: How old is Ruth?\nThe answer is 11.", "0.13"),
    ("Since 40 loaves are left, the shop sold 490-40 = 450 loaves.", "450"),
    ("Therefore, 1 apple costs $2.", "2"),
    ("It will take Nora 12 days to read 3 books.", "12"),
    ("3 days later, Nora had 12 pages left.", "12"),
    ("Out of 40 children, 12 walk.", "12"),
    ("Nora is 12 years older than Bo, who is 3.", "12"),
    ("I solve it in 2 steps:\n\n**Problem:** 5 pens and 3 more.\n\n**Solution:** 5+3 = 8 pens.", "8"),
    ("He needed 132 spoons of flour to make 16 muffins.", "132"),
    ("It costs 12 because 4 * 3 = 12", "12"),
    ("That is 18 / 24 * 100% = 75%", "75"),
    ("We put it into b = 5s - 4, so we get b = 96.", "96"),
    ("Nora has 16 hats left. Is there anything else you need?", "16"),
    ("The total is $45. Let me know if you have 2 more questions!", "45"),
    ("It takes twelve minutes.", "12"),
    ("因此，一共需要 1,200 元。", "1200"),
]

STATES_NONE = [
    "",
    "So here we would add up 150 + 130 + 260 and",
    "<think>the answer is 5",
    "<think>5</think>",
    '{"reasoning": "First, they came in at 10:0',
    '{"answer": "S + (S/2) + 4"}',
    '{"answer": "Not enough information"}',
    '{"answer": "___"}',
    '{"answer": null}',
    '{"answer": "2 hours 30 minutes"}',
    '{"answer": 45}\nThe answer is 15.',
    "The answer is 3x/2 + 4.",
    "The answer is either 12 or 14.",
    "The answer is between 5 and 6.",
    "The answer is 5-6 hours.",
    "The answer is (3, 4)",
    "The answer is 12\\pi",
    "The answer is 7:30",
    "The answer is 5:00 PM.",
    "The answer is 4/0",
    '{"answer": "5, 3"}',
    '{"answer": [5, 3]}',
    '{"answer": "9 + 3"}',
    '{"answer": "Monday"}',
    "\\boxed{15} and \\boxed{16}",
    "\\boxed{15 \\text{ or } 16}",
    "\\boxed{\\frac{\\pi}{4}}",
    "\\boxed{5\\sqrt{2}}",
    "【答案】(1)5;(2)7",
    "【答案】$y=2x+1$",
    "\\boxed{0.\\overline{3}}",
    "x = 3 or x = 4",
    "$a$ 不存在",
    "def solve():\n    return 5\n\nprint(solve())",
    "Sorry, I can't help with that.",
]


@pytest.mark.parametrize(("reply", "number"), ANNOUNCED)
def test_an_announced_answer_is_read(reply: str, number: str) -> None:
    answer = last_number(reply)
    assert answer == number
    assert answer is not None
    assert answer.stated


@pytest.mark.parametrize(("reply", "number"), CONCLUDED)
def test_a_conclusion_is_read_where_nothing_is_announced(reply: str, number: str) -> None:
    assert last_number(reply) == number


@pytest.mark.parametrize("reply", STATES_NONE)
def test_no_number_is_invented(reply: str) -> None:
    assert last_number(reply) is None


def test_a_mere_last_number_is_marked_as_such() -> None:
    answer = last_number("5 + 3 = 8. 8 * 2 = 16.")
    assert answer == "16"
    assert answer is not None
    assert not answer.stated


@pytest.mark.parametrize(("reply", "number"), ANNOUNCED)
def test_what_stands_at_the_span_is_what_was_read(reply: str, number: str) -> None:
    answer = last_number(reply)
    assert answer is not None
    again = last_number(f"The answer is {reply[answer.start : answer.end]}")
    assert again == number
