r"""What is the same value, what is another, and what cannot be told; and that no text, however hostile, is run or takes long."""

from __future__ import annotations

import subprocess
import sys
import threading
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise import Undecided
from itemwise.expressions import same_expression
from itemwise.extractors.named_extractor import NotTheSame

SAME = [
    (r"\frac{3}{2}", "1.5"),
    ("3/2", r"\dfrac32"),
    ("1\\frac{1}{2}", "3/2"),
    ("1 1/2", "1.5"),
    ("-0.25", r"-\frac{1}{4}"),
    ("1,250", "1250"),
    (r"1{,}250", r"1,\!250"),
    ("12 000", "12000"),
    ("0.1\\overline{6}", "1/6"),
    ("6.5 \\times 10^{-3}", "0.0065"),
    ("2^10", "1024"),
    ("45%", "0.45"),
    ("45", r"45\%"),
    (r"45\%", "45"),
    ("0.45", r"45\%"),
    ("\\$7.50", "7.5"),
    ("7.50 dollars", r"\$7.50"),
    ("-\\$3", "-3"),
    ("75", r"75^\circ"),
    ("75 degrees", r"75^{\circ}"),
    ("75°", "75"),
    ("12 cm", "12"),
    (r"12\text{ cm}^2", "12 square centimeters"),
    ("3 \\text{ m}^2", "3"),
    (r"120 \text{ cm}", r"1.2 \text{ m}"),
    ("2 hours", r"120\text{ minutes}"),
    ("5 million", "5,000,000"),
    ("2 dozen eggs", "24"),
    (r"1.2 \text{ million dollars}", r"\$1{,}200{,}000"),
    (r"x \approx 5", "5"),
    ("2^{3^2}", "512"),
    ("5 units", r"5 \text{ cm}"),
    (r"\sqrt{12}", r"2\sqrt3"),
    ("sqrt(12)", r"2\sqrt{3}"),
    ("2√3", r"\sqrt{12}"),
    (r"\frac{2}{\sqrt{2}}", r"\sqrt{2}"),
    (r"\sqrt[3]{-8}", "-2"),
    ("8^{2/3}", "4"),
    (r"\frac{\pi}{4}", "0.25π"),
    ("e^{i\\pi}", "-1"),
    ("(1+i)^2", "2i"),
    (r"\cos 60^\circ", r"\frac12"),
    (r"\ln e^3", "3"),
    (r"\log_2 8", "3"),
    (r"\sin^2 x + \cos^2 x", "1"),
    (r"\frac{\cos x}{\sin x}", r"\cot x"),
    ("5!", "120"),
    (r"\binom{6}{2}", "15"),
    ("|-7|", "7"),
    (r"\lfloor 2.7 \rfloor", "2"),
    (r"\cos^{-1} x", r"\arccos x"),
    ("(x+2)(x-3)", "x^2 - x - 6"),
    ("3n-2+4", "2+3n"),
    (r"\frac{x^2-1}{x-1}", "x+1"),
    ("a_1 + a_2", "a_{2} + a_1"),
    ("(x+1)^{100}", "(1+x)^{100}"),
    ("x = 7", "7"),
    ("7", "x=7"),
    ("7 = x", "7"),
    ("f(x) = 3x", "3x"),
    ("y = 3x - 1", "3x - y = 1"),
    ("2y-6x=-2", "y=3x-1"),
    ("x = 1/3 \\approx 0.33", r"\frac13"),
    ("(1, 1/2)", r"\left( 1, 0.5 \right)"),
    (r"\langle 1, 2 \rangle", "(1,2)"),
    ("(2,\\infty)", r"(2, \infty)"),
    ("x > 2", r"(2,\infty)"),
    (r"2 < x \le 5", "(2,5]"),
    ("5 \\ge x > 2", r"x \in (2, 5]"),
    ("x<1 or x>4", r"(-\infty,1) \cup (4,\infty)"),
    (r"[1,2] \cup [2,3]", "[1,3]"),
    (r"\mathbb{R}", r"(-\infty,\infty)"),
    (r"\mathbb{R} \setminus \{1\}", r"(-\infty,1)\cup(1,\infty)"),
    ("x \\ne 1", r"(-\infty,1)\cup(1,\infty)"),
    (r"\{3, 1, 2\}", "1, 2, 3"),
    ("{3, 1}", r"\{1,3\}"),
    (r"2 \pm \sqrt{3}", r"2-\sqrt3, 2+\sqrt3"),
    ("x = 4 or x = -4", r"\pm 4"),
    (r"\{1 \pm i, 5\}", "5, 1-i, 1+i"),
    (r"(1,2) \text{ and } (3,4)", "(3,4), (1,2)"),
    ("x=1, x=2", "2,1"),
    (r"\emptyset", r"\{\}"),
    (r"\begin{bmatrix} 1 & 0.5 \\ 0 & 2 \end{bmatrix}", r"\begin{pmatrix}1&\frac12\\0&2\end{pmatrix}"),
    (r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}", "-2"),
    ("1011_2", "01011_2"),
    ("31", "31_5"),
    (r"\text{Monday}", "monday"),
    ("Monday.", r"\text{Monday}"),
    ("B", r"\text{(B)}"),
    (r"\textbf{(B)}", r"\text{(B)}"),
    (r"\boxed{5}", "5"),
    (r"$5$", "5."),
    (r"\(5\)", r"\left(5\right)"),
    ("1,\\ 2", "2, 1"),
    (r"2\;345\;678", "2345678"),
    (r"2\text{,}345", "2345"),
    (r"222, \! 333", "222333"),
    ("3.5x10^{-2}", "0.035"),
    ("7 × 10²³", r"7 \cdot 10^{23}"),
    ("USD 12.40", "12.4"),
    ("€15", "15"),
    ("28 pct", "0.28"),
    ("40^o", r"40^{\circ}"),
    ("6 sq. units", "6"),
    (r"7\,\frac{\text{km}}{\text{h}}", r"7 \text{ km/h}"),
    ("9 miles per hour", r"9 \text{ mph}"),
    (r"8 {cm}", "8"),
    ("1/6", "0.1666..."),
    (r"0.272727\ldots", r"\frac{3}{11}"),
    (r"0.\dot{1}4285\dot{7}", r"\frac{1}{7}"),
    (r"{5 \over 8}", "0.625"),
    (r"\sqrt{{1 \over 4}}", "0.5"),
    (r"{6 \choose 2}", "15"),
    (r"\binom{n}{3}", r"\frac{n(n-1)(n-2)}{6}"),
    ("∛24", r"2\sqrt[3]{3}"),
    ("cbrt(24)", r"2\sqrt[3]{3}"),
    (r"\sqrt.25", "0.5"),
    (r"x\left[ x - 1 \right]", "x^2 - x"),
    (r"4\operatorname{cis} 90^\circ", "4i"),
    (r"\text{sin}(x)\cdot 2", r"2\sin x"),
    (r"\bar{z} + 1", r"1 + \overline{z}"),
    (r"\vec{v}", r"\mathbf{v}"),
    (r"\textcolor{red}{\underline{5}}", "5"),
    ("**5**", "5"),
    ("\x0crac{1}{2}", r"\frac{1}{2}"),
    ("frac{1}{2}", "0.5"),
    (r"\Rightarrow x = 5", "5"),
    ("+/- 3", r"\pm 3"),
    ("negative 3", "-3"),
    ("exactly 3", "3"),
    (r"\text{five}", "5"),
    ("negative infinity", r"-\infty"),
    (r"5 \text{ (mod 7)}", "5"),
    ("-212_3", "-212"),
    ("212₃", r"212_{\text{three}}"),
    ("1B_{12}", "1B_{12}"),
    ("2a_{16}", "2A_{16}"),
    ("101.1_2", "101.10_2"),
    ("34_b", "34"),
    ("34 base 7", "34_7"),
    (r"\{x \mid x < 4\}", r"(-\infty, 4)"),
    (r"\{x \in \mathbb{R} : -1 \le x < 4\}", "[-1, 4)"),
    ("]-1, 4[", "(-1, 4)"),
    ("(-1, 4) \\cap [0, 9]", "[0, 4)"),
    ("x > -1 and x \\le 4", "(-1, 4]"),
    (r"x = 1 \text{ or } x > 4", r"\{1\} \cup (4, \infty)"),
    ("3 - 2x < 7", "x > -2"),
    ("1 \\le 2x + 3 < 7", "[-1, 2)"),
    ("0 < f(x) < 1", "(0, 1)"),
    (r"\mathbb R - \{2\}", r"(-\infty, 2) \cup (2, \infty)"),
    (r"\text{all real numbers}", r"(-\infty, \infty)"),
    (r"\text{empty set}", r"\emptyset"),
    (r"\{1, 2, 2\}", "1, 2"),
    ("(1, 2), (3, 4), (1, 2)", "(3, 4), (1, 2)"),
    (r"\text{A and C}", r"\text{C, A}"),
    ("(x, y) = (2, 3)", "(2, 3)"),
    ("y = 3, x = 2", "(x, y) = (2, 3)"),
    ("x = 2, y = 3", "(2, 3)"),
    ("f(2) = 3", "3"),
    (r"\frac{AB}{CD} = \frac{1}{3}", "1/3"),
    (r"\frac{1}{2} \begin{pmatrix} 2 \\ 8 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 4 \end{pmatrix}"),
    (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix} - \begin{pmatrix} 0 \\ 3 \end{pmatrix}", r"\begin{pmatrix} 1 \\ -1 \end{pmatrix}"),
    ("5 : 2", "5:2"),
    ("5 to 2", "5:2"),
    ("3:45 PM", r"\text{3:45 p.m.}"),
    ("the ellipses", r"\text{ellipse}"),
    ("Red", r"\text{red}"),
]
OTHER = [
    ("0.33", r"\frac13"),
    ("1.4142", r"\sqrt 2"),
    ("0.333333", "1/3"),
    ("11111111101", "11111111100"),
    ("-5", "5"),
    ("1250", "12,500"),
    ("1,2", "12"),
    (r"46\%", "0.45"),
    ("5 million", "5"),
    (".5", "5"),
    ("4500%", "45%"),
    ("12 cm", r"12\text{ m}"),
    (r"12\text{ cm}^2", r"12 \text{ cm}^3"),
    ("5 dollars", "5 cents"),
    ("76°", r"75^\circ"),
    ("75 minutes", r"75^\circ"),
    (r"\sqrt{13}", r"2\sqrt3"),
    ("2i", "2"),
    (r"\pi", "3.14"),
    ("x^2-x-6", "(x+2)(x+3)"),
    ("2^x", "x^2"),
    ("x", "y"),
    ("(x+1)^{99}", "(1+x)^{100}"),
    ("x = 7", "8"),
    ("y = 3x - 1", "y = 3x + 1"),
    ("y=3x", "y>3x"),
    ("(2,1)", "(1,2)"),
    ("(1,2]", "(1,2)"),
    ("[1,2]", "(1,2)"),
    ("(1,2,3)", "(1,2)"),
    (r"(-\infty, 2]", r"(-\infty, 2)"),
    (r"[0,1] \cup [2,3]", "[0,3]"),
    ("x \\ge 2", r"(2,\infty)"),
    ("1, 2", "1, 2, 3"),
    (r"\{1, 2, 4\}", "1, 2, 3"),
    (r"2 + \sqrt{3}", r"2 \pm \sqrt{3}"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}2\\1\end{pmatrix}"),
    ("1010_2", "11_{10}"),
    ("32_5", "31_5"),
    ("31_6", "31_5"),
    ("Tuesday", r"\text{Monday}"),
    ("5", r"\text{Monday}"),
    ("C", r"\text{(B)}"),
    (r"\text{none}", "5"),
    ("tac", r"\text{cat}"),
    ("(1,2)", "3"),
    ("5", "(5,6)"),
    ("x=5 or x=6", "5"),
    ("3=4", "5=7"),
    (r"\text{no solution}", "0"),
    ("800000.0001", "800000"),
    ("11 USD", "12"),
    (r"4 \text{ units}^3", r"4 \text{ units}^2"),
    ("-211_3", "-212_3"),
    ("-212_3", "212"),
    ("1B_{12}", "1A_{12}"),
    ("3 - 2x < 7", "x < -2"),
    ("x > -1 and x < 4", "x > -1"),
    ("(-1, 4) \\cap [0, 9]", "[0, 9]"),
    (r"\{x \mid x \le 4\}", r"(-\infty, 4)"),
    ("x = 2, y = 3", "y = 2, x = 3"),
    ("(x, y) = (2, 3)", "(3, 2)"),
    (r"2 \begin{pmatrix} 2 \\ 8 \end{pmatrix}", r"\begin{pmatrix} 2 \\ 8 \end{pmatrix}"),
    ("2:5", "5:2"),
    ("3:45 a.m.", "3:45 p.m."),
    ("The store should charge 20 for it, (at most).", "30"),
    ("There is no such two-digit number (none at all).", "5"),
]
UNCLEAR = [
    ("42", "52_8"),
    (r"\frac{\pi}{6}", r"30^\circ"),
    ("(1,2)", "1,2"),
    ("(1,2)", r"\begin{pmatrix}1\\2\end{pmatrix}"),
    ("(B) 12", r"\text{(B)}"),
    (r"\text{Monday morning}", r"\text{Monday}"),
    ("12 apples", "12 pears"),
    ("[1,2,3]", "(1,2,3)"),
    ("n = 5", "m = 5"),
    (r"\sqrt{x^2}", "x"),
    (r"\log 2", r"\ln 2"),
    ("1/2x", r"\frac{x}{2}"),
    (r"\int_0^1 x dx", r"\frac12"),
    ("5 5", "25"),
    ("(1", "1"),
    ("", "5"),
    ("5 m", r"5 \text{ cm}"),
    ("x^2 - 4", "x^2 - 4 = 0"),
    (r"\foo{5}", "5"),
    ("5 ? 6", "5"),
    ("19_8", "17"),
    ("1 2", "12"),
    (r"0.5\%", "0.5"),
    (r"\text{at least 5}", "5"),
    ("2^3^2", "512"),
    (r"\text{not even}", r"\text{even}"),
    ("0.3333333333", "1/3"),
    ("3.14159265359", r"\pi"),
    ("326.4999999999", "326.5"),
    ("1011_2", "11_{10}"),
    ("3.14...", r"\pi"),
    ("1, 2, 3, ...", "1, 2, 3"),
    ("a_", "a_*1"),
    ("10:4", "5:2"),
    (r"1 \le |z| \le 2", "[1, 2]"),
    ("f(1) < f(2) < f(3)", "f(2) < f(1) < f(3)"),
    (r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}^2", r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}"),
    ("It should charge 20 for the book, or more.", "20"),
]


