"""LaTeX becomes MathML of a few elements and attributes, or nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.reporting.readable.formula import END, START, Tree, formula

PIECES = [
    "x",
    "18",
    "\\frac",
    "{",
    "}",
    "^",
    "_",
    "\\sqrt",
    "\\left(",
    "\\right)",
    "\\text{",
    "&",
    "\\\\",
    "\\begin{matrix}",
    "\\end{matrix}",
]
PIECES += ["\\href{javascript:x}", "<script>", "\\unicode{", "\\verb|", "'", "\\not", "\\color{red}", "\\hspace{9em}", "&#60;", START, END]


def names(tree: Tree) -> set[str]:
    return {tree[0]} | {name for child in tree if isinstance(child, list) for name in names(child)}


def attributes(tree: Tree) -> dict[str, str]:
    own = tree[1] if len(tree) > 1 and isinstance(tree[1], dict) else {}
    return own | {name: value for child in tree if isinstance(child, list) for name, value in attributes(child).items()}


def texts(tree: Tree) -> str:
    return "".join(texts(child) if isinstance(child, list) else child if isinstance(child, str) else "" for child in tree[1:])


def read(tree: Tree) -> list[str]:
    inner = [word for child in tree if isinstance(child, list) for word in read(child)]
    is_read = any(isinstance(part, dict) and part.get("class") == "read" for part in tree)
    return [texts(tree)] if is_read else inner


def test_a_fraction_is_drawn_as_one() -> None:
    assert formula(r"\frac{3}{5}") == ["math", {"display": "inline"}, ["mrow", ["mfrac", ["mrow", ["mn", "3"]], ["mrow", ["mn", "5"]]]]]


@pytest.mark.parametrize(
    ("latex", "said"),
    [(r"\text{<b>&amp;}", "<b>&"), (r"a < b \& c", "a<b&c"), (r"6 \times \$5", "6×$5"), (r"\foo{3}", r"\foo3"), (r"\boxed{18}", "18")],
)
def test_words_stay_words(latex: str, said: str) -> None:
    tree = formula(latex)
    assert tree is not None
    assert texts(tree) == said


@pytest.mark.parametrize(
    "latex", [r"\href{javascript:x}{y}", r"\style{color:red}{y}", r"\class{big}{y}", r"\hspace{-9em}y", r"\hspace{999em}y"]
)
def test_what_an_attribute_may_say_is_known(latex: str) -> None:
    tree = formula(latex)
    assert tree is None or attributes(tree) == {"display": "inline"}


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{1}",
        r"x^",
        r"\left( x",
        "{" * 900,
        "x" * 3000,
        r"\frac{1}{" * 60 + "x" + "}" * 60,
        r"\newcommand{\a}{\a\a}\a",
        r"\def\a{\b\b}\a",
        "",
    ],
)
def test_what_is_broken_too_long_too_deep_or_expands_is_no_formula_or_still_one(latex: str) -> None:
    start = time.process_time()
    tree = formula(latex)
    assert tree is None or tree[0] == "math"
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("latex", "marked"),
    [
        (rf"6 \times 3 = {START}18{END}", ["18"]),
        (rf"\boxed{{{START}18{END}}}", ["18"]),
        (rf"\text{{it is {START}18{END}}}", ["it\xa0is\xa018"]),
        (rf"\frac{START}1{END}2", ["12"]),  # these marks are no part of a formula: all of it is marked
        (f"{START}x = 18{END}", ["x", "=", "18"]),
    ],
)
def test_what_was_read_is_marked(latex: str, marked: list[str]) -> None:
    tree = formula(latex)
    assert tree is not None
    assert read(tree) == marked
    assert START not in str(tree)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.booleans())
def test_any_text_gives_known_elements_or_none(latex: str, display: bool) -> None:
    tree = formula(latex, display=display)
    if tree is not None:
        assert all(name.startswith("m") and name.isalpha() for name in names(tree))
        assert not {"href", "style", "mathcolor"} & attributes(tree).keys()
        assert not {START, END} & set(texts(tree))


def test_a_formula_that_recurs_is_the_same_each_time_whatever_of_it_was_read() -> None:
    plain, marked = "x = 18", f"x = {START}18{END}"
    first = [formula(plain), formula(marked), formula(plain, display=True)]
    assert [formula(plain), formula(marked), formula(plain, display=True)] == first
    assert (read(first[0] or []), read(first[1] or [])) == ([], ["18"])
