"""Equations in replies: what is calculated wrong is found, and nothing is called wrong that a person would let pass."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itemwise.causes.arithmetic.equations import Equation, find_equations
from tests.counted import calls

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine

TRUE = [
    '{"steps": ["48/2=24", "48+24=72"], "answer": 72}',
    "16 - 3 - 4 = 9 eggs",
    "$9 * 2 = $18",
    "9 × 2 = 18",
    "12 x 3 = 36",
    "12x3=36",
    "5 apples + 3 apples = 8 apples",
    "3 boxes * 12 cookies/box = 36 cookies",
    "60 minutes / 2 = 30 minutes",
    "5 feet * 12 = 60 inches",
    "2 hours * 3 = 6 hours",
    "200 cows (so far) / 20 (stalls) = 10 cows per stall",
    "3*4 = 12 = 6*2",
    "2*3+1 = 6+1 = 7",
    "2*3+1\n= 6+1\n= 7",
    "5*3 = 15 + 2 = 17",  # the result so far, and on
    "60 * 2 = 120 = 120 / 12 = 10",
    "x = 5 + 3 = 8",
    r"\( 5 \times 3 = 15 \)",
    r"\frac{1}{2} \times 10 = 5",
    r"6 \div \frac{1}{2} = 12",
    r"\text{Cost} = 5 \times \$3.50 = \$17.50",
    r"\left(5 + 3\right) \cdot 2 = \boxed{16}",
    r"5 \text{ cm} \times 3 \text{ cm} = 15 \text{ cm}^2",
    r'{"steps": ["5 \\times 3 = 15", "15\u00d72=30"]}',
    r"5 \* 3 = 15",
    "**5 * 3** = **15**",
    "She has 16 - 7 = <<16-7=9>>9 left",
    "50% of 30 = 15",
    "30 * 20% = 6",
    "3/4 = 75%",
    "5/20 * 100 = 25%",
    "$80 - 25% = $60",
    "100 - 20 = 80%",
    "2/3 of 30 = 20",
    "$1,200 + $300 = $1,500",
    "1 200 + 300 = 1 500",
    "1.200 + 300 = 1.500",
    "(5 + 3) * 2 = 16",
    "5 + 3 * 2 = 16",  # as one types it
    "3² + 4² = 25",
    "2^3 = 8",
    "2 ** 3 = 8",
    "50 − 8 = 42",
    "5 * -3 = -15",
    "3 - 5 = - 2",
    "５×３＝１５（个）",
    "5个苹果+3个苹果=8个苹果",
    "第2步：200×(1-20%)=160元",
    "- 5 + 3 = 8",
    "- 3 + 5 = 2",
    "* 5 + 3 = 8",
    "Day 1 - 5 + 3 = 8",
    "Step 2: 4*5 = 20",
    "1. 4*5 = 20",
    "(2) 3+4=7",
    "17 mod 5 = 2",
    "20/3 = 6.67",
    "20/3=6.66",
    "1/3 = 33%",
    "49/8=7",
    "49/8=6",
    "2.5 * 3 = 8",
    "100/3 * 12 = 33.33 * 12 = 400",
    "20/3 = 6.67, and 6.67 * 300 = 2000",
    "210 / 60 = 3 hours and 30 minutes",
]

FALSE = [
    ('{"steps": ["48/2=24", "48+24=62"], "answer": 62}', "48+24=62", "72"),
    ("16 - 3 - 4 = 8 eggs", "16 - 3 - 4 = 8", "9"),
    ("She makes $9 * 2 = $16 a day", "$9 * 2 = $16", "18"),
    ("9 × 2 = 16", "9 × 2 = 16", "18"),
    ("12 x 3 = 35", "12 x 3 = 35", "36"),
    ("5 apples + 3 apples = 9 apples", "5 apples + 3 apples = 9", "8"),
    ("3 boxes * 12 cookies/box = 38 cookies", "3 boxes * 12 cookies/box = 38", "36"),
    ("200 cows (so far) / 20 (stalls) = 12 cows per stall", "200 cows (so far) / 20 (stalls) = 12", "10"),
    ("3*4 = 12 = 6*3", "12 = 6*3", "18"),
    ("2*3+1 = 6+2 = 8", "2*3+1 = 6+2", "7"),
    ("x = 5 + 3 = 9", "5 + 3 = 9", "8"),
    (r"\( 5 \times 3 = 16 \)", r"5 \times 3 = 16", "15"),
    (r"\frac{1}{2} \times 10 = 4", r"\frac{1}{2} \times 10 = 4", "5"),
    (r"\left(5 + 3\right) \cdot 2 = \boxed{18}", r"(5 + 3\right) \cdot 2 = \boxed{18}", "16"),
    (r"\text{Cost} = 5 \times \$3.50 = \$18.50", r"5 \times \$3.50 = \$18.50", "17.5"),
    (r'{"steps": ["15\u00d72=40"]}', r"15\u00d72=40", "30"),
    ("**5 * 3** = **16**", "5 * 3** = **16", "15"),
    ("<<48/2=26>>26", "48/2=26", "24"),
    ("50% of 30 = 18", "50% of 30 = 18", "15"),
    ("30 * 20% = 8", "30 * 20% = 8", "6"),
    ("3/4 = 70%", "3/4 = 70%", "0.75"),
    ("$1,200 + $300 = $1,600", "$1,200 + $300 = $1,600", "1500"),
    ("(5 + 3) * 2 = 18", "(5 + 3) * 2 = 18", "16"),
    ("2^3 = 9", "2^3 = 9", "8"),
    ("3² + 4² = 24", "3² + 4² = 24", "25"),
    ("50 − 8 = 43", "50 − 8 = 43", "42"),
    ("3 - 5 = 2", "3 - 5 = 2", "-2"),
    ("５×３＝１６（个）", "５×３＝１６", "15"),
    ("5个苹果+3个苹果=9个苹果", "5个苹果+3个苹果=9", "8"),
    ("第2步：200×(1-20%)=150元", "200×(1-20%)=150", "160"),
    ("- 5 + 3 = 9", "5 + 3 = 9", "8"),
    ("Day 1 - 5 + 3 = 9", "5 + 3 = 9", "8"),
    ("Step 2: 4*5 = 25", "4*5 = 25", "20"),
    ("1. 4*5 = 25", "4*5 = 25", "20"),
    ("(2) 3+4=8", "3+4=8", "7"),
    ("20/3 = 6.7, 20/4 = 5.7", "20/4 = 5.7", "5"),
    ("20/3 = 6.65", "20/3 = 6.65", "6.666667"),
    ("49/8=5", "49/8=5", "6.125"),
    ("2.5 * 3 = 6", "2.5 * 3 = 6", "7.5"),
    ("She sold a total of 20 - 5 = 14 lemons to the people in her street", "20 - 5 = 14", "15"),
    ("2 + 2 = 5 and 4 + 4 = 8", "2 + 2 = 5", "4"),
]

NOT_EQUATIONS = [
    "2 hours = 120 minutes",
    "9:30 + 2 hours = 11:30",
    "2:3 = 4:6",
    "10:00 + 2 + 1 = 13:00",
    "10/10/2024 = 5",
    "5 + 3 == 9",
    "5 + 3 <= 9 and 5 + 3 >= 7 and 5 + 3 != 9",
    "round(5 + 3, digits=2)",
    "20/3 ≈ 7",
    "x + 5 * 3 = 20",
    "3x + 5 = 20",
    "3Fawn + 1 = 85",
    "65a^2 + 49b^2 = 64",
    r"\sqrt{16} + 5 = 9",
    r"\frac{400x - 200}{21} = 0",
    "f(2) + 3 = 10",
    "2(3 + 4) = 14",
    "3! * 4 / 2 = 12",
    "|3 - 5| * 2 + 1 = 5",
    "half of 30 + 5 = 20",
    "twice 5 + 3 = 13",
    "3 1/2 * 2 = 7",
    "1,5 * 2 = 3",
    "1 hour + 30 minutes = 90 minutes",
    "2小时+30分钟=150分钟",
    "$5 - 50 cents = $4.50",
    "2 million / 4 = 500,000",
    "3/4 = 30 pages",
    "1/2 hour = 30 minutes",
    "100% - 20% = 40 pupils",
    "3 shirts = 20 dollars",
    "Day 3 = 5 + 4",
    "4 @ $3 + 2 = 14",
    "25 pupils + his 1 teacher + 1 = 27 people",
    "5 *\n3 + 4 = 19",
    "5 + 3\n+ 4 + 2 = 14",
    "Is 5 + 3 = 9?",
    "16*3 = 4",  # the text ends where 48 was to be written
]


def spoken_of(text: str, *, false: bool) -> list[Equation]:
    return [equation for equation in find_equations(text) if equation.false == false]


@pytest.mark.parametrize("text", TRUE)
def test_a_true_equation_is_found_and_none_is_false(text: str) -> None:
    assert spoken_of(text, false=True) == []
    assert spoken_of(text, false=False) != []


@pytest.mark.parametrize(("text", "quoted", "true"), FALSE)
def test_a_false_equation_is_found_with_its_true_value(text: str, quoted: str, true: str) -> None:
    (found,) = spoken_of(text, false=True)
    assert quoted == text[found.start : found.end]
    assert abs(Fraction(true) - found.true) < Fraction(1, 10**6)


@pytest.mark.parametrize("text", NOT_EQUATIONS)
def test_what_is_no_plain_equation_is_left_alone(text: str) -> None:
    assert find_equations(text) == []


def test_an_equation_says_what_is_written_and_what_it_is_worth() -> None:
    assert find_equations("Eggs: 16 - 7 = $1,000.") == [
        Equation("16 - 7", "$1,000", 6, 21, expression="16-7", true=Fraction(9), claimed=Fraction(1000), false=True)
    ]


def test_neighbouring_sides_of_a_chain_are_compared() -> None:
    found = [(equation.left, equation.right) for equation in find_equations("3*4 = 12 = 6*2")]
    assert found == [("3*4", "12"), ("6*2", "12")]


def test_equations_come_in_the_order_of_the_text() -> None:
    text = "\n".join(f"{number} + 1 = {number + 1}" for number in range(50))
    assert [f"{number} + 1" for number in range(50)] == [equation.left for equation in find_equations(text)]


OPERATORS = {"+": Fraction.__add__, "-": Fraction.__sub__, "*": Fraction.__mul__, "/": Fraction.__truediv__}
OPERANDS = st.integers(1, 9999).map(Fraction)
CARRIERS = ["{}", '{{"steps": ["{}"]}}', "So {}.", "- {}\n", "\\( {} \\)", "共{}个", "1. {} dollars", "**{}**"]


@UNHURRIED
@given(OPERANDS, st.sampled_from("+-*"), OPERANDS, st.sampled_from(CARRIERS))
def test_a_right_result_is_never_false(left: Fraction, operator: str, right: Fraction, carrier: str) -> None:
    text = carrier.format(f"{left} {operator} {right} = {OPERATORS[operator](left, right)}")
    assert [equation.false for equation in find_equations(text)] == [False]


@UNHURRIED
@given(OPERANDS, st.sampled_from("+*"), OPERANDS, st.integers(2, 999), st.sampled_from(CARRIERS))
def test_a_wrong_result_is_false_in_every_carrier(left: Fraction, operator: str, right: Fraction, off: int, carrier: str) -> None:
    result = OPERATORS[operator](left, right)
    text = carrier.format(f"{left} {operator} {right} = {result + off}")
    assert [(equation.true, equation.claimed, equation.false) for equation in find_equations(text)] == [(result, result + off, True)]


@UNHURRIED
@given(OPERANDS, OPERANDS, st.integers(0, 6))
def test_a_rounded_quotient_is_not_false(left: Fraction, right: Fraction, places: int) -> None:
    text = f"{left} / {right} = {float(left / right):.{places}f}."
    assert [equation.false for equation in find_equations(text)] == [False]


_PIECES = '=~ = ~1~ 7 ~12,000~.5~ + ~*~/~-~(~)~[~]~{~}~$~%~x~ of ~ apples ~\n~:~,~?~!~个~×~½~²~０~"~<<~>>~**~-5~10:30~ hours '
PIECES = [*_PIECES.split("~"), *(r"\frac{1}{2}~\frac{~\text{~\times ~" + "\\").split("~")]


@UNHURRIED
@given(st.one_of(st.text(st.characters(codec=None, categories=None)), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
@example("(" * 3000 + "1+1=3")
@example("1+1=" + "7" * 5000)
@example("=" * 5000)
def test_every_text_is_read_and_spans_lie_within_it(text: str) -> None:
    for equation in find_equations(text):
        assert 0 <= equation.start < equation.end <= len(text)
        assert equation.left in text[equation.start : equation.end]
        assert equation.right in text[equation.start : equation.end]
        assert not (equation.false and equation.true == equation.claimed)


UNITS = ["=", "1=", "7", "1+", "1+1=", "(", "(1)", "((1)", "\\", "1,11", "\\frac{", "\\text{", "5 a ", "5个", "$-", "\n ", "5% ", "1+1=3\n"]


@pytest.mark.parametrize("unit", UNITS)
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    text = unit * (10_000 // len(unit))
    find_equations(text)  # patterns are compiled at their first use
    assert calls(lambda: find_equations(text * 2)) <= 2.5 * calls(lambda: find_equations(text)) + 50