def told(answer: str, gold: str) -> bool | None:
    """True, False, or None where it is undecided."""
    try:
        return same_expression(answer, gold)
    except Undecided:
        return None


@pytest.mark.parametrize(("answer", "gold"), SAME)
def test_what_has_the_value_of_the_gold_is_the_same_either_way_round(answer: str, gold: str) -> None:
    assert (told(answer, gold), told(gold, answer), told(gold, gold)) == (True, True, True)


@pytest.mark.parametrize(("answer", "gold"), OTHER)
def test_what_has_another_value_is_not_the_same(answer: str, gold: str) -> None:
    assert told(answer, gold) is False
    assert told(gold, answer) is not True


@pytest.mark.parametrize(("answer", "gold"), UNCLEAR)
def test_what_cannot_be_told_is_undecided(answer: str, gold: str) -> None:
    assert told(answer, gold) is None


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("2 + 5 = 7", "7"),
        ("k + m = 7", "7"),
        (r"g \star h = 3 + 4 = 7", "7"),
        ("= 3 + 4", "7"),
        (r"x \equiv 7 \pmod{11}", "7"),
        ("7^{\\text{th}}", "7"),
        (r"\\frac{1}{2}", "1/2"),
        (r"(1+2i)6 - 3i", "6+9i"),
        ("a = b = 7", "7"),
        (r"\text{twelve}", "12"),
        ("the answer is 3", "3"),
        ("Answer: 3", "3"),
        ("Option B", r"\text{(B)}"),
    ],
)
def test_what_an_answer_says_besides_is_no_matter(answer: str, gold: str) -> None:
    assert told(answer, gold) is True


