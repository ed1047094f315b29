"""Which signs open and close a formula, and which are prices."""

from __future__ import annotations

import pytest

from itemwise.reporting.readable import readable_text


def formulas(text: str) -> int:
    return str(readable_text(text)).count("['math'")


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and then $10.",
        "It costs $20, and 30$ more.",
        "**$5** and **$10**, so $15 in all",
        "$5-$7",
        "2$ + 3$ = 5$",
        "$ x $",
        "a $x\ny$ b",
        r"\$x\$",
        r"\$5 and \$7, or $5 (\$7 in all) and $8",
        "costs $5 and $7",
        "US$5k/$7k, $5=$5, $2*$3=$6, between $5–$7",
        "$1,000 a month, or $.50 an hour ($8/day)",
        "$HOME and $PATH",
        r"$5 \\$7",
        "`$x$` and `\\(y\\)`",
        r"\\(x\\)",
        "$$",
        r"\(\)",
        r"an open \( and an open \[",
        "    \\[ x \\]",
    ],
)
def test_no_formula(text: str) -> None:
    assert formulas(text) == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("$x$ and $3y$, $3 \\text{ apples}$, $18$", 4),
        (r"\(x\) and \[y\] and $$z$$", 3),
        (r"$9 \times \$2 = \$18$ and $\$18$, $P = \$5$", 3),
        (r"costs $5, so \$5 each and $x = \$3$ more", 1),
        (r"cost $C$ is $5", 1),
        ("\\[\nx\n- 3\n= 4\n\\]", 1),
        ("So:\n\\[ x \\]\nthen", 1),
        ("1. a\n   \\[ x\n   + y \\]\n2. b", 1),
        ("> $$\n> x\n> $$", 1),
        ("> \\[ x\n\n\\]", 0),
        ("| a | b |\n|---|---|\n| \\(x\\) | $y$ |", 2),
        ("**\\(x\\)**", 1),
    ],
)
def test_formulas(text: str, count: int) -> None:
    assert formulas(text) == count


def test_a_broken_formula_is_shown_as_it_was_written() -> None:
    assert readable_text(r"so \(\frac{1}\) it is") == ["div", ["p", "so ", ["code", r"\(\frac{1}\)"], " it is"]]
