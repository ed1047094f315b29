"""Causes of replies that are not correct: each with the words that show it, and none where nothing is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itemwise.causes import KINDS, Cause
from itemwise.causes.find_causes import find_causes

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine

JSON = 'Reply with JSON only: "steps" lists each calculation, "answer" is the final number.\n\nProblem: '
JSON_ZH = "只回复 JSON：steps 列出每一步计算，answer 是最后的数字。\n\n题目："
COT = 'Think step by step. End with a line "The answer is" and the number.\n\n'
EXAMPLE = 'Reply with JSON only.\nExample: {"steps": ["5*6=30", "30-4=26"], "answer": 26}\n\nProblem: '
EGGS = "Ann's hens lay 16 eggs a day. She eats 3, bakes with 4, and sells the rest for $2 each. How much does she make a day?"
CLIPS = "Bo sold 48 clips in April and half as many in May. How many did he sell altogether?"
TRIP = "A bus needs 45 minutes for one way and goes there and back once. How many hours does it drive?"
SALE = "Of 40 pupils 14 sing. What percentage of the pupils sings?"
PENS_ZH = "每盒有12支铅笔，小明买了5盒，又送出8支。他还有多少支？"
CHOICE = "Which planet is the largest?\n(A) Mars\n(B) Jupiter\nReply as JSON with the letter."


def found(asked: str, text: str, expected: str, answer: str | None, *, truncated: bool = False, called: bool | None = None) -> list[Cause]:
    return find_causes(asked, text, expected, answer, truncated=truncated, called=called)


LAYOUTS = [
    (JSON + EGGS, "She sells 9 eggs and makes eighteen dollars.", "18", "no JSON", "She sells 9 eggs"),
    (JSON + EGGS, "", "18", "no JSON", "the reply is empty"),
    (JSON + EGGS, "steps: 16-7=9, 9*2=18", "18", "no JSON", "steps: 16-7=9"),
    (JSON + EGGS, "\\frac{36}{2} eggs", "18", "no JSON", "\\frac{36}{2} eggs"),
    (JSON_ZH + PENS_ZH, "一共有60支，还剩52支。", "52", "no JSON", "一共有60支"),
    ("Give your letter in json.\n" + CHOICE, "Jupiter, of course.", "B", "no JSON", "Jupiter, of course."),
    (
        JSON + EGGS,
        '{"steps": ["16-7=9" "9*2=18"], "answer": 18}',
        "18",
        "broken JSON",
        'Expecting \',\' delimiter at: {"steps": ["16-7=9" ',
    ),
    (JSON + EGGS, '{"steps": ["9*2=18"], "answer": 18,}', "18", "broken JSON", '"answer": 18,}'),
    (JSON + EGGS, '```json\n{"steps": ["9*2=18], "answer": 18}\n```', "18", "broken JSON", '"9*2=18], "answer": 18}'),
    (JSON + EGGS, '{"steps": ["\\( 9 \\times 2 = 18 \\)"], "answer": 18}', "18", "broken JSON", "Invalid \\escape at"),
    (JSON + EGGS, '{"answer": 18}\nThat is all she makes.', "18", "broken JSON", "Extra data at"),
    (JSON + EGGS, 'Here you are: {"answer": 18}', "18", "broken JSON", "Expecting value at: Here you are"),
    (JSON + EGGS, '{"steps": ["she sells\nnine"], "answer": 18}', "18", "broken JSON", "Invalid control character at: {"),
    (JSON + EGGS, "{'answer': 18}", "18", "broken JSON", "Expecting property name"),
    (JSON_ZH + PENS_ZH, '{"steps": ["12×5=60"，"60-8=52"], "answer": 52}', "52", "broken JSON", '"60-8=52"'),
    (CHOICE, '{"answer": B}', "B", "broken JSON", "Expecting value"),
]

SLIPS = [  # reply, expected, answer, the equation with its true value, what the corrected steps give
    (JSON + CLIPS, '{"steps": ["48/2=22", "48+22=70"], "answer": 70}', "72", "70", "48/2=22 (it is 24)", "72"),
    (JSON + CLIPS, '```json\n{"steps": ["48/2=24", "48+24=62"], "answer": 62}\n```', "72", "62", "48+24=62 (it is 72)", "72"),
    (COT + EGGS, "16 - 3 - 4 = 8 eggs are left.\n8 * 2 = 16 dollars.\nThe answer is 16", "18", "16", "16 - 3 - 4 = 8 (it is 9)", "18"),
    (COT + EGGS, "16 - 3 - 4 = 8 eggs.\n8 * $2 = $18?\nSo 8 * 2 = 14.\nThe answer is 14", "18", "14", "16 - 3 - 4 = 8 (it is 9)", "18"),
    (COT + CLIPS, "\\( 48 \\div 2 = 26 \\)\n\\( 48 + 26 = 74 \\)\nThe answer is 74", "72", "74", "48 \\div 2 = 26 (it is 24)", "72"),
    (JSON_ZH + PENS_ZH, '{"steps": ["12×5=50", "50-8=42"], "answer": 42}', "52", "42", "12×5=50 (it is 60)", "52"),
    (COT + PENS_ZH, "12支×5=60支，60支－8支＝５１支。\nThe answer is 51", "52", "51", "60支－8支＝５１ (it is 52)", "52"),
    (
        COT + "A $40 book is 20% off. What does it cost?",
        "20% of $40 = $12.\n$40 - $12 = $28.\nThe answer is 28",
        "32",
        "28",
        "20% of $40 = $12 (it is 8)",
        "32",
    ),
    (
        COT + "A car costs $1,200 and its tax $310.",
        "$1,200 + $310 = $1,500, so 1500.",
        "1510",
        "1500",
        "$1,200 + $310 = $1,500 (it is 1510)",
        "1510",
    ),
    (COT + CLIPS, "The tool says 24. Then 48 + 24 = 73, so the answer is 73.", "72", "73", "48 + 24 = 73 (it is 72)", "72"),
    (COT + "x", "5 + 3 = 9\n9 * 9 = 80\n80 - 1 = 79", "63", "79", "5 + 3 = 9 (it is 8)", "63"),
    (
        COT + "She runs 4 laps of 350 m on 6 days.",
        "4*350 = 1400. 1400*6 = 8300. The answer is 8300.",
        "8400",
        "8300",
        "1400*6 = 8300 (it is 8400)",
        "8400",
    ),
    (COT + CLIPS, "48 * 2 = 98, so 98.", "72", "98", "48 * 2 = 98 (it is 96)", None),
    (JSON + EGGS, '{"steps": ["16+3=20", "20*2=40"], "answer": 40}', "18", "40", "16+3=20 (it is 19)", None),
    (JSON_ZH + PENS_ZH, '{"steps": ["12+5=18"], "answer": 18}', "52", "18", "12+5=18 (it is 17)", None),
]

OTHER_FORMS = [
    (EGGS, '{"answer": 18.0}', "18", "18.0", "'18.0' is 18"),
    (EGGS, '{"answer": "$18"}', "18", "$18", "'$18' is 18"),
    (EGGS, '{"answer": "18 dollars"}', "18", "18 dollars", "'18 dollars' is 18"),
    (EGGS, '{"answer": "1,430"}', "1430", "1,430", "'1,430' is 1430"),
    (SALE, "14/40 = 0.35, so the answer is 0.35.", "35", "0.35", "0.35 is 35%"),
    ("What share sings, as a fraction of 1?", "14/40 = 35%. The answer is 35%.", "0.35", "35", "35% is 0.35"),
    (TRIP, "45 * 2 = 90. The answer is 90 minutes.", "1.5", "90", "90 minutes are 1.5 hours"),
    ("How many minutes is the bus on the road in 1.5 hours?", "The answer is 1.5.", "90", "1.5", "1.5 hours are 90 minutes"),
    ("How many weeks does she train?", "7 days and 7 days and 7 days. The answer is 21 days.", "3", "21", "21 days are 3 weeks"),
    ("He pays $5 a month. How much in a year, in months paid?", "The answer is 2 years.", "24", "2", "2 years are 24 months"),
    ("How many feet of rope?", "The answer is 36 inches.", "3", "36", "36 inches are 3 feet"),
    ("How many dozen eggs?", "The answer is 60 eggs.", "5", "60", "60 single ones are 5 dozens"),
    ("What do 3 sweets cost, in cents?", "3 sweets cost $0.45.", "45", "0.45", "0.45 dollars are 45 cents"),
    ("How many kilograms are that?", "It is 2500 grams.", "2.5", "2500", "2500 g are 2.5 kg"),
    ("一共需要多少分钟？", "答案是2小时。", "120", "2", "2 hours are 120 minutes"),
    (COT + EGGS, "The answer is 18 dollars.", "18", None, "The answer is 18 dollars."),
    ("How many buses?", "The answer is 6.6.", "7", "6.6", "6.6 rounds to 7"),
    ("How much is a third of 20?", "About 7. The answer is 7.", "6.67", "7", "6.67 rounds to 7"),
]

NOT_GIVEN = [
    (JSON + EGGS, '{"steps": ["16-7=9", "9*2=18", "18*7=126"], "answer": 126}', "18", "126", "9*2=18"),
    (COT + CLIPS, "48/2 = 24. 48 + 24 = 72. He sold 24 in May.\nThe answer is 24", "72", "24", "48 + 24 = 72"),
    (COT + EGGS, "She makes $18 a day.\nThat is 126 a week.\nThe answer is 126", "18", "126", "She makes $18 a day"),
    (COT + EGGS, "Total: 18\nIn a week: 126\nThe answer is 126", "18", "126", "Total: 18"),
    (COT + EGGS, "\\[ 9 \\times 2 = 18 \\]\nper year \\(18 \\times 365 = 6570\\). The answer is 6570", "18", "6570", "9 \\times 2 = 18"),
    (JSON_ZH + PENS_ZH, '{"steps": ["12×5=60", "60-8=52", "52+8=60"], "answer": 60}', "52", "60", "60-8=52"),
    (COT + "Tom has 9 pens and buys 9. How many more than before?", "9 + 9 = 18, 18 - 9 = 9. The answer is 18.", "9", "18", "18 - 9 = 9"),
    (COT + EGGS, "The result of the tool is 18, which I doubt.\nThe answer is 20", "18", "20", "of the tool is 18"),
]

REASONING = [
    (JSON + EGGS, '{"steps": ["16*2=32"], "answer": 32}', "18", "32"),
    (COT + CLIPS, "48 * 2 = 96.\nThe answer is 96", "72", "96"),
    (COT + CLIPS, "He sold 48 and then 48 more.\nThe answer is 96", "72", "96"),
    (COT + "Ann has 18 pens and loses 9. How many are left?", "Ann has 18 pens and 9.\nThe answer is 27", "9", "27"),
    (COT + "Three friends share. How many does each get?", "Each of the 3 friends gets 5.\nThe answer is 5", "3", "5"),
    (COT + EGGS, "Step 18: multiply.\n18. Add.\n7 * 18 things are 126.\nThe answer is 126", "18", "126"),
    (JSON_ZH + PENS_ZH, '{"steps": ["12+5=17"], "answer": 17}', "52", "17"),
    (COT + TRIP, "Half of 45 + 45 = 80.\nThe answer is 80", "1.5", "80"),
    (JSON + EGGS, "It is 32, whatever the layout.", "18", "32"),
    (COT + "Which is it?", "The answer is (A).", "B", "A"),
    (COT + "Which is it?", "5 + 3 = 9, so (A).", "B", "A"),
]


@pytest.mark.parametrize(("asked", "text", "expected", "kind", "quoted"), LAYOUTS)
def test_a_reply_without_an_answer_shows_what_keeps_it_from_being_json(
    asked: str, text: str, expected: str, kind: str, quoted: str
) -> None:
    primary = found(asked, text, expected, None)[0]
    assert kind == primary.kind
    assert quoted in primary.evidence


@pytest.mark.parametrize(("asked", "text", "expected", "answer", "equation", "corrected"), SLIPS)
def test_a_slip_is_quoted_with_its_true_value(
    asked: str, text: str, expected: str, answer: str, equation: str, corrected: str | None
) -> None:
    evidence = equation + (f"; corrected, the steps give {corrected}" if corrected else "")
    assert found(asked, text, expected, answer)[0] == Cause("arithmetic slip", evidence)


@pytest.mark.parametrize(("asked", "text", "expected", "answer", "evidence"), OTHER_FORMS)
def test_the_right_value_in_another_form_is_named(asked: str, text: str, expected: str, answer: str | None, evidence: str) -> None:
    primary = found(asked, text, expected, answer)[0]
    assert primary.kind == "right value in another form"
    assert evidence in primary.evidence


@pytest.mark.parametrize(("asked", "text", "expected", "answer", "quoted"), NOT_GIVEN)
def test_the_right_value_that_was_not_given_is_quoted(asked: str, text: str, expected: str, answer: str, quoted: str) -> None:
    primary = found(asked, text, expected, answer)[0]
    assert primary.kind == "right value not given as the answer"
    assert quoted in primary.evidence


@pytest.mark.parametrize(("asked", "text", "expected", "answer"), REASONING)
def test_where_nothing_else_is_shown_it_is_the_reasoning_alone(asked: str, text: str, expected: str, answer: str | None) -> None:
    assert found(asked, text, expected, answer) == [Cause("reasoning", "none of the other causes is shown")]


@pytest.mark.parametrize(
    ("asked", "text", "expected", "last_words"),
    [
        (JSON + EGGS, '{"total": "many"}', "18", '{"total": "many"}'),
        (COT + "Which is it?\n(A) Mars\n(B) Jupiter", "Both are planets, and both go round the sun.", "B", "and both go round the sun."),
        (COT + EGGS, "", "18", "the reply is empty"),
    ],
)
def test_a_reply_without_an_answer_that_shows_nothing_else_states_none(asked: str, text: str, expected: str, last_words: str) -> None:
    (cause,) = found(asked, text, expected, None)
    assert cause.kind == "no answer stated"
    assert last_words in cause.evidence


FIRST = [  # what explains most comes first, then what else is shown
    (JSON + EGGS, '{"steps": [' + '"16*2=32", ' * 20, None, True, ["repeats itself", "truncated"]),
    (COT + EGGS, "<think>16 eggs, so", None, True, ["thought until the limit", "truncated"]),
    (COT + EGGS, "<think>" + "Wait, 16 eggs. " * 30, None, True, ["repeats itself", "thought until the limit", "truncated"]),
    (EXAMPLE + EGGS, '{"steps": ["5*6=30", "30-4=26"], "answer": 26}', "26", False, ["copied the prompt's example"]),
    (EXAMPLE + EGGS, '{"steps": [' + '"30-4=26", ' * 20, None, True, ["repeats itself", "truncated", "copied the prompt's example"]),
    (COT + EGGS, "I'm sorry, I can't help with eggs.", None, False, ["gave up or refused"]),
    (JSON + EGGS, "I'm sorry, I can't help with eggs.", None, False, ["gave up or refused", "no JSON"]),
    (COT + EGGS, "```python\nprint(16 * 2)\n```\n```output\n31\n```\nThe answer is 31", "31", False, ["made-up output"]),
    (COT + EGGS, "Kim reads 25 pages and 17 more: 25 + 17 = 42. The answer is 42.", "42", False, ["answered another question"]),
]


@pytest.mark.parametrize(("asked", "text", "answer", "truncated", "kinds"), FIRST)
def test_causes_of_replies_that_go_astray_are_in_order(
    asked: str, text: str, answer: str | None, truncated: bool, kinds: list[str]
) -> None:
    assert [cause.kind for cause in found(asked, text, "18", answer, truncated=truncated)] == kinds


def test_a_loop_in_what_the_model_runs_on_with_behind_its_answer_is_no_cause() -> None:
    text = "So 32 dollars. The answer is 32.\n\n" + "Question: How many eggs do two hens lay on each day?\nAnswer: 9\n\n" * 8
    assert [cause.kind for cause in found(COT + EGGS, text, "18", "32")] == ["reasoning"]
    assert [cause.kind for cause in found(COT + EGGS, text, "18", None)][:1] == ["repeats itself"]


def test_what_came_beside_the_text_is_shown() -> None:
    shown = find_causes(COT + EGGS, "", "18", None, truncated=True, called=None, reasoning="16 eggs, so")
    assert [cause.kind for cause in shown] == ["thought until the limit", "truncated"]
    shown = find_causes(COT + EGGS, "", "18", None, truncated=False, called=None, refusal="No eggs today.")
    assert shown == [Cause("gave up or refused", "No eggs today.")]


def test_a_reply_that_was_cut_off_shows_its_last_words() -> None:
    cause = found(COT + EGGS, "First, let us find out how many eggs are sold each", "18", None, truncated=True)[0]
    assert cause == Cause("truncated", "cut off after 50 characters: ...ut how many eggs are sold each")


def test_a_reply_that_was_cut_off_at_once_has_no_last_words() -> None:
    assert found(EGGS, "", "18", None, truncated=True) == [Cause("truncated", "cut off at once")]


def test_json_that_was_cut_off_is_not_also_broken() -> None:
    assert [cause.kind for cause in found(JSON + EGGS, '{"steps": ["16*2=32", "32', "18", None, truncated=True)] == ["truncated"]


def test_a_tool_that_was_not_called_is_a_cause_of_its_own() -> None:
    assert found(COT + CLIPS, "The answer is 96", "72", "96", called=False) == [
        Cause("no tool call", "a tool was offered and none was called")
    ]


@pytest.mark.parametrize("called", [None, True])
def test_a_tool_that_was_called_or_not_offered_is_none(called: bool | None) -> None:
    assert [cause.kind for cause in found(COT + CLIPS, "The answer is 96", "72", "96", called=called)] == ["reasoning"]


def test_further_causes_follow_the_primary_one() -> None:
    text = '{"steps": ["16-7=9", "9*2=18", "18*7=120"] "answer": 120}'
    kinds = [cause.kind for cause in found(JSON + EGGS, text, "18", None, called=False)]
    assert kinds == ["broken JSON", "right value not given as the answer", "arithmetic slip", "no tool call"]


def test_a_slip_that_decides_comes_before_the_right_value_elsewhere() -> None:
    kinds = [cause.kind for cause in found(COT + CLIPS, "It may be 72. 48/2=22, 48+22=70. The answer is 70", "72", "70")]
    assert kinds[0] == "arithmetic slip"


def test_a_broken_layout_is_no_cause_where_an_answer_was_read() -> None:
    assert [cause.kind for cause in found(JSON + CLIPS, '{"steps": ["48*2=96"] "answer": 96', "72", "96")] == ["reasoning"]


def test_json_was_not_broken_where_it_was_not_asked_for() -> None:
    assert [cause.kind for cause in found(COT + EGGS, '{"steps": [', "18", None)] == ["no answer stated"]


def test_a_number_that_the_question_tells_counts_only_as_a_result() -> None:
    asked = COT + "Tom has 9 pens. How many has he got after he buys 9 and loses 9?"
    assert [cause.kind for cause in found(asked, "He has 9 pens. The answer is 18.", "9", "18")] == ["reasoning"]
    assert [cause.kind for cause in found(asked, "18 - 9 = 9. The answer is 18.", "9", "18")] == ["right value not given as the answer"]


def test_long_words_are_cut() -> None:
    text = " + ".join(["1"] * 60) + " = 59."
    assert all(len(cause.evidence) <= 200 for cause in found(COT, text, "7", "59"))


_PIECES = '{ "~{"answer": ~"steps": ["~"]~}~```json\n~```~5+3=9~ 18 ~$~%~ minutes ~ hours~The answer is ~\\frac{1}{2}~\n~零~18.0~=~,~\\'
_PIECES += "~<think>~Example: ~```output~```python~Question: ~I cannot answer~It repeats. ~It repeats. It repeats. It repeats. "
PIECES = _PIECES.split("~")
TEXTS = st.one_of(st.text(st.characters(codec=None, categories=None)), st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
EXPECTED = st.one_of(TEXTS, st.sampled_from(["18", "-3", "0", "1/3", "1/0", "B"]))


@UNHURRIED
@given(TEXTS, TEXTS, EXPECTED, st.one_of(st.none(), TEXTS), st.booleans(), st.sampled_from([None, True, False]))
@example("JSON", "{" * 5000 + '"', "1", None, False, None)
@example("JSON", '{"a": ' + "[" * 100_000, "1", None, False, None)
@example("JSON", '{"a": ' + "7" * 5000 + "}", "7" * 5000, None, False, None)
def test_every_reply_has_causes_of_known_kinds(
    asked: str, text: str, expected: str, answer: str | None, truncated: bool, called: bool | None
) -> None:
    shown = find_causes(asked, text, expected, answer, truncated=truncated, called=called)
    kinds = [cause.kind for cause in shown]
    assert kinds
    assert set(kinds) <= set(KINDS)
    assert len(kinds) == len(set(kinds))
    assert not {"reasoning", "no answer stated"} & set(kinds) or len(kinds) == 1
    assert all(0 < len(cause.evidence) <= 200 for cause in shown)


@UNHURRIED
@given(st.lists(st.integers(2, 99), min_size=1, max_size=4), st.integers(100, 999), st.integers(1, 99))
def test_one_wrong_step_of_a_chain_is_found(terms: list[int], start: int, off: int) -> None:
    right, given_value, steps = start, start, []
    for place, term in enumerate(terms):
        right += term
        claimed = given_value + term + (off if place == 0 else 0)
        steps.append(f"{given_value}+{term}={claimed}")
        given_value = claimed
    text = json.dumps({"steps": steps, "answer": given_value})
    cause = find_causes(JSON, text, str(right), str(given_value), truncated=False, called=None)[0]
    assert cause == Cause("arithmetic slip", f"{steps[0]} (it is {start + terms[0]}); corrected, the steps give {right}")