def test_no_answer_is_not_the_same_and_the_same_text_is_however_little_is_understood() -> None:
    assert told(None, "5") is False  # type: ignore[arg-type]
    assert told(r"\int f \, dx", r"$\int f dx$.") is True


def test_why_is_said() -> None:
    with pytest.raises(
        Undecided, match=r"^'5 5' is not compared with '25': the answer is not understood, two numbers stand beside each other$"
    ):
        same_expression("5 5", "25")


NUMBERS = st.fractions(min_value=-50, max_value=50, max_denominator=40)


def written(number: Fraction) -> st.SearchStrategy[str]:
    """A number in one of the ways of writing it."""
    sign, above, below = "-" if number < 0 else "", abs(number.numerator), number.denominator
    ways = [
        f"{sign}\\frac{{{above}}}{{{below}}}",
        f"{sign}\\dfrac{{{above}}}{{{below}}}",
        f"{sign}{above}/{below}",
        f"\\frac{{{sign}{above}}}{{{below}}}",
    ]
    ways += [str(number.numerator), f"{number.numerator}.0"] if below == 1 else []
    ways += [f"{float(number)!r}"] if Fraction(repr(float(number))) == number and "e" not in repr(float(number)) else []
    return st.sampled_from(
        [*ways, *(f"$ {way} $." for way in ways), *(f"\\left( {way} \\right)" for way in ways), *(f"x = {way}" for way in ways)]
    )


