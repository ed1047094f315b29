"""What Qwen2.5-Math's evaluation reads in a reply, and what it takes for the same number; its oddities too."""

import pytest

from itemwise.protocols.qwen_math_extractor import QWEN_MATH


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("It is \\boxed{18}.", "18"),
        ("\\boxed{17} no, \\boxed{18}", "18"),
        ("\\boxed{\\frac{36}{2}}", "\\frac{36}{2}"),
        ("so boxed 18$ and more", "18"),
        ("\\boxed{18", "18"),
        ("\\boxed{}", None),
        ("\\boxed", None),
        ("\\boxed{\\$1,430.00}", "1,430"),
        ("\\boxed{18 \\text{ miles}}", "18"),
        ("\\boxed{x = 18}", "18"),
        ("The final answer is $18$. I hope it is correct.", "18"),
        ("The answer is 17. The answer is 18 minutes.", "18"),
        ("The answer is 44 dollars.", "44dollars"),  # dollars are none of its units
        ("The answer is: \n18", "18"),
        ("My final answer is 18", "18"),
        ("所以答案是18\n\n好", "18"),
        ("First 7, then 1,800", "1800"),
        ("About .5", ".5"),
        ("none", None),
    ],
)
def test_what_is_read(reply: str, answer: str | None) -> None:
    assert QWEN_MATH.read(reply) == answer


@pytest.mark.parametrize(
    ("answer", "expected", "is_right"),
    [
        ("18", "18", True),
        ("1,430", "1430", True),
        ("1800", "18", True),
        ("0.18", "18", True),
        ("18.001", "18", True),
        ("18.01", "18", False),
        ("\\frac{36}{2}", "18", True),
        ("36/2", "18", True),
        ("\\frac{18}{100}", "18", False),
        ("\\frac{18}{0}", "18", False),
        ("(18)", "18", True),
        ("44dollars", "44", False),
        ("x", "X", True),
        ("", "18", False),
    ],
)
def test_what_is_the_same(answer: str, expected: str, is_right: bool) -> None:
    assert QWEN_MATH.same(answer, expected) is is_right
