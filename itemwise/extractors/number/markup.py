r"""Blanks markup out of a phrase and keeps its length: `\text{}`, `\,`, `**`, JSON escapes, math delimiters."""

from __future__ import annotations

import re

_SYMBOLS = dict.fromkeys(("times", "cdot"), "*") | dict.fromkeys(("approx", "simeq"), "≈")
_SYMBOLS |= dict.fromkeys(("to", "equiv", "implies", "rightarrow", "longrightarrow"), "=")
_SYMBOLS |= {
    "div": "/",
    "percent": "%",
    "lbrace": "(",
    "rbrace": ")",
    "langle": "(",
    "rangle": ")",
    "lt": "<",
    "gt": ">",
    "omega": "ω",
    "mu": "μ",
}
_SYMBOLS |= (
    dict.fromkeys(("leq", "le", "leqslant"), "≤") | dict.fromkeys(("geq", "ge", "geqslant"), "≥") | dict.fromkeys(("neq", "ne"), "≠")
)
_KEPT_NAMES = """
frac dfrac tfrac cfrac sfrac nicefrac binom dbinom tbinom pi sqrt infty pm mp log ln exp sin cos tan cot sec csc arcsin arccos arctan
theta alpha beta gamma delta lambda phi rho sigma tau nu hbar ell psi chi xi zeta
eta kappa epsilon varepsilon varphi nabla partial mathbb emptyset varnothing in cup cap setminus begin overline dot bar ldots
dots cdots lfloor rfloor lceil rceil lim int sum prod det max min gcd lcm lg sinh cosh tanh angle
"""
_KEPT = frozenset(_KEPT_NAMES.split())  # these make a number of what follows, or something that is no number
_GONE = frozenset(("text", "textbf", "textit", "textrm", "right", "rm", "tiny", "no", "n", "t", "r"))
_EMPHASIS = re.compile(r"(?<![0-9a-z*)\]}\\])\*(?=[^\s*])([^*\n]{1,80})(?<=[^\s*])\*(?![0-9a-z*(])")
_MARKUP = re.compile(
    r"(?P<separator>(?<=[0-9])(?:,\\+!\ ?|\\+[,!;:\ ]\ ?|\{,\}|~)(?=[0-9]{3}(?![0-9])))"
    r"|(?P<degree>\^\ ?\{?\ ?\\+(?:circ|degree)(?![a-z])\ ?\}?)"
    r"|(?P<struck>~~[^~\n]{1,80}~~|\\+(?:x?cancel|sout)\{[^{}]{0,80}\})"
    r"|(?P<power>(?:(?<=[0-9)])|(?<=\b[a-z]))\*\*(?=[0-9a-z(]))"
    r"|(?P<calculation><<[^<>]{0,80}=[^<>]{0,80}>>)"
    r"|\\+u(?P<code>[0-9a-f]{4})|\\+(?:(?P<name>[a-z]+)|(?P<mark>[^a-z]))"
    r"|\*\*+|__+|`+|</?[a-z][^<>]{0,40}>|<<|>>|~"
)


def without_markup(phrase: str) -> str:
    r"""The lower-case phrase with its LaTeX, Markdown and escapes blanked; `\frac`, `\sqrt` and their kind stay.

    What parts the thousands (`30,\!000`, `30{,}000`, `30\,000`) becomes apostrophes, struck-out words vanish.
    """
    if not any(mark in phrase for mark in "\\*_`<>~{"):
        return phrase
    return _MARKUP.sub(_blank, _EMPHASIS.sub(r" \1 ", phrase))


def _blank(match: re.Match[str]) -> str:
    """What stays of a piece of markup, at its end (`\\$` at its beginning, by its sign), in as many characters as it had."""
    width = len(match.group())
    return "$".ljust(width) if match["mark"] == "$" else _kept(match).rjust(width)


def _kept(match: re.Match[str]) -> str:
    name, mark = match["name"], match["mark"]
    if match["separator"]:
        return "'" * len(match.group())
    if match["degree"] or match["power"]:
        return "°" if match["degree"] else "^"
    if match["code"]:
        return chr(int(match["code"], 16))
    if name in _KEPT:
        return f"\\{name}"
    if name:
        return _SYMBOLS.get(name) or ("" if name in _GONE or name[0] not in "nrtu" else name[1:])  # `\\nfinal` is a line end and "final"
    return {"{": "(", "}": ")"}.get(mark, mark) if mark and mark in "$%\"'{}=-\n" else ""
