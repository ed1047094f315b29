"""Where the words that were read lie in a text that is parsed as Markdown: they are set between two marks before its lines are parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itemwise.reporting.readable.formula import END, START

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

__all__ = ["set_marks"]

_HELD_IN = ("inline", "fence", "code_block", "formula")  # tokens that hold lines as they were written


def set_marks(state: StateCore) -> None:
    """A core rule between those for blocks and for what is in their lines; it looks for ``state.env["span"]``, the start and end in the
    source. Words that cannot be found in their block again get no mark."""
    if (span := state.env.get("span")) is None:
        return
    start, end = span
    number = state.src.count("\n", 0, start)
    line_start = state.src.rfind("\n", 0, start) + 1
    line = state.src[line_start:].partition("\n")[0].rstrip()
    words = state.src[start:end]
    holding = [token for token in state.tokens if token.type in _HELD_IN and token.map and token.map[0] <= number < token.map[1]]
    if len(holding) > 1:  # the cells of a table
        holding = [token for token in holding if words in token.content]
    if len(holding) == 1 and (at := _place(holding[0], number, len(line) - (start - line_start), words)) is not None:
        content = holding[0].content
        holding[0].content = content[:at] + START + words + END + content[at + len(words) :]


def _place(token: Token, number: int, from_end: int, words: str) -> int | None:
    """The offset of `words` in a token, `from_end` before the end of the source's line `number`, as blocks cut what stands before a line,
    such as the sign of a list; or that of their only place."""
    assert token.map
    lines = token.content.split("\n")
    index = number - token.map[0] - (token.type == "fence")
    if 0 <= index < len(lines):
        at = sum(len(line) + 1 for line in lines[:index]) + len(lines[index].rstrip()) - from_end
        if at >= 0 and token.content.startswith(words, at):
            return at
    return token.content.index(words) if token.content.count(words) == 1 else None
