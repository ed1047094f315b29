"""What was read is found again in what Markdown makes of its line."""

from __future__ import annotations

import pytest

from itemwise.reporting.readable import Tree, readable_text


def marked(tree: Tree | None) -> list[str]:
    assert tree is not None
    inner = [word for child in tree if isinstance(child, list) for word in marked(child)]
    return [tree[-1]] if tree[0] == "mark" or {"class": "read"} in tree else inner


@pytest.mark.parametrize(
    "text",
    [
        "It is **«18»**, not 18.0",
        "18. one\n19. it is «18»\n",
        "1. **a**\n   - `x`: «18» or 18",
        "> *so* it is «18»  \n> or 18",
        '```json\n{"n": 18, "answer": «18»}\n```',
        "- a\n\n  ```\n  18\n  «18»\n  ```",
        "#### «18»",
        "| a | b |\n|---|---|\n| «18» | x |",
        "*a*\r\n*b*\r\nit is «18»",
        "\tcode 18\n\tcode «18»",
        "\\[ 6 \\times 3 = «18» \\]",
        "so \\( \\boxed{«18»} \\), 18",
        "it is $«18»$.",
        "`«18»`",
    ],
)
def test_it_is_marked_where_it_stands(text: str) -> None:
    start, end = text.index("«"), text.index("»") - 1
    assert marked(readable_text(text.replace("«", "").replace("»", ""), (start, end))) == ["18"]


def test_it_is_the_one_that_was_read() -> None:
    assert readable_text("18 or\n*18*", (7, 9)) == ["div", ["p", "18 or", "\n", ["em", ["mark", "18"]]]]


@pytest.mark.parametrize(("text", "span"), [("| a | a |\n|---|---|\n| 18 | 18 |", (27, 29)), ("18. **x**", (0, 2)), ("**x**", (1, 1))])
def test_what_cannot_be_found_again_is_not_marked(text: str, span: tuple[int, int]) -> None:
    assert marked(readable_text(text, span)) == []
