r"""Blanks markup out of a phrase and keeps its length: `\text{}`, `\,`, `**`, JSON escapes, math delimiters."""

from __future__ import annotations

import re

_SYMBOLS = dict.fromkeys(("times", "cdot"), "*") | dict.fromkeys(("approx", "simeq"), "≈")
_SYMBOLS |= dict.fromkeys(("to", "equiv", "implies", "rightarrow", "longrightarrow"), "=")
_SYMBOLS |= {"div": "/", "percent": "%"}
_KEPT_NAMES = """
frac dfrac tfrac cfrac binom pi sqrt infty pm mp log ln sin cos tan theta alpha beta emptyset leq geq le ge neq lt gt in
cup begin overline
"""
_KEPT = frozenset(_KEPT_NAMES.split())  # these make a number of what follows, or something that is no number
_GONE = frozenset(("text", "textbf", "textit", "textrm", "right", "rm", "tiny", "no", "n", "t", "r"))
_MARKUP = re.compile(
    r"\\+u(?P<code>[0-9a-f]{4})|\\+(?:(?P<name>[a-z]+)|(?P<mark>[^a-z]))"
    r"|\*\*+|__+|`+|<<[^<>]{0,80}>>|</?[a-z][^<>]{0,40}>|~"
)


def without_markup(phrase: str) -> str:
    r"""The lower-case phrase with its LaTeX, Markdown and escapes blanked; `\frac`, `\sqrt` and their kind stay."""
    return _MARKUP.sub(_blank, phrase) if any(mark in phrase for mark in "\\*_`<~") else phrase


def _blank(match: re.Match[str]) -> str:
    """What stays of a piece of markup, at its end, in as many characters as it had."""
    return _kept(match).rjust(len(match.group()))


def _kept(match: re.Match[str]) -> str:
    name, mark = match["name"], match["mark"]
    if match["code"]:
        return chr(int(match["code"], 16))
    if name in _KEPT:
        return f"\\{name}"
    if name:
        return _SYMBOLS.get(name) or ("" if name in _GONE or name[0] not in "nrtu" else name[1:])  # `\\nfinal` is a line end and "final"
    if mark in (",", "!") and match.end() - match.start() == 2:
        return match.group()
    return mark if mark and mark in "$%\"'{}\n" else ""
