r"""Formulas for markdown-it: ``\( \)``, ``\[ \]``, ``$ $`` and ``$$ $$``, a block where they stand on lines of their own.

A dollar is more often a price: ``$`` opens no formula before a space or after a digit, and closes none after a space, before a digit or
behind a backslash, as in pandoc; one line holds both; and a number followed by words is no formula. Each rule looks ahead with ``str.find``
alone, so that a text of nothing but openings takes no longer than any other. As the rules are tried at every block and sign, they count the
work of parsing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from itemwise.reporting.readable.formula import END, START

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

__all__ = ["add_formulas", "inside"]

_CLOSES = {r"\[": r"\]", r"\(": r"\)", "$$": "$$", "$": "$"}  # the longer first
_BLOCKS = (r"\[", "$$")
_COMMAND = re.compile(r"\\[A-Za-z]+(?:\{[^{}]*\})?")
_WORD = re.compile(r"[A-Za-z]{2}")
_MARKS = str.maketrans("", "", START + END)


def add_formulas(parser: MarkdownIt) -> None:
    """Adds the rules; a formula is a token ``formula`` whose content has its delimiters, and whose `block` says how it is shown."""
    parser.inline.ruler.before("escape", "formula", _inline)
    parser.block.ruler.before("fence", "formula", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def inside(content: str) -> str:
    """A formula without its delimiters; a mark outside of these goes in."""
    stripped = content.strip()
    bare = stripped.removeprefix(START).removesuffix(END)
    size = 1 if bare[:1] == "$" and bare[:2] != "$$" else 2
    return START * stripped.startswith(START) + bare[size:-size] + END * stripped.endswith(END)


def _inline(state: StateInline, silent: bool) -> bool:
    state.env["work"].add()
    opens = next((sign for sign in _CLOSES if state.src.startswith(sign, state.pos)), None)
    if opens is None:
        return False
    start = state.pos + len(opens)
    end = _unescaped(state.src, _CLOSES[opens], start, state.posMax)
    if end < 0 or not state.src[start:end].strip() or (opens == "$" and not _is_no_price(state.src, start, end)):
        return False
    state.pos, begin = end + len(opens), state.pos
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.block = state.src[begin : state.pos], opens in _BLOCKS
    return True


def _unescaped(text: str, sign: str, start: int, most: int) -> int:
    r"""Where `sign` stands first; a dollar behind a backslash is the sign of money in a formula, as in ``$9 \times \$2$``."""
    end = text.find(sign, start, most)
    while sign == "$" and _is_escaped(text, start, end):
        end = text.find(sign, end + 1, most)
    return end


def _is_escaped(text: str, start: int, place: int) -> bool:
    first = place
    while first > start and text[first - 1] == "\\":
        first -= 1
    return (place - first) % 2 == 1


def _is_no_price(text: str, start: int, end: int) -> bool:
    within = text[start:end].translate(_MARKS)
    before, after = text[:start][-3:-1].translate(_MARKS)[-1:], text[end + 1 : end + 3].translate(_MARKS)[:1]
    if not within or within[0].isspace() or within[-1].isspace() or "\n" in within or within[-1] == "\\":
        return False
    is_priced = within[0].isdigit() and _WORD.search(_COMMAND.sub("", within))
    return not (before.isdigit() or after.isdigit() or is_priced)


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    state.env["work"].add()
    start = state.bMarks[start_line] + state.tShift[start_line]
    opens = state.src[start : start + 2]
    if opens not in _BLOCKS or state.is_code_block(start_line):
        return False
    end = state.src.find(_CLOSES[opens], start + 2, state.eMarks[end_line - 1])
    if end < 0:
        return False
    line = start_line + state.src.count("\n", start, end)
    if line >= end_line or state.src[end + 2 : state.eMarks[line]].strip() or not state.src[start + 2 : end].strip():
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.block = state.getLines(start_line, line + 1, state.blkIndent, False), True
        token.map = [start_line, line + 1]
    state.line = line + 1
    return True
