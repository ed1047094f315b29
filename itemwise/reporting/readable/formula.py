"""LaTeX as MathML: what latex2mathml makes of it, taken over element by element, so that only what is named here can come of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["END", "START", "Tree", "formula"]

Tree: TypeAlias = list[Any]  # an element: its name, its attributes where it has any, its children: texts and elements

START, END = "\ufdd0", "\ufdd1"  # around what was read; noncharacters, which no text has
READ = {"class": "read"}
_MARKS = str.maketrans("", "", START + END)
_LONGEST = 2000  # characters; a formula of more is shown as it was written
_DEEPEST = 40
_RECURRING = 100  # characters of a formula that may stand in several replies, or several times in one, as numbers and names do
_MOST_KEPT = 1000
_DEFINES = re.compile(r"\\(?:re|provide)?(?:newcommand|def|edef|gdef|let|DeclareMathOperator)\b")  # what expands may not end
_ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup", "mover", "munder",
    "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose",
}  # fmt: skip
_ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "form", "accent", "movablelimits", "largeop",
    "linethickness", "columnalign", "minsize", "maxsize", "width", "lspace", "rspace", "notation",
}  # fmt: skip
_PARTS = {"mfrac": 2, "mroot": 2, "msup": 2, "msub": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3}  # as many or it is broken
_VALUE = re.compile(r"[a-z-]{1,20}|\d{0,2}(?:\.\d{1,4})?(?:em|ex|pt|px)?")


def formula(latex: str, *, display: bool = False) -> Tree | None:
    """The formula as a tree of MathML; None where it is too long or too deep, defines macros, or is broken.

    What stands between START and END has the class ``read``; where it is no element of its own, the whole formula has it.
    """
    plain = latex.translate(_MARKS)
    if len(plain) > _LONGEST or _DEFINES.search(plain) or (tree := _mathml(plain, display)) is None:
        return None
    if plain == latex:
        return tree
    marked = _converted(latex, display)
    if marked is None or _bare(marked) != tree:
        return ["math", {**tree[1], **READ}, *tree[2:]]
    return _bare(_with_read(marked))


def _mathml(latex: str, display: bool) -> Tree | None:
    """The formula as a tree, which is not to be changed; None where it is broken."""
    return (_kept if len(latex) <= _RECURRING else _converted)(latex, display)


def _converted(latex: str, display: bool) -> Tree | None:
    from latex2mathml.converter import convert_to_element

    try:
        return _taken_over(convert_to_element(latex, display="block" if display else "inline"), _DEEPEST)
    except Exception:  # whatever is wrong with a formula, its reader sees it as it was written
        return None


_kept = lru_cache(_MOST_KEPT)(_converted)


def _taken_over(element: Element, depth: int) -> Tree:
    if element.tag not in _ELEMENTS or not depth or len(element) != _PARTS.get(element.tag, len(element)):
        raise ValueError(f"{element.tag} of {len(element)} parts at a depth of {_DEEPEST - depth}")
    attributes = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES and _VALUE.fullmatch(value)}
    text = [html.unescape(element.text)] if element.text else []  # the library writes a character as its reference
    return [element.tag, *([attributes] if attributes else []), *text, *[_taken_over(child, depth - 1) for child in element]]


def _with_read(tree: Tree) -> Tree:
    """`tree`, its elements of text between the two marks being ``read``."""
    is_inside = False
    for leaf in _leaves(tree):
        is_inside = is_inside or START in leaf[-1]
        if is_inside:
            leaf[1:1] = [dict(READ)] if isinstance(leaf[1], str) else [{**leaf.pop(1), **READ}]
        is_inside = is_inside and END not in leaf[-1]
    return tree


def _leaves(node: Tree) -> Iterator[Tree]:
    """The elements that end in a text, in order."""
    if len(node) > 1 and isinstance(node[-1], str):
        yield node
    for child in node:
        if isinstance(child, list):
            yield from _leaves(child)


def _bare(node: Tree) -> Tree | None:
    """The element without the marks of what was read; None where it is nothing but one."""
    if node[-1] in (START, END):
        return None
    parts = (_bare(part) if isinstance(part, list) else part.translate(_MARKS) if isinstance(part, str) else part for part in node)
    return [part for part in parts if part is not None]
