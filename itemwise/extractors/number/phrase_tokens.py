"""Tokenizer of phrases with numbers: numerals, operators, words, stops; `terms` joins what belongs together."""

from __future__ import annotations

import re
from typing import NamedTuple

from itemwise.extractors.number.numeral import NUMERAL, canonical


class Token(NamedTuple):
    """A piece of a phrase with its span."""

    kind: str  # number, operator, equals, letter, word, comma, stop, open, close
    text: str  # for a number its canonical text, "" where it has no single value
    start: int
    end: int
    unknown: bool = False  # whether it is an expression in x, y or z, or a letter that must be one
    attribute: bool = False  # whether the number only tells of what kind something is: a 5-digit code


_LETTER = r"a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u03bf\u03c1-\u1fff"  # in words; π is no word
_ONE = r"\u00df-\u00f6\u00f8-\u024f\u0400-\u1dff\u3040-\u30ff\u3400-\u9fff"  # one of them alone is a word, no unknown
_TOKEN = re.compile(
    rf"""(?P<number>{NUMERAL})
    | (?P<operator>[<>]=|(?:sqrt|cbrt|pi)(?![{_LETTER}])|(?:(?:square|cube|cubic)\ )?roots?\ of(?![a-z])
        |(?:arc)?(?:sin|cos|tan|cot|sec|csc|log|ln|exp)(?=\ ?[(_^0-9\\])|(?:gcd|lcm|max|min)(?=\())
    | (?P<equals>[=-]?=>?|≈|≃|->|→|⇒|[为是]|等于|equals?)
    | (?P<sign>[-+*/×÷·^_±∓<>≤≥≠√∛∜∞π∪∩∈⁰¹²³⁴⁵⁶⁷⁸⁹]|\\[a-z]+|(?:minus|negative)(?=\ )|负|負|零下|(?<=[0-9)])!(?=\s*[])}}$=+*/^\\-]))
    | (?P<word>[ap]\.\ ?m\.?(?![a-z])|[{_LETTER}]+(?:['-][{_LETTER}]+)+|[{_LETTER}]{{2,}}|[{_ONE}])
    | (?P<letter>[{_LETTER}KMB])
    | (?P<comma>[,;、&:،])
    | (?P<stop>(?<!\brs)(?<!\bca)(?<!approx)[.!?。।\n|](?!\s*\\(?:overline|dot|bar)(?![a-z])))
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    """,
    re.VERBOSE,
)


def lexed(clean: str) -> list[Token]:
    """The tokens of a lower-case phrase without markup; what is none, such as quotes and percent signs, is left out."""
    return [_token(match) for match in _TOKEN.finditer(clean)]


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or "stop"
    if kind == "number":
        return Token(kind, canonical(match) or "", match.start(), match.end())
    return Token("operator" if kind == "sign" else kind, match.group(), match.start(), match.end())
