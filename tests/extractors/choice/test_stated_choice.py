"""Multiple-choice replies: what is chosen, and where nothing is."""

from collections.abc import Sequence

import pytest

from itemwise.extractors import stated_choice

THINGS = ["a brick", "a cloud", "a fish", "a tree"]
LENGTHS = ["$5 \\mathrm{~m}$", "$10 \\mathrm{~m}$", "12mm"]

CHOSEN: list[tuple[str, Sequence[str] | int, str]] = [
    ("B", 4, "B"),
    ("(b)", 4, "B"),
    ("**B**", 4, "B"),
    ("B. a cloud", THINGS, "B"),
    ("C - a fish", THINGS, "C"),
    ("The answer is B", 4, "B"),
    ("the answer is b.", 4, "B"),
    ("**Final Answer: (B)**", 4, "B"),
    ("The answer is $\\boxed{\\text{(B) } 5}$", 4, "B"),
    ("<answer>C</answer>", 4, "C"),
    ('{"answer": "B"}', 4, "B"),
    ('{"why": "A is wrong, C too", "answer": "B", "sure": 0.9}', 4, "B"),
    ('{"answer": "B. a cloud"}', THINGS, "B"),
    ('{"answer": "a cloud"}', THINGS, "B"),
    ("The answer is the cloud.", THINGS, "B"),
    ("The answer is A brick.", THINGS, "A"),
    ("The answer is A because bricks sink.", 4, "A"),
    ("A", 4, "A"),
    ("I", 9, "I"),
    ("It is neither A nor C, so B.", 4, "B"),
    ("The answer is not A but B.", 4, "B"),
    ("The answer is B. Wait, actually it is C.", 4, "C"),
    ("A) is wrong. B) is wrong. D) is wrong. So it must be C).", 4, "C"),
    ("The correct option is: B) a cloud", THINGS, "B"),
    ("Option B is correct.", 4, "B"),
    ("I would choose (B).", 4, "B"),
    ("It's B", 4, "B"),
    ("C\n\nExplanation: A brick sinks.", 4, "C"),
    ("A. a brick\nB. a cloud\nC. a fish\nD. a tree\n\nAnswer: C", THINGS, "C"),
    ("The closest of them is:\n\n**D. a tree**", THINGS, "D"),
    ("The picture shows a fish that swims.", THINGS, "C"),
    ("It must be a fish because a brick sinks.", THINGS, "C"),
    ("A) a brick: incorrect\nB) a cloud: correct\nC) a fish: incorrect", THINGS, "B"),
    ("The answer is (B) because A, C and D are heavy.", THINGS, "B"),
    ("$\\boxed{\\textbf{(B)}\\ 5}$", 4, "B"),
    ("Q: Which floats?\nA: (B)", 4, "B"),
    ("option b", 4, "B"),
    ("None of the above", ["a brick", "None of the above"], "B"),
    ("The answer is 1/2.", ["\\frac{1}{3}", "\\frac{1}{2}"], "B"),
    ("10 m", LENGTHS, "B"),
    ("The answer is 12 mm", LENGTHS, "C"),
    ("So he pays Rs. 620. The answer is Rs. 620", ["600", "620", "640"], "B"),
    ("A: No.", ["Yes", "No"], "B"),
    ("The answer is B.\n\nQuestion: And now?\nThe answer is C.", 4, "B"),
    ("<think>maybe A</think>B", 4, "B"),
    ("选B", 4, "B"),
    ("故选：B。", 4, "B"),
    ("【答案】B", 4, "B"),
    ("选项B正确", 4, "B"),
    ("A和C都不对。因此选Ｂ。", 4, "B"),
]

CHOSEN_NONE: list[tuple[str, Sequence[str] | int]] = [
    ("", 4),
    ("E", 4),
    ("The answer is (E) 24.", 4),
    ("The answer is (E) and (I).", 10),
    ("【答案】A、B、C", 4),
    ("\\boxed{B, E}", 5),
    ("C or D", 4),
    ("It could be A or B.", 4),
    ("ABC", 4),
    ("A student would pick this.", 4),
    ("DNA is a molecule.", 4),
    ("I think the question is unclear", 9),
    ("<think>it is A", 4),
    ("The correct option is not provided.", 4),
    ("None of the options is right.", 4),
    ("I'm sorry, I can't help with that.", 4),
    ("A. a brick\nB. a cloud\nC. a fish\nD. a tree", THINGS),
    ("Let me see. A brick sinks and a cloud floats, while", THINGS),
    ("Options A and C are correct.", 4),
    ("Answer: B/C", 4),
    ("【答案】A C", 4),
    ("Vitamin C is good.", 4),
    ("Thus, A = 2 and B = 3.", 4),
    ("We are given A + B = 5. Thus A = 2. So C is", 4),
    ('{"answer": "N/A"}', 4),
    ('{"answer": "A, B"}', 4),
    ("B", 0),
]


@pytest.mark.parametrize(("reply", "options", "letter"), CHOSEN)
def test_the_chosen_letter_is_read(reply: str, options: Sequence[str] | int, letter: str) -> None:
    assert stated_choice(reply, options) == letter


@pytest.mark.parametrize(("reply", "options"), CHOSEN_NONE)
def test_no_letter_is_invented(reply: str, options: Sequence[str] | int) -> None:
    assert stated_choice(reply, options) is None


ABOVE = ["(H ∨ ~G) ⊃ J", "the widow had not given notice", "B. F. Skinner", "None of the above"]


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("D. None of the above", "D"),
        ("**(D)** None of the above.", "D"),
        ("(B) the widow had not given notice.", "B"),
        ("(A) (H ∨ ~G) ⊃ J", "A"),
        ("C. B. F. Skinner", "C"),
        ("B. None of the above", None),
        ("A. (H ∨ ~G) ⊃ J\nB. the widow had not given notice\nC. B. F. Skinner\nD. None of the above", None),
        ("None of the options fit.", None),
    ],
)
def test_a_letter_with_its_own_text_is_chosen_whatever_the_text_says(reply: str, letter: str | None) -> None:
    assert stated_choice(reply, ABOVE) == letter