@given(st.data(), NUMBERS, NUMBERS)
@settings(max_examples=80, deadline=None)
def test_a_number_is_the_same_in_every_writing_and_no_other(data: st.DataObject, number: Fraction, other: Fraction) -> None:
    answer = data.draw(written(number))
    assert told(answer, data.draw(written(number))) is True
    assert told(answer, data.draw(written(other))) is (number == other)


@given(st.lists(NUMBERS, min_size=2, max_size=5, unique=True), st.randoms(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_set_has_no_order_and_a_point_has(numbers: list[Fraction], shuffle: object, data: st.DataObject) -> None:
    turned = data.draw(st.permutations(numbers))
    texts, others = ([data.draw(written(number)).rstrip(".").removeprefix("x = ") for number in each] for each in (numbers, turned))
    assert told(f"\\{{{', '.join(texts)}\\}}", ", ".join(others)) is True
    assert told(f"({', '.join(texts)})", f"\\left({', '.join(others)}\\right)") is (numbers == turned)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=5), st.integers(-9, 9))
@settings(max_examples=40, deadline=None)
def test_a_polynomial_is_the_same_multiplied_out(roots: list[int], change: int) -> None:
    coefficients = [1]
    for root in roots:
        shifted, scaled = [*coefficients, 0], [0, *(-root * each for each in coefficients)]
        coefficients = [one + other for one, other in zip(shifted, scaled, strict=True)]
    coefficients[-1] += change
    degree = len(roots)
    expanded = " + ".join(f"({each})x^{{{degree - place}}}" for place, each in enumerate(coefficients))
    assert told("".join(f"(x - ({root}))" for root in roots), expanded) is (change == 0)


