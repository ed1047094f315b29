"""What the words and names beside a number make of it: "5 pm", "3 June", "101 (base 2)", "AB12", "12 dollars and 50 cents"."""

from __future__ import annotations

from itertools import pairwise

from itemwise.extractors.number.numeral import ratio_text
from itemwise.extractors.number.phrase_tokens import Token
from itemwise.extractors.number.vocabulary import AMOUNTS, HEDGES, MONTHS, PASSING, SAYING

_TIMES = frozenset(("am", "pm", "a.m", "p.m", "a.m.", "p.m.", "o'clock"))
_PARTS = frozenset(("thirds", "fourths", "fifths", "sixths", "sevenths", "eighths", "ninths", "tenths", "hundredths", "thousandths", "又"))
_UNCLEAR = _TIMES | _PARTS | {"mil"}  # in English a million, in Spanish a thousand
_WHOLE = frozenset(("dollar", "dollars", "euro", "euros", "pound", "pounds"))
_HUNDREDTH = frozenset(("cent", "cents", "pence", "penny"))
_SENTENCE_WORDS = HEDGES | SAYING | PASSING | AMOUNTS | MONTHS | {"answer", "result"}


def is_unclear(line: list[Token], end: int) -> bool:
    """Whether the number that ends here is none by what stands beside it: an hour, a day of a month, a part, a sum with a word."""
    word = line[end].text if end < len(line) else ""
    return word in _UNCLEAR or _is_summed(line, end) or _is_dated(line, end) or _is_based(line, end)


def _is_summed(line: list[Token], end: int) -> bool:
    """Whether an operator joins the number that ends here to a word: "1 + the rest"."""
    if end + 1 >= len(line) or line[end + 1].kind not in ("word", "letter"):
        return False
    apart = line[end - 1].end < line[end].start and line[end].end < line[end + 1].start
    return line[end].text in ("+", "×", "÷", "·") or (line[end].text == "*" and apart)


def _is_dated(line: list[Token], end: int) -> bool:
    """Whether the number that ends here is the day of a month: "January 5", "5th of May"."""
    before = line[end - 2].text if end > 1 else ""
    behind = [token.text for token in line[end : end + 3] if token.text not in ("th", "st", "nd", "rd", "of")]
    return before in MONTHS or (bool(behind) and behind[0] in MONTHS)


def _is_based(line: list[Token], end: int) -> bool:
    """Whether the digits that end here are said to be in another base: "101 (base 2)", "101 in binary"."""
    behind = [token.text for token in line[end : end + 4] if token.text not in ("in", "(", "the")]
    return behind[:1] in (["binary"], ["octal"], ["hexadecimal"]) or (behind[:1] == ["base"] and behind[1:2] not in ([], ["10"]))


def with_cents(line: list[Token]) -> list[Token]:
    """The tokens with "12 dollars and 50 cents" as one number."""
    joined: list[Token] = []
    for token in line:
        joined.append(token)
        amount = [each for each in joined[-5:-1] if each.text != "and"][-3:] if token.text in _HUNDREDTH else []
        if len(amount) == 3 and amount[0].kind == amount[2].kind == "number" and amount[1].text in _WHOLE:
            whole, _, cents = amount
            if whole.text.isdecimal() and cents.text.isdecimal() and len(cents.text) < 3:
                del joined[joined.index(whole) :]
                joined.append(whole._replace(text=ratio_text(100 * int(whole.text) + int(cents.text), 100), end=cents.end))
    return joined


def with_names(line: list[Token]) -> list[Token]:
    """The tokens with a name and its number as the name alone: x_1, AB12."""
    named: list[Token] = []
    for token in line:
        before, earlier = (named[-1] if named else None), (named[-2] if len(named) > 1 else None)
        if before and earlier and (_is_subscript(earlier, before) or _is_hyphened(earlier, before, token)):
            named.pop()
        elif before and before.text == "_" and earlier and earlier.kind == "number" and token.kind == "word":
            named[-2:] = [earlier._replace(text="")]  # digits in another base
        elif before and earlier and token.kind == earlier.kind == "number" and before.kind == "word" and _are_glued(earlier, before, token):
            named[-2] = earlier._replace(text="")  # 7c52 and its kind
        elif not (before and token.kind == "number" and before.end == token.start and _is_code(before.text)):
            named.append(token)
    return named


def _is_subscript(name: Token, line: Token) -> bool:
    return line.text == "_" and name.kind in ("word", "letter") and name.end == line.start


def _is_hyphened(name: Token, dash: Token, number: Token) -> bool:
    """Whether the number is the end of a name: KL-204, cm-1."""
    ends = dash.text == "-" and name.kind == "word" and number.kind == "number" and _are_glued(name, dash, number)
    return ends and name.text.isascii() and name.text not in _SENTENCE_WORDS


def _are_glued(*tokens: Token) -> bool:
    return all(before.end == token.start for before, token in pairwise(tokens))


def _is_code(word: str) -> bool:
    """Whether a number glued to the word belongs to its name: AB12; "is45" lacks a space."""
    return 2 <= len(word) <= 4 and word.isascii() and word.isalpha() and word not in _SENTENCE_WORDS
