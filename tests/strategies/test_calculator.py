"""The calculator: right where people write arithmetic, an answer in words everywhere else, and never code."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itemwise.strategies.calculator import (
    DEEPEST,
    HIGHEST_POWER,
    LARGEST,
    LONGEST,
    CalculatorError,
    answer_text,
    calculate,
    evaluate,
    number_text,
)

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
        ("(" * DEEPEST + "1" + ")" * DEEPEST, Fraction(1)),
        ("-" * DEEPEST + "1", Fraction(1)),
        ("+".join(["(1)"] * 50), Fraction(50)),
        ("1/3**64", Fraction(1, 3**64)),
        ("1**64**1", Fraction(1)),
        (f"10**40 - {LARGEST}", Fraction(0)),
        ("7.5 // 2", Fraction(3)),
        ("-7.5 % 2", Fraction(1, 2)),
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
        ("6x7", Fraction(42)),
        ("6 X 7", Fraction(42)),
        ("(2+4)x(3+4)", Fraction(42)),
        ("50%x84", Fraction(42)),
        ("6 x -7", Fraction(-42)),
        ("10x10x10", Fraction(1000)),
        ("1.0x5", Fraction(5)),
        ("0 x 5", Fraction(0)),
        ("½*84", Fraction(42)),
        ("2½ x 4", Fraction(10)),
        ("-3¾", Fraction(-15, 4)),
        ("2½**2", Fraction(25, 4)),
        ("1⁄2 + 1∕2", Fraction(1)),
        ("５＋５", Fraction(10)),
        ("６×（３＋４）", Fraction(42)),
        ("（１２－４）÷２", Fraction(4)),
        ("６ｘ７", Fraction(42)),
        ("１，０００　×　１５％", Fraction(150)),
        (r"6 \times 7", Fraction(42)),
        (r"84 \div 2", Fraction(42)),
        (r"6 \cdot 7", Fraction(42)),
        (r"\frac{84}{2}", Fraction(42)),
        (r"\dfrac{1}{2} + \tfrac{1}{2}", Fraction(1)),
        (r"\frac{2^{10}}{\frac{1}{2}}", Fraction(2048)),
        (r"\left(3 + 4\right) \times 6", Fraction(42)),
        (r"\$1{,}200 \times 15\%", Fraction(180)),
    ],
)
def test_arithmetic_is_read_as_people_write_it(expression: str, value: Fraction) -> None:
    assert value == evaluate(expression)


@pytest.mark.parametrize("expression", ["0x10", "0,125", "1,00", "1234,567", "1 000", "2(3)", "2½½", "3½4", r"2\frac{1}{2}", r"\frac12"])
def test_what_could_mean_two_things_is_refused(expression: str) -> None:
    with pytest.raises(CalculatorError, match="not arithmetic"):
        evaluate(expression)


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
    "powers of powers below the line": "(((1/2**64)**64)**64)**64",
    "powers of powers on both sides": "((2**64/3**64)**64)**64",
    "a power of a power that turns over": "((1/3**64)**-64)**-64",
    "a tower of one power": "9**64**64**64",
    "denominators growing by products": "1/3**64*1/3**64",
    "denominators growing by sums": "+".join(
        f"1/{prime}" for prime in (10007, 10009, 10037, 10039, 10061, 10067, 10069, 10079, 10091, 10093, 10099)
    ),
    "remainder of fractions": "(9**40/7**40)%(3**60/5**50)",
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
    "superscript": "5²",
    "names in full width": "ａｂｓ（５）",
    "unknown LaTeX": r"\sqrt{4}",
    "long when spelt out": "½+" * 99 + "1",
    "braces": "{5}",
    "nested braces": "2^{" * 40 + "1" + "}" * 40,
    "open braces": "^{" * 100,
    "open fractions": r"\frac{" * 30,
    "backslashes": "\\" * LONGEST,
    "times without a factor": "6x",
    "times times": "6xx7",
    "unicode thousands": "١,٠٠٠",
    "open parentheses": "(" * LONGEST,
    "closing parentheses": ")" * 50,
    "parentheses too deep": "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1),
    "operations too deep": "(1+" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1),
    "signs too deep": "-" * (DEEPEST + 1) + "1",
    "spaced signs too deep": "- + " * DEEPEST + "1",
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
def test_what_is_no_bounded_arithmetic_is_refused_in_a_few_printable_words(expression: str) -> None:
    with pytest.raises(CalculatorError) as raised:
        evaluate(expression)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 2 * LONGEST


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1/0", "division by zero; divide by another number"),
        ("2+y", "not arithmetic: '2+y'; write numbers with + - * / // % ** and parentheses"),
        ("y" * LONGEST, f"not arithmetic: {'y' * 60!r}...; write numbers with + - * / // % ** and parentheses"),
        ("2**0.5", f"exponent must be a whole number up to {HIGHEST_POWER}, got 0.5"),
        ("2**9**9", f"exponent must be a whole number up to {HIGHEST_POWER}, got {9**9}"),
        (f"{LARGEST}*10", "number too large: above and below the line at most 10**40; round or split the calculation"),
        ("1" * (LONGEST + 1), f"expression longer than {LONGEST} characters; calculate it in several calls"),
        ("-" * 99 + "1", f"parentheses or signs nested more than {DEEPEST} deep; leave out those that change nothing"),
    ],
)
def test_the_error_says_what_is_wrong_and_what_to_do(expression: str, said: str) -> None:
    with pytest.raises(CalculatorError) as raised:
        evaluate(expression)
    assert said == str(raised.value)


@UNHURRIED
@given(
    st.text(st.characters(codec=None, categories=None), max_size=40)
    | st.text("0123456789.,+-*/%()^$×÷ e_[]'xX½{}\\\\５（％，", max_size=30)
)
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


WRITTEN = st.from_regex(r"0{0,2}[0-9]{1,4}(\.[0-9]{1,3})?", fullmatch=True) | st.sampled_from(["9" * 40, "1" + "0" * 40, "0." + "1" * 41])


@given(WRITTEN, st.sampled_from("+-*/"), WRITTEN, st.sampled_from(["", " ", "  "]))
def test_one_operation_is_worth_what_it_is_in_parentheses(left: str, sign: str, right: str, blank: str) -> None:
    assert value_or_error(f"{left}{blank}{sign}{blank}{right}") == value_or_error(f"({left}){sign}({right})")


def value_or_error(expression: str) -> Fraction | str:
    try:
        return evaluate(expression)
    except CalculatorError as error:
        return str(error)


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(12), "12"),
        (Fraction(7, 2), "3.5"),
        (Fraction(1, 10**6), "0.000001"),
        (Fraction(LARGEST), str(LARGEST)),
        (Fraction(10, 3), "10/3 (about 3.333333)"),
        (Fraction(-1, 3), "-1/3 (about -0.333333)"),
        (Fraction(1, 10**7), "1/10000000 (about 0)"),
        (Fraction(4084101, 3200000), "4084101/3200000 (about 1.276282)"),
    ],
)
def test_an_answer_that_is_no_short_decimal_is_a_fraction_with_the_decimal_beside_it(value: Fraction, text: str) -> None:
    assert text == answer_text(value)


@UNHURRIED
@given(st.fractions().filter(lambda value: max(abs(value.numerator), value.denominator) <= LARGEST))
@example(Fraction(LARGEST, LARGEST - 1))
def test_nothing_is_lost_between_two_calls(value: Fraction) -> None:
    assert value == evaluate(answer_text(value).split(" (about")[0])


NO_EXPRESSION = 'error: the call holds no expression; call with {"name": "calculator", "arguments": {"expression": "..."}}'


@pytest.mark.parametrize(
    ("arguments", "reply"),
    [
        ({"expression": "6*7"}, "42"),
        ({"expression": "7/2"}, "3.5"),
        ({"expression": "10/3"}, "10/3 (about 3.333333)"),
        ({"expression": "6*7", "precision": 2}, "42"),
        ({"expression": 42}, "42"),
        ({"expression": 0.1}, "0.1"),
        ({"expression": 1e22}, "1" + "0" * 22),
        ({"expression": "1/0"}, "error: division by zero; divide by another number"),
        ({"expression": ""}, "error: not arithmetic: ''; write numbers with + - * / // % ** and parentheses"),
        ({"expression": float("nan")}, "error: not arithmetic: 'nan'; write numbers with + - * / // % ** and parentheses"),
        ({"expression": float("-inf")}, "error: not arithmetic: '-inf'; write numbers with + - * / // % ** and parentheses"),
        ({}, NO_EXPRESSION),
        ({"expr": "6*7"}, f"error: the argument is called expression, not 'expr'; {NO_EXPRESSION.split('; ')[1].replace('...', '6*7')}"),
        ({"expr": "six"}, NO_EXPRESSION),
        ({"left": "6", "right": "7"}, NO_EXPRESSION),
        ({"expression": "25 - 1 = 24"}, "24"),
        ({"expression": "17*48 = 806"}, "816"),
        ({"expression": "17*48 ="}, "816"),
        ({"expression": "17*48 = ?"}, "816"),
        ({"expression": "17 = 4+13"}, "error: not arithmetic: '17 = 4+13'; write numbers with + - * / // % ** and parentheses"),
        ({"expression": "x = 17"}, "error: not arithmetic: 'x = 17'; write numbers with + - * / // % ** and parentheses"),
        ({"expression": None}, NO_EXPRESSION),
        ({"expression": True}, NO_EXPRESSION),
        ({"expression": ["6*7"]}, NO_EXPRESSION),
        ({"expression": {"expression": "6*7"}}, NO_EXPRESSION),
    ],
)
def test_every_call_has_a_reply(arguments: dict[str, object], reply: str) -> None:
    assert reply == calculate(arguments)


@pytest.mark.parametrize("number", [10**5000, -(10**5000), 1e300, 1e-300], ids=["long", "negative", "float", "small"])
def test_a_number_past_the_bounds_is_an_answer_in_words(number: float) -> None:
    assert calculate({"expression": number}).startswith("error: number too large")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.just("expression"), inner, max_size=3),
    max_leaves=5,
)


@UNHURRIED
@given(st.dictionaries(st.just("expression") | st.text(max_size=3), JSON, max_size=2))
def test_a_call_with_any_json_has_a_reply_that_can_be_printed_or_calculated_with(arguments: dict[str, object]) -> None:
    reply = calculate(arguments)
    if not reply.startswith("error: "):
        assert reply == answer_text(evaluate(reply.split(" (about")[0]))
    assert reply.isprintable()


Spelled = tuple[str, "Fraction | None"]  # what Fraction says of it; None where it is not defined or past the bounds

SPELLINGS = {
    "+": ["+", " + ", "＋"],
    "-": ["-", " - ", "−", "－", "–"],
    "*": ["*", " x ", " X ", "×", "·", r" \times ", r"\cdot ", "＊"],
    "/": ["/", " / ", "÷", r" \div ", "／"],
    "//": ["//", " // ", "／／"],
    "%": [" % ", "％"],
    "**": ["**", "^", "＾", " ** "],
}


def worth(sign: str, left: Fraction, right: Fraction) -> Fraction | None:
    if sign in ("/", "//", "%") and not right:
        return None
    value = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "//": lambda: Fraction(left // right),
        "%": lambda: left % right,
        "**": lambda: left ** int(right),
    }[sign]()
    return value if max(abs(value.numerator), value.denominator) <= LARGEST else None


@st.composite
def numbers(draw: st.DrawFn) -> Spelled:
    whole = draw(st.integers(0, 999_999))
    text = draw(st.sampled_from([str(whole), f"{whole:,}", f"0{whole}", f"{whole}.0"]))
    if draw(st.booleans()):
        text = text.translate({ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789,."})
    percent = draw(st.sampled_from(["", "", "%", "％", r"\%"]))
    return (f"({text}{percent})", Fraction(whole, 100)) if percent else (text, Fraction(whole))


@st.composite
def operations(draw: st.DrawFn, inner: st.SearchStrategy[Spelled]) -> Spelled:
    sign = draw(st.sampled_from(list(SPELLINGS)))
    (left, a), (right, b) = draw(inner), draw(st.integers(0, 9).map(lambda power: (str(power), Fraction(power))) if sign == "**" else inner)
    value = None if a is None or b is None else worth(sign, a, b)
    if sign == "/" and draw(st.booleans()):
        return rf"\frac{{{left}}}{{{right}}}", value
    opening, closing = draw(st.sampled_from([("(", ")"), ("（", "）"), (r"\left(", r"\right)"), ("-(", ")"), ("+ (", " )")]))
    signed = f"({opening}{left}{draw(st.sampled_from(SPELLINGS[sign]))}{right}{closing})"
    return signed, -value if value is not None and opening == "-(" else value


@settings(deadline=None, max_examples=400)
@given(st.recursive(numbers(), operations, max_leaves=6).filter(lambda tree: len(tree[0]) <= LONGEST))
def test_however_a_tree_is_spelled_it_is_worth_what_fractions_say(tree: Spelled) -> None:
    expression, value = tree
    if value is None:
        with pytest.raises(CalculatorError, match=r"division by zero|number too large"):
            evaluate(expression)
    else:
        assert value == evaluate(expression)
