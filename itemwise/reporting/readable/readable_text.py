"""Markdown with formulas as a tree of elements. Links stay the text that they are, pictures and HTML too: none of their rules is on."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from itemwise.reporting.readable.formula import END, START, Tree, formula
from itemwise.reporting.readable.formula_rules import add_formulas, inside
from itemwise.reporting.readable.read_span import set_marks
from itemwise.reporting.readable.work import Budget, TooMuchError, Work

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["LONGEST", "Tree", "readable_text", "tree_or_reason"]

LONGEST = 20_000  # characters of a text that is parsed
_MOST = 5000  # elements and texts of a tree
_MOST_CELLS = 20_000  # of tables, before they are counted
_OFF = ("link", "image", "autolink", "html_inline", "html_block", "reference")
_SIGNS = re.compile(r"[\n\\$`~*_&]")  # that a rule of those that are on begins with: the library stops at those of all its rules
_ELEMENTS = {"heading": "h5", "paragraph": "p"}  # what is not called by its own tag: headings stand below the page's own
_MARKUP = re.compile(  # a text without any of these is its own tree, unless it emphasises
    r"`[^`]*`|\$[^$\n]*\$|~~|[\\|]|&[#\w]|__|\b_|_\b|^[ \t]*(?:#{1,6}\s|[-+*]\s|\d{1,9}[.)]\s|>|={2,}|-{2,}| {4}|\t)", re.MULTILINE
)
_OPENING_STAR, _CLOSING_STAR = re.compile(r"\*(?=\S)"), re.compile(r"(?<=\S)\*")
_MARK = re.compile(f"([{START}{END}])")


def readable_text(text: str, span: tuple[int, int] | None = None, budget: Budget | None = None) -> Tree | None:
    """The text as a tree, its `span` in elements ``mark`` or of the class ``read``; None where it reads as it stands. A span that Markdown
    moves or hides has no element. Raises TooMuchError for a text that is too long, or makes too many elements, to be worth its time, and
    where the `budget` of the texts of its page is spent.

    >>> readable_text("It is **18**.", (8, 10))
    ['div', ['p', 'It is ', ['strong', ['mark', '18']], '.']]
    """
    if len(text) > LONGEST:
        raise TooMuchError(f"it is longer than {LONGEST:,} characters")
    if not (_MARKUP.search(text) or _emphasises(text)):
        return None
    if max(line.count("|") for line in text.split("\n")) * text.count("\n") > _MOST_CELLS:  # a table fills up short rows
        raise TooMuchError(f"a table in it could have more than {_MOST_CELLS:,} cells")
    if START in text or END in text:
        span = None
    normalised = _with_newlines(text)
    moved = None if span is None or span[0] == span[1] else (len(_with_newlines(text[: span[0]])), len(_with_newlines(text[: span[1]])))
    work = (budget or Budget()).work(text)
    builder = _Builder(work)
    builder.add_all(_parser().parse(normalised, {"span": moved, "work": work}))
    return builder.root


def tree_or_reason(text: str, span: tuple[int, int] | None = None, budget: Budget | None = None) -> Tree | str | None:
    """`readable_text`, or why the text is shown as it was written."""
    try:
        return readable_text(text, span, budget)
    except TooMuchError as error:
        return str(error)


def _emphasises(text: str) -> bool:
    """Whether a star may open emphasis and a later one close it: 6*7 alone does not."""
    opening = _OPENING_STAR.search(text)
    return opening is not None and _CLOSING_STAR.search(text, opening.end()) is not None


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"]).disable(_OFF)
    add_formulas(parser)
    parser.inline.terminator_re = _SIGNS
    parser.core.ruler.after("block", "read_span", set_marks)
    return parser


class _Builder:
    """Makes one tree of the tokens of a text; between the marks of what was read each text is a ``mark``."""

    def __init__(self, work: Work) -> None:
        self.root: Tree = ["div"]
        self._work = work
        self._open = [self.root]
        self._count = 0
        self._is_read = False

    def add_all(self, tokens: list[Token]) -> None:
        for token in tokens:
            self._add(token)

    def _add(self, token: Token) -> None:
        if token.type == "inline":
            self.add_all(token.children or [])
        elif token.type == "text":
            self._text(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            self._text("\n")
        elif token.type == "formula":
            self._formula(token)
        elif token.type == "code_inline":
            self._element("code", token.content)
        elif token.type in ("fence", "code_block"):
            self._enter(["pre"])
            self._element("code", token.content.removesuffix("\n"))
            self._open.pop()
        elif token.nesting < 0:
            if not token.hidden:
                self._open.pop()
        elif not token.hidden:
            self._named(token)

    def _named(self, token: Token) -> None:
        """An element of Markdown's own; a list that starts elsewhere than at 1 keeps its start."""
        start = token.attrGet("start") if token.type == "ordered_list_open" else None
        node: Tree = [_ELEMENTS.get(token.type.removesuffix("_open"), token.tag), *([{"start": str(start)}] if start is not None else [])]
        self._enter(node)
        if not token.nesting:
            self._open.pop()

    def _formula(self, token: Token) -> None:
        self._work.add(len(token.content))
        tree = formula(inside(token.content), display=token.block)
        if tree is None:
            self._element("code", token.content)
        else:
            self._put(["mark", tree] if self._is_read else tree, _size(tree))

    def _element(self, name: str, text: str) -> None:
        self._enter([name])
        self._text(text)
        self._open.pop()

    def _text(self, text: str) -> None:
        for part in _MARK.split(text):
            if part in (START, END):
                self._is_read = part == START
            elif part:
                self._put(["mark", part] if self._is_read else part)

    def _enter(self, node: Tree) -> None:
        self._put(node)
        self._open.append(node)

    def _put(self, node: Tree | str, size: int = 1) -> None:
        self._open[-1].append(node)
        self._work.add(size)
        self._count += size
        if self._count > _MOST:
            raise TooMuchError(f"it makes more than {_MOST:,} elements")


def _size(tree: Tree) -> int:
    """The number of elements in a tree."""
    return 1 + sum([_size(child) for child in tree if isinstance(child, list)])
