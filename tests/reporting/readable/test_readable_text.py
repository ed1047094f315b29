"""Any text becomes a tree of known elements in little time, or is said to be too much."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.parser_inline import ParserInline

from itemwise.reporting.readable import LONGEST, TooMuchError, Tree, readable_text
from itemwise.reporting.readable.readable_text import _parser

ELEMENTS = "div p h5 ul ol li blockquote pre code strong em s hr mark table thead tbody tr th td".split()  # noqa: SIM905
MATHS = {"math", "mrow", "mi", "mn", "mo", "mfrac", "mtext", "msup", "msub", "msubsup", "msqrt", "mspace", "mstyle", "mtable", "mtr", "mtd"}
PIECES = [
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "# ",
    "|",
    "|---|---|\n",
    "[x](javascript:y)",
    "![x](http://y)",
    "~~",
    "&lt;",
]
PIECES += [
    "<script>",
    "<b>",
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\frac{1}{2}",
    "18",
    " words ",
    "\\",
    "    ",
    "\t",
    "\r",
    "\0",
    "\ud800",
    "\ufdd0",
]


def names(tree: Tree) -> set[str]:
    return {tree[0]} | {name for child in tree if isinstance(child, list) for name in names(child)}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.integers(0, 60), st.integers(0, 3))
def test_any_text_gives_known_elements(text: str, start: int, size: int) -> None:
    tree = readable_text(text, (min(start, len(text)), min(start + size, len(text))))
    assert tree is None or names(tree) <= {*ELEMENTS, *MATHS}


@given(st.text("ab1 \n!#$%&*+-:<=>@[]\\^_`{}~"))
def test_signs_of_rules_that_are_off_are_text(text: str) -> None:
    """The library stops at each of them: all trees are those that it makes then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parser().inline, "terminator_re", ParserInline().terminator_re)
        expected = readable_text(text)
    assert readable_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words, 3 * 4 = 12.",
        "two\nlines (with: signs)",
        "a-b and 2 > 1",
        '{"answer": 18}',
        "snake_case",
        "6*7=42",
        "6*7 = 42 * 1 = 42",
        "She earns $18 a day.",
        "$18\nand $20",
        "the key ` opens",
        "~5 km",
    ],
)
def test_a_text_without_markdown_reads_as_it_stands(text: str) -> None:
    assert readable_text(text) is None


def test_markdown_is_read() -> None:
    text = "# A *b*\n\n3. c\n   `d`\n\n> ~~e~~\n\n```py\nf\n```\n\n| g | h |\n|---|---|\n| 1 | 2 |\n\n---\n"
    assert readable_text(text) == [
        "div",
        ["h5", "A ", ["em", "b"]],
        ["ol", {"start": "3"}, ["li", "c", "\n", ["code", "d"]]],
        ["blockquote", ["p", ["s", "e"]]],
        ["pre", ["code", "f"]],
        ["table", ["thead", ["tr", ["th", "g"], ["th", "h"]]], ["tbody", ["tr", ["td", "1"], ["td", "2"]]]],
        ["hr"],
    ]


@pytest.mark.parametrize(
    "text", ["[x](javascript:y)", "![x](http://y/z.png)", "<b>x</b>", "<http://y>", "[x]\n\n[x]: http://y", "<!-- x -->"]
)
def test_links_pictures_and_html_are_text(text: str) -> None:
    tree = readable_text(f"**a** {text}")
    assert tree is not None
    assert names(tree) == {"div", "p", "strong"}
    assert "".join(part for block in tree[1:] for part in block if isinstance(part, str) and part != "p").strip() == text.replace(
        "\n\n", ""
    )


@pytest.mark.parametrize("text", ["*" * (LONGEST + 1), "# \n" * 6000, "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "|a\n" * 200])
def test_what_is_too_much_is_said(text: str) -> None:
    with pytest.raises(TooMuchError, match=r"more than 5,000 elements|than 20,000 c"):
        readable_text(text)


HARD = ["*", "*a ", "a**b", "\\(", "\\[\n", "$", "$$ a\n", "$a ", "`", "`a ", "[", ">", "> a\n", "- ", "1. ", "a\n=\n", "&a;", "\\*", "<a "]
HARD += ["[a](b)", "```\n", "~~a", "$x$ ", "$\\text{$ ", "$\\verb|", "*[_`$", "> - ", "\\frac{", "<b>", "|a\n"]


@pytest.mark.parametrize("piece", HARD)
def test_a_text_made_to_be_slow_ends(piece: str) -> None:
    text = (piece * LONGEST)[: LONGEST - 10] + "`x` $y$"
    start = time.process_time()
    with suppress(TooMuchError):
        readable_text(text, (LONGEST - 9, LONGEST - 8))
    assert time.process_time() - start < 5
