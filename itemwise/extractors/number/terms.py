"""Cuts a phrase into terms: the tokens that make one amount or one expression joined, "-$20", "5 m/s", "n-3", "4+√3", "9 m × 4 m".

An expression becomes a number without a value, so that no reader takes a part of it for the whole. Marks that join nothing,
such as bullets and dashes between words, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from itemwise.extractors.number.beside_number import is_unclear, with_cents, with_names
from itemwise.extractors.number.markup import without_markup
from itemwise.extractors.number.numeral import CURRENCY, THOUSANDS_OR_NOT, opposite
from itemwise.extractors.number.phrase_tokens import Token, lexed

MINUS = ("-", "minus", "negative", "负", "負", "零下")
_COMPARING = frozenset("<>≤≥±∓") | {"<=", ">=", "\\pm", "\\mp"}
_PREFIXES = _COMPARING | {"+", *MINUS}
_BINARY = _COMPARING | frozenset("+-*/×÷·^_≠∪∩∈") | {"\\in", "\\cup", "\\cap", "\\setminus", "minus"}
_BEHIND_UNITS = frozenset("*/×÷·+")  # "5 books * 12 dollars", "9 m x 4 m"
_UNIT_LETTERS = frozenset("mglsh")  # units of measure where they are glued to a number
_VARIABLES = frozenset("xyzqri")  # no units where there is room before them
# Unknowns where they are glued to a number
PRODUCTS = frozenset(("ab", "bc", "ac", "abc", "cd", "xy", "xz", "yz", "pq", "mn", "rs", "pi", "ei", "bh", "lw", "rt", "xyz"))
_OPERANDS = ("number", "letter", "close")
_CURRENCY = re.compile(CURRENCY, re.VERBOSE)
_IN_BRACKETS = frozenset(("number", "letter", "operator", "comma", "open", "close", "equals"))
_CLOSED_FORMULA = re.compile(r"(?:\^\{?[0-9]\}?)?[\s.]{0,3}[}$]")
_HYPHENED = re.compile("-[a-z]{2}")
_SUPERSCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WIDEST = 40  # tokens between two brackets
_MOST_UNITS = 3  # words of a unit


@lru_cache(maxsize=2)  # a phrase is often asked first how it begins and then for its number
def tokens(phrase: str) -> Sequence[Token]:
    """The terms of the lower-case phrase; currency, quotes, percent signs and white space are left out."""
    clean = without_markup(phrase)
    line = with_names(_with_products([_seen(token, clean) for token in lexed(clean)]))
    found: list[Token] = []
    index = 0
    while index < len(line):
        end = _expression_end(line, index) if _may_open(line, index) else index
        if end == index:
            found += [] if _is_idle(line[index]) else [line[index]]
            index += 1
            continue
        found += _joined(line[index:end])
        index = _unit_end(line, end) if found[-1].kind == "number" else end
        if found[-1].kind == "number" and is_unclear(line, end):
            found[-1] = found[-1]._replace(text="")
        found += line[end : end + 1] if index > end else []
    return tuple(_trimmed(token, clean) for token in with_cents(_without_pairs(found, clean)))


def sentences(line: Sequence[Token]) -> list[list[Token]]:
    """The tokens between the stops."""
    cut: list[list[Token]] = [[]]
    for token in line:
        if token.kind != "stop":
            cut[-1].append(token)
        elif cut[-1]:
            cut.append([])
    return [sentence for sentence in cut if sentence]


def _seen(token: Token, clean: str) -> Token:
    """The token in view of what stands behind it: a decimal that goes on ("0.333...") has no value, the m of "$3m$" is no metre."""
    if token.kind == "letter":
        return token._replace(unknown=_CLOSED_FORMULA.match(clean, token.end) is not None)
    if token.kind != "number":
        return token
    if "." in token.text and clean.startswith(("...", "…", " ...", "\\dot", "\\ldot", "\\cdot"), token.end):
        return token._replace(text="")
    if THOUSANDS_OR_NOT.match(clean, token.start):
        return token._replace(text="")
    return token._replace(attribute=_HYPHENED.match(clean, token.end) is not None)


def _with_products(line: list[Token]) -> list[Token]:
    """The tokens with an x between two factors as what it is: "9 m x 4 m"."""
    for index in range(1, len(line) - 1):
        before, token, behind = line[index - 1 : index + 2]
        if token.text == "x" and before.kind in ("number", "word", "letter", "close"):
            bracket = behind.kind == "open" and before.end < token.start
            line[index] = token._replace(kind="operator", text="×") if behind.kind == "number" or bracket else token
    return line


def _trimmed(token: Token, clean: str) -> Token:
    """The token; a number begins behind its currency, as far as it has no sign."""
    currency = _CURRENCY.match(clean, token.start, token.end) if token.kind == "number" else None
    return token._replace(start=currency.end()) if currency else token


def _is_idle(token: Token) -> bool:
    return token.kind == "operator" and token.text in _BINARY - {"minus"}


def _may_open(line: list[Token], index: int) -> bool:
    """Whether an expression can begin here: not at a dash or bracket that is mere punctuation."""
    token = line[index]
    if token.kind == "operator" and token.text in _PREFIXES:
        return _is_sign(line, index)
    return token.kind != "open" or _expression_end(line, index) != _closed(line, index)


def _is_sign(line: list[Token], index: int) -> bool:
    """Whether the dash at this index is a minus rather than a bullet, a hyphen or a dash between words."""
    if line[index].text not in ("-", ">"):
        return True
    before = line[index - 1] if index else None
    if before is None or before.kind in ("equals", "comma", "open", "operator"):
        return True
    glued = index + 1 < len(line) and line[index + 1].start == line[index].end
    if before.kind == "stop":
        return glued and line[index].text == "-"
    return line[index].text == ">" or (glued and before.end < line[index].start)


def _expression_end(line: list[Token], start: int) -> int:
    """Where the expression that begins here ends; `start` where none does."""
    end = _operand_end(line, start)
    while end > start:
        operator = _operator(line, end)
        following = end if operator is None else _operand_end(line, operator + 1)
        if operator is None or following == operator + 1:
            break
        end = following
    return end


def _operator(line: list[Token], end: int) -> int | None:
    """The index of the operator that goes on with the expression, also behind the units of its last number."""
    if end < len(line) and line[end].text in _BINARY:
        return end if line[end].text != "_" or line[end].start == line[end - 1].end else None
    units = _unit_end(line, end)
    while units < min(len(line), end + 2 * _MOST_UNITS) and line[units].kind == "word":
        units += 1
    joins = units + 1 < len(line) and line[units].text in _BEHIND_UNITS and line[end - 1].kind == "number"
    return units if joins and line[units + 1].kind in ("number", "open") else None


def _operand_end(line: list[Token], start: int) -> int:
    """Where a number, variable, bracket or function with what is glued to it ends; `start` where there is none."""
    end = start
    while end < len(line) and line[end].text in _PREFIXES:
        end += 1
    first = end
    while end < len(line) and (following := _factor_end(line, first, end)) > end:
        end = following
    return start if end == first else end


def _factor_end(line: list[Token], first: int, index: int) -> int:
    """Where the factor at this index ends, `index` where none stands there or it belongs to nothing before it."""
    token, before = line[index], line[index - 1] if index > first else None
    end = _closed(line, index) if token.kind == "open" else index + 1
    if _is_function(token):
        return end
    if token.kind not in (*_OPERANDS, "open", "word") or token.kind == "close":
        return index
    if before is None or _is_function(before):
        powered = index + 1 < len(line) and line[index + 1].text == "^"  # "theta^2"
        return end if token.kind != "word" or powered else index
    glued = before.end == token.start
    if token.kind == "word":
        return end if glued and before.kind == "number" and token.text in PRODUCTS else index
    if token.kind == "letter" and before.kind == "number":
        return end if _is_variable(line, index, glued=glued) else index
    return end if glued and (token.kind != "letter" or before.kind == "close") else index


def _is_function(token: Token) -> bool:
    """Whether it is what makes no plain number of all around it: a root, π, a superscript, a factorial, `\\frac`."""
    return token.kind == "operator" and token.text not in _BINARY and token.text not in _PREFIXES


def _is_variable(line: list[Token], index: int, *, glued: bool) -> bool:
    """Whether the letter behind a number is an unknown or the imaginary unit, and no unit of measure."""
    token = line[index]
    behind = line[index + 1] if index + 1 < len(line) else None
    if glued:
        return token.text not in _UNIT_LETTERS or token.unknown
    return token.text in _VARIABLES and (behind is None or behind.kind != "word" or token.text in "xyz")


def _closed(line: list[Token], index: int) -> int:
    """Behind the bracket that closes the one at `index`, where only an expression stands between; else `index`."""
    depth = 0
    for end in range(index, min(len(line), index + _WIDEST)):
        kind = line[end].kind
        if kind not in _IN_BRACKETS:
            return index
        depth += (kind == "open") - (kind == "close")
        if depth == 0:
            return end + 1 if end > index + 1 else index
    return index


def _joined(run: Sequence[Token]) -> list[Token]:
    """The run as one number, without a value where it is more than a number with its sign; letters alone stay as they are."""
    sign, last = run[0], run[-1]
    if len(run) == 1 and last.kind == "number":
        return [last]
    if len(run) == 2 and last.kind == "number" and sign.text in ("+", *MINUS):
        text = opposite(last.text) if last.text and sign.text != "+" else last.text
        return [Token("number", text, sign.start, last.end)]
    if any(token.kind == "number" or _is_function(token) for token in run):
        return [Token("number", "", sign.start, last.end, any(token.text in ("x", "y", "z") for token in run))]
    return list(run)


def _unit_end(line: list[Token], start: int) -> int:
    """Behind the unit that begins here, with its powers and parts: "km", "m/s^2"; `start` where none does."""
    if start == len(line) or line[start].kind not in ("word", "letter"):
        return start
    end = start + 1
    for _ in range(_MOST_UNITS):  # "square cm^2"
        end += end + 1 < len(line) and line[end].kind == "word" and _unit_step(line, end + 1) > 0
    while (step := _unit_step(line, end)) > 0:
        end += step
    return end


def _unit_step(line: list[Token], index: int) -> int:
    """How many tokens from here on belong to the unit before them: 2 for "^2" and "/s", 1 for "²" and the 3 of "ft3", else 0."""
    if index == len(line):
        return 0
    token, behind = line[index], line[index + 1].kind if index + 1 < len(line) else ""
    if token.text == "^" and index + 2 < len(line) and line[index + 1].text == "-":
        return 3
    if (token.text == "^" and behind == "number") or (token.text in ("/", "*", "·") and behind in ("word", "letter")):
        return 2
    raised = token.text in _SUPERSCRIPTS or (token.text in ("2", "3") and token.start == line[index - 1].end)
    return 1 if raised else 0


def _without_pairs(line: list[Token], clean: str) -> list[Token]:
    """The tokens; "(12,350)" is a pair or a number, nobody knows, and has no value."""
    for index in range(1, len(line) - 1):
        before, token, behind = line[index - 1 : index + 2]
        if (before.kind, token.kind, behind.kind) == ("open", "number", "close") and "," in clean[token.start : token.end]:
            glued = token.start - before.end <= 1 and behind.start - token.end <= 1 and clean[token.start].isdigit()
            line[index] = token._replace(text="") if glued else token
    return line
