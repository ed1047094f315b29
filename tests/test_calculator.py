"""The calculator: right where people write arithmetic, an answer in words everywhere else, and never code."""

from __future__ import annotations

import time
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itemwise.calculator import HIGHEST_POWER, LARGEST, LONGEST, CalculatorError, evaluate, number_text

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("6*7", Fraction(42)),
        ("12*(3+4)", Fraction(84)),
        ("2+3*4", Fraction(14)),
        ("10-4-3", Fraction(3)),
        ("2**3**2", Fraction(512)),
        ("-2**2", Fraction(-4)),
        ("2^10", Fraction(1024)),
        ("2**-2", Fraction(1, 4)),
        ("7/2", Fraction(7, 2)),
        ("7//2", Fraction(3)),
        ("-7//2", Fraction(-4)),
        ("7%4", Fraction(3)),
        ("7 % (2+2)", Fraction(3)),
        ("0.1+0.2", Fraction(3, 10)),
        (".5*4", Fraction(2)),
        ("5.*2", Fraction(10)),
        ("+5", Fraction(5)),
        ("--5", Fraction(5)),
        ("  8\n", Fraction(8)),
        ("(1\n+2)", Fraction(3)),
        ("(" * 99 + "1" + ")" * 99, Fraction(1)),
        ("-" * 100 + "1", Fraction(1)),
    ],
)
def test_arithmetic_is_exact(expression: str, value: Fraction) -> None:
    assert value == evaluate(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1,000+1", Fraction(1001)),
        ("1,234,567.50", Fraction("1234567.5")),
        ("$1,200/4", Fraction(300)),
        ("$5+$7", Fraction(12)),
        ("20-$5", Fraction(15)),
        ("6×7", Fraction(42)),
        ("6·7", Fraction(42)),
        ("42÷6", Fraction(7)),
        ("50−8", Fraction(42)),
        ("50–8", Fraction(42)),
        ("15%", Fraction(3, 20)),
        ("15 %", Fraction(3, 20)),
        ("200*15%", Fraction(30)),
        ("200*(10+5)%", Fraction(30)),
        ("200*(100%-15%)", Fraction(170)),
        ("15%*200", Fraction(30)),
        ("-15%", Fraction(-3, 20)),
        ("12.5%*8", Fraction(1)),
        ("9*60+05", Fraction(545)),
        ("007", Fraction(7)),
        ("1.005*1000", Fraction(1005)),
    ],
)
def test_arithmetic_is_read_as_people_write_it(expression: str, value: Fraction) -> None:
    assert value == evaluate(expression)


@pytest.mark.parametrize(("expression", "value"), [("30/15%", Fraction(200)), ("4**50%*1", None), ("2*50%**2", Fraction(1, 2))])
def test_a_percent_sign_binds_before_every_operator(expression: str, value: Fraction | None) -> None:
    if value is None:  # 4 to the power of a half
        with pytest.raises(CalculatorError, match="exponent must be a whole number"):
            evaluate(expression)
    else:
        assert value == evaluate(expression)


HOSTILE = {
    "tower of powers": "9**9**9**9",
    "tower written as carets": "9^9^9^9",
    "large power": f"2**{HIGHEST_POWER + 1}",
    "large negative power": f"2**-{HIGHEST_POWER + 1}",
    "powers of powers": "(((((9**64)**64)**64)**64)**64)",
    "growing by products": "*".join(["9" * 30] * 6),
    "shell": "__import__('os').system('x')",
    "name": "x",
    "call": "abs(5)",
    "call of a number": "2(3)",
    "attribute": "(5).real",
    "attribute of a float": "5..real",
    "subscript": "(5)[0]",
    "empty subscript": "5[]",
    "lambda": "(lambda: (lambda: 5)())()",
    "walrus": "(a:=5)",
    "comprehension": "[x for x in (1,2)]",
    "condition": "5 if 1 else 6",
    "comparison": "5<6",
    "boolean": "True",
    "string": "'5'*9",
    "f-string": "f'{5}'",
    "bits": "5<<9999999",
    "invert": "~5",
    "matrix product": "5@6",
    "ellipsis": "...",
    "tuple": "1,2",
    "empty tuple": "()",
    "starred": "*5",
    "statement": "5;6",
    "comment": "5 # five",
    "assignment": "a=5",
    "exponent notation": "1e999",
    "complex": "5j",
    "hexadecimal": "0xff",
    "underscored": "1_000",
    "huge integer": "9" * (LONGEST - 1),
    "huge decimal": "0." + "1" * (LONGEST - 3),
    "endless digits": "9" * 5_000,
    "unicode digits": "٥+٥",
    "full-width digits": "５+５",
    "superscript": "5²",
    "fraction character": "½",
    "unicode thousands": "١,٠٠٠",
    "open parentheses": "(" * LONGEST,
    "closing parentheses": ")" * 50,
    "signs without a number": "-" * 150,
    "10 MB": "1+" * 5_000_000,
    "10 MB of parentheses": "(" * 10_000_000,
    "NUL": "5\x00+5",
    "lone surrogate": "5\ud800",
    "surrogate pair": "\ud83d\ude00",
    "direction": "5\u202e+6",
    "no-break space": "5\u00a0+\u00a05",
    "empty": "",
    "blank": "   ",
    "newline": "5\n5",
    "dollars between digits": "5$5",
    "two numbers": "5 5",
    "two percent signs": "5%%",
    "percent alone": "%",
    "wrong thousands": "1,00",
    "equation": "5+5=10",
    "words": "five plus five",
    "division by zero": "1/(5-5)",
    "floor division by zero": "1//0",
    "remainder of zero": "1%0",
    "zero to a negative power": "0**-1",
}


