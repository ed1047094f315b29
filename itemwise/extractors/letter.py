"""The option letter that a few words name: "(B)", "B. a brick", "neither A nor C, so B", "选B"; or that they name several."""

from __future__ import annotations

import re
from typing import NamedTuple

from itemwise.extractors.pattern import pattern

_LEAD = pattern(
    r"(?:[\s(\[{<*_\"'`$.:>~\u200b]|\\(?:textbf|text|mathrm|mathbf|boxed|rm|[(\[,;])?"
    r"|(?i:is|be|most|likely|therefore|definitely|clearly|correct|right|best|final|my|so|thus|hence|would|should|must|it"
    r"|indeed|either|both|the|option|choice|letter|answer|number)(?![A-Za-z])"
    r"|选项|选|应|为|是)*"
)
_LETTER = pattern(r"(?P<letter>[A-Z])(?![A-Za-z0-9_^]|['’][a-z]|\s?(?:[=+^]|/(?![A-Z]\b)|\*\s?[A-Za-z0-9])|-\w)")
_LOWER = pattern(r"[\s(\[*_\"'`$.]*(?P<letter>[a-z])[)\]*_\"'`$.:]*\s*$|\s*[(\[](?P<bracketed>[a-z])[)\]]")
_ANOTHER = pattern(
    r"[\s)\]*_\"'`$}.]*(?:(?:and\b|or\b|/|&|、|和|与|或|及)|(?P<comma>[,;])|(?<=[A-Z])\s(?=[A-Z]\s*(?:$|<)))[\s,]*"
    r"(?:and |or )?(?:either |option |options |选项)?"
    r"[\s(\[*_\"'`$]*(?P<letter>[A-Z])(?=[\s)\]*_\"'`$},.;:、。<]|$)(?(comma)(?!\s[a-z]{2}))"
)
_RUN = pattern(r"(?P<run>[A-Z]{2,8})(?![A-Za-z0-9])")
_WORD_BEHIND = pattern(r"[*_]*\s+(?P<word>[a-z]+)")
_AFTER_LETTER = frozenset(("because", "since", "as", "is", "and", "or", "for", "with", "which", "due", "was", "given"))
_AFTER_I = frozenset(("because", "since", "is"))
_DENIED = pattern(r"(?:\bnot|\bneither|\bnor|\bn't|不是|非|不)[\s(*]*(?:option\s*|choice\s*|选项?)?\(?$")
_ANY = pattern(r"(?<![A-Za-z0-9_'’\\/])\(?(?P<letter>[A-Z])(?![A-Za-z0-9_^]|['’][a-z]|\s?(?:[=+/^]|\*\s?[A-Za-z0-9])|-\w)")


class Named(NamedTuple):
    """What words name: a letter, or None where they name several or one that is no option."""

    letter: str | None
    start: int
    end: int


def named_letter(words: str, letters: str) -> Named | None:
    """The letter the words open with, among `letters`; None where they open with no letter at all.

    A capital A or I in front of a lower-case word is an article or a pronoun, not a choice. A lower-case letter
    counts only where it stands alone or in brackets.
    """
    lead = _LEAD.match(words)
    start = lead.end() if lead else 0
    found = _LETTER.match(words, start)
    if found and not _is_word(words, found):
        start, end = found.span("letter")
        if _names_another(words, found):
            return Named(None, start, end)
        return Named(found["letter"] if found["letter"] in letters else None, start, end)
    run = _RUN.match(words, start)
    if run and set(run["run"]) <= set(letters) and list(run["run"]) == sorted(set(run["run"])):
        return Named(None, *run.span("run"))
    return _named_in_lower_case(words, 0, letters) or _named_in_lower_case(words, start, letters)


def _named_in_lower_case(words: str, start: int, letters: str) -> Named | None:
    lower = _LOWER.match(words, start)
    if lower:
        group = "letter" if lower["letter"] else "bracketed"
        letter = lower[group].upper()
        return Named(letter if letter in letters else None, *lower.span(group))
    return None


def letters_in(words: str, letters: str) -> list[Named]:
    """Every option letter that stands by itself in the words and is not denied there, in order."""
    named = []
    for found in _ANY.finditer(words):
        denied = _DENIED.search(words, max(0, found.start() - 20), found.start())
        if found["letter"] in letters and not _is_word(words, found) and not denied:
            named.append(Named(found["letter"], *found.span("letter")))
    return named


def _is_word(words: str, found: re.Match[str]) -> bool:
    if found["letter"] not in "AI":
        return False
    behind = _WORD_BEHIND.match(words, found.end())
    return behind is not None and behind["word"] not in (_AFTER_LETTER if found["letter"] == "A" else _AFTER_I)


def _names_another(words: str, found: re.Match[str]) -> bool:
    another = _ANOTHER.match(words, found.end())
    return another is not None and another["letter"] != found["letter"]