HOSTILE = {
    "a tower of powers": "9^{9^{9^{9}}}",
    "roots within roots": "\\sqrt{" * 5000 + "2" + "}" * 5000,
    "roots as deep as is read": "\\sqrt{" * 35 + "2" + "}" * 35,
    "a million factors": "x*" * 1_000_000 + "x",
    "a high power of a sum": "(x+1)^{10000}",
    "factorials of factorials": "((100!)!)!",
    "the largest factorials that are computed": "*".join(["300!"] * 60),
    "a huge matrix": "\\begin{pmatrix}" + "\\\\".join(["&".join(["1"] * 300)] * 300) + "\\end{pmatrix}",
    "a megabyte of digits": "7" * 1_000_000,
    "a megabyte of brackets": "(" * 1_000_000,
    "signs": "-" * 3900 + "1",
    "exponentials": "e^{e^{e^{e^{e}}}}",
    "a number in floating point": "1.5e999999999",
    "a binomial coefficient": "\\binom{10^9}{10^8}",
    "many roots": "+".join(f"\\sqrt{{{number}}}" for number in range(2, 90)),
    "many fractions": "+".join(f"\\frac{{1}}{{{10**20 + number}}}" for number in range(35)),
    "functions within functions": "\\sin(" * 35 + "x" + ")" * 35,
    "a set of formulas": ",".join(f"\\sqrt{{{number}}}" for number in range(2, 32)),
    "a power of a unit": "6 \\text{cm}^{999999999}",
    "plus or minus many": "\\pm 1" * 100,
    "a product of matrices": "*".join([r"\begin{pmatrix} x & 2 \\ x & 0 \end{pmatrix}"] * 12),
    "sums and products of matrices": "+".join([r"x\begin{pmatrix} x & 2 \\ x & 0 \end{pmatrix}"] * 12),
    "a long factor of a matrix": r"\sqrt2" * 100 + r"\begin{pmatrix} x & 2 \\ x & 0 \end{pmatrix}",
    "logarithms to a huge base": "*".join(["\\log_{2.5e300}{3}"] * 20),
    "a run of backslashes": "\\" * 3999,
    "digits that may have a base": "7" * 3999,
    "stars around nothing": "*" * 1999 + "x",
    "brackets the wrong way round": "]1," * 1300,
    "raised digits": "9" + "⁹" * 3900,
    "conditions within each other": "\\{x|" * 35 + "x>1" + "\\}" * 35,
    "a chain of inequalities": "<".join(["x+\\sqrt{2}"] * 40),
    "a fraction over and over": "{" * 30 + "1" + "\\over 2}" * 30,
    "code": "__import__('os').system('touch /tmp/ran')",
    "a call": "exec(open('x').read())",
    "a lambda": "(lambda: 0)()",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_undecided_or_another_value_in_a_thread_too(name: str) -> None:
    finished: list[bool | None] = []
    thread = threading.Thread(target=lambda: finished.append(told(HOSTILE[name], "5")), daemon=True)
    thread.start()
    thread.join(20)
    assert finished, "it was not over after 20 seconds"
    assert finished[0] is not True


def test_all_hostile_texts_end_in_a_process_that_would_be_killed() -> None:
    program = (
        "import tests.expressions.test_same_expression as asked\n"
        "print([asked.told(text, gold) for text in asked.HOSTILE.values() for gold in ('x + \\\\sqrt{2}', '(1, 2)')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.count(",") == 2 * len(HOSTILE) - 1
    assert "True" not in done.stdout


def test_an_answer_that_an_extractor_has_refused_is_not_compared_again() -> None:
    assert (same_expression("2/12", "1/6"), same_expression(NotTheSame("2/12"), "1/6")) == (True, False)
