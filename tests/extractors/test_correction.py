"""What takes an answer back and what only sounds like it, for numbers and for letters."""

import pytest

from itemwise.extractors import last_number, stated_choice

CORRECTED = [
    ("The answer is 21. Wait, no: it's 23.", "23"),
    ("The answer is 21. Actually the answer is 23.", "23"),
    ("The answer is 21. Correction: 23", "23"),
    ("The answer is 21. Sorry, 23.", "23"),
    ("The answer is 21, no, 23.", "23"),
    ("The answer is 21, I mean 23.", "23"),
    ("The answer is 21, or rather 23.", "23"),
    ("The answer is 21 — sorry, 23 pens.", "23"),
    ("The answer is 21. Oops! That should be 23.", "23"),
    ("The answer is 21. Scratch that, make it 23.", "23"),
    ("The answer is 21. My mistake, it's 23 because of the twins.", "23"),
    ("The answer is 21. No wait, 23!", "23"),
    ("The answer is 21.\n\nWait, that's wrong. The total is 23.", "23"),
    ("The answer is 21. Wait, I forgot the 2 at the door. So it is 23.", "23"),
    ("\\boxed{21}\n\nHold on, I made a mistake. 20 + 3 = 23, so he has 23 pens.", "23"),
    ("#### 21\nWait, that's not right: I should add 3. 20 + 3 = 23. Therefore, he pays $23.", "23"),
    ('{"answer": 21}\nCorrection: it should be 23.', "23"),
    ("答案是21。更正:23", "23"),
    (
        "Final Answer: 21.\n\nWait! No! This can't be right. My steps show that the answer should be 23. I think I'm",
        "23",
    ),
]
KEPT = [
    ("The answer is 21 rather than 23.", "21"),
    ("The answer is 21 instead of 23.", "21"),
    ("The answer is 21, as opposed to 23.", "21"),
    ("The answer is 21, not 23.", "21"),
    ("Instead of 23, the answer is 21.", "21"),
    ("#### 21\nRather than 23, which counts the driver.", "21"),
    ("\\boxed{21}\nUnlike 23, this leaves nothing over.", "21"),
    ("The answer is 21. Actually, that is 4 more than they asked for.", "21"),
    ("The answer is 21. Actually, 5 of those are red.", "21"),
    ("The answer is 21. Actually this takes 3 minutes to check.", "21"),
    ("\\boxed{21}. Wait times of 7 minutes are counted.", "21"),
    ("The answer is 21. Wait 7 minutes before you serve.", "21"),
    ("The answer is 21. No, 3 of them are not counted twice.", "21"),
    ("The answer is 21. No, it isn't 23.", "21"),
    ("The answer is 21. No need to add the 7 again.", "21"),
    ("The answer is 21. Sorry for the 2 slips above.", "21"),
    ("The answer is 21. I mean 21 dollars, not 21 cents.", "21"),
    ("\\boxed{21} Correction factors of 3 were used.", "21"),
    ("The answer is 21. Wait, let me check: 3 * 7 = 21. Yes.", "21"),
    ('{"answer": 21}\nActually, 5 of them are gone.', "21"),
]
TAKEN_BACK = [
    "The answer is 21. Wait, I forgot the tax.",
    "The answer is 21. No, that's wrong.",
    "\\boxed{21}\n\nHmm, I made a mistake in the second step.",
    "The answer is not 21.",
    "So it isn't 21.",
]
LETTERS = [
    ("The answer is B rather than A.", "B"),
    ("The answer is B instead of C.", "B"),
    ("Answer: B\n\nActually, A is what many would pick.", "B"),
    ("The answer is B. Wait, A was ruled out above.", "B"),
    ("The answer is B. No, A is not better.", "B"),
    ("The answer is B. Wait, no: C", "C"),
    ("The answer is B. Actually, C is correct.", "C"),
    ("The answer is B. Sorry, it should be (C).", "C"),
    ("The answer is B. Wait, that's wrong. So it is D.", "D"),
    ("The answer is B. I made a mistake.", None),
]


@pytest.mark.parametrize(("reply", "number"), CORRECTED)
def test_words_that_say_they_are_the_answer_replace_it(reply: str, number: str) -> None:
    assert last_number(reply) == number


@pytest.mark.parametrize(("reply", "number"), KEPT)
def test_a_cue_alone_changes_nothing(reply: str, number: str) -> None:
    assert last_number(reply) == number


@pytest.mark.parametrize("reply", TAKEN_BACK)
def test_an_answer_that_is_only_taken_back_is_none(reply: str) -> None:
    assert last_number(reply) is None


@pytest.mark.parametrize(("reply", "letter"), LETTERS)
def test_letters_are_corrected_by_the_same_words(reply: str, letter: str | None) -> None:
    assert stated_choice(reply, 4) == letter
