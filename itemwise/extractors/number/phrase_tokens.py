"""Tokenizer of phrases with numbers: numerals, operators, words, stops."""

from __future__ import annotations

import re
from typing import NamedTuple

from itemwise.extractors.number.markup import without_markup
from itemwise.extractors.number.numeral import NUMERAL, canonical


class Token(NamedTuple):
    """A piece of a phrase with its span."""

    kind: str  # number, operator, equals, letter, word, comma, stop, open, close
    text: str  # for a number its canonical text, "" where it has no single value
    start: int
    end: int


_TOKEN = re.compile(
    rf"""(?P<number>{NUMERAL})
    | (?P<equals>[=-]?=>?|≈|≃|->|→|⇒|[为是]|等于|equals?)
    | (?P<operator>[-+*/×÷^±<>≤≥≠√∞π⁰¹²³⁴⁵⁶⁷⁸⁹]|\\[a-z]+|(?:minus|negative)(?=\ )|负)
    | (?P<word>[a-z][a-z'-]+|[\u4e00-\u9fff])
    | (?P<letter>[a-z])
    | (?P<comma>[,;、&:])
    | (?P<stop>(?<!\brs)(?<!\bca)(?<!approx)[.!?。\n|](?!\s*\\overline))
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    """,
    re.VERBOSE,
)


def tokens(phrase: str) -> list[Token]:
    """The lower-case phrase cut into tokens; currency, quotes, percent signs and white space are left out."""
    return [_token(match) for match in _TOKEN.finditer(without_markup(phrase))]


def sentences(line: list[Token]) -> list[list[Token]]:
    """The tokens between the stops."""
    cut: list[list[Token]] = [[]]
    for token in line:
        if token.kind != "stop":
            cut[-1].append(token)
        elif cut[-1]:
            cut.append([])
    return [sentence for sentence in cut if sentence]


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or "stop"
    return Token(kind, (canonical(match) or "") if kind == "number" else match.group(), match.start(), match.end())