@pytest.mark.parametrize("expression", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_bounded_arithmetic_is_refused_at_once_in_a_few_printable_words(expression: str) -> None:
    started = time.perf_counter()
    with pytest.raises(CalculatorError) as raised:
        evaluate(expression)
    assert time.perf_counter() - started < 0.5
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 4 * LONGEST


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1/0", "division by zero"),
        ("2+x", "not arithmetic: '2+x'"),
        ("2(3%)", "not arithmetic: '2(3%)'"),
        ("2**0.5", f"exponent must be a whole number up to {HIGHEST_POWER}"),
        (f"{LARGEST}*10", "number too large"),
        ("1" * (LONGEST + 1), f"expression longer than {LONGEST} characters"),
    ],
)
def test_the_answer_says_what_was_wrong(expression: str, said: str) -> None:
    with pytest.raises(CalculatorError) as raised:
        evaluate(expression)
    assert said == str(raised.value)


@UNHURRIED
@given(st.text(st.characters(codec=None, categories=None), max_size=40) | st.text("0123456789.,+-*/%()^$×÷ e_[]'", max_size=30))
@example("0" * 199)
@example("1[0]")
@example("(5%)(5%)")
def test_any_text_is_a_value_or_a_calculator_error(text: str) -> None:
    with suppress(CalculatorError):
        assert isinstance(evaluate(text), Fraction)


Worked = tuple[str, Fraction]


def joined(pair: tuple[Worked, str, Worked]) -> Worked:
    (left, a), sign, (right, b) = pair
    result = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else Fraction(0)}[sign]
    return (f"({left}{sign}{right})", result) if b or sign != "/" else (left, a)


LEAVES = st.one_of(
    st.integers(0, 999).map(lambda number: (str(number), Fraction(number))),
    st.integers(1000, 999_999).map(lambda number: (f"{number:,}", Fraction(number))),
    st.decimals(0, 99, places=2).map(lambda number: (str(number), Fraction(number))),
    st.integers(1, 99).map(lambda number: (f"{number}%", Fraction(number, 100))),
    st.integers(1, 99).map(lambda number: (f"(-{number})", Fraction(-number))),
)
TREES = st.recursive(LEAVES, lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(joined), max_leaves=6)


@UNHURRIED
@given(TREES.filter(lambda tree: len(tree[0]) <= LONGEST))
def test_a_tree_of_operations_is_worth_what_fractions_say(tree: Worked) -> None:
    expression, value = tree
    assert value == evaluate(expression)


@UNHURRIED
@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 99)), max_size=12), st.integers(0, 99))
def test_operations_without_parentheses_have_the_usual_precedence(rest: list[tuple[str, int]], first: int) -> None:
    expression = str(first) + "".join(f"{sign}{number}" for sign, number in rest)
    terms = [[Fraction(first)]]
    for sign, number in rest:
        if sign == "*":
            terms[-1].append(Fraction(number))
        else:
            terms.append([Fraction(number) if sign == "+" else Fraction(-number)])
    total = Fraction(0)
    for term in terms:
        product = Fraction(1)
        for factor in term:
            product *= factor
        total += product
    assert total == evaluate(expression)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(12), "12"),
        (Fraction(-12), "-12"),
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(7, 2), "3.5"),
        (Fraction(-7, 2), "-3.5"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction(1805, 100), "18.05"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(1, 10**7), "0"),
        (Fraction(-1, 10**7), "0"),
        (Fraction(10**39 * 2 + 1, 2), "1" + "0" * 39 + ".5"),
        (Fraction(10**40), "1" + "0" * 40),
    ],
)
def test_a_number_is_written_as_people_do(value: Fraction, text: str) -> None:
    assert text == number_text(value)


@UNHURRIED
@given(st.decimals(-(10**12), 10**12, places=6))
def test_a_number_of_six_places_is_written_whole(number: Decimal) -> None:
    assert Fraction(number) == Fraction(number_text(Fraction(number)))


@UNHURRIED
@given(st.fractions(-(10**6), 10**6))
def test_a_written_number_is_right_to_the_sixth_place_and_can_be_calculated_with(value: Fraction) -> None:
    assert abs(value - evaluate(number_text(value))) <= Fraction(1, 2 * 10**6)
