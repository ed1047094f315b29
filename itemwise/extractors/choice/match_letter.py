"""Finds option letters in a few words: "(B)", "B. a brick", "选B"; a capital A or I that is a word is none."""

from __future__ import annotations

import re
from typing import NamedTuple

_LEAD = re.compile(
    r"(?:[\s(\[{<*_\"'`$.:>~\u200b]|\\(?:textbf|text|mathrm|mathbf|boxed|rm|[(\[,;])?"
    r"|(?i:is|be|most|likely|therefore|definitely|clearly|correct|right|best|final|my|so|thus|hence|would|should|must|it"
    r"|indeed|either|both|the|option|choice|letter|answer|number)(?![A-Za-z])"
    r"|选项|选|应|为|是)*"
)
_LETTER = re.compile(r"(?P<letter>[A-Z])(?![A-Za-z0-9_^]|['’][a-z]|\s?(?:[=+^]|/(?![A-Z]\b)|\*\s?[A-Za-z0-9])|-\w)")
_LOWER = re.compile(r"[\s(\[*_\"'`$.]*(?P<letter>[a-z])[)\]*_\"'`$.:]*\s*$|\s*[(\[](?P<bracketed>[a-z])[)\]]")
_ANOTHER = re.compile(
    r"[\s)\]*_\"'`$}.]*(?:(?:and\b|or\b|/|&|、|和|与|或|及)|(?P<comma>[,;])|(?<=[A-Z])\s(?=[A-Z]\s*(?:$|<)))[\s,]*"
    r"(?:and |or )?(?:either |option |options |选项)?"
    r"[\s(\[*_\"'`$]*(?P<letter>[A-Z])(?=[\s)\]*_\"'`$},.;:、。<]|$)(?(comma)(?!\s[a-z]{2}))"
)
_RUN = re.compile(r"(?P<run>[A-Z]{2,8})(?![A-Za-z0-9])")
_WORD_BEHIND = re.compile(r"[*_]*\s+(?P<word>[a-z]+)")
_AFTER_LETTER = frozenset(("because", "since", "as", "is", "and", "or", "for", "with", "which", "due", "was", "given"))
_AFTER_I = frozenset(("because", "since", "is"))
_DENIED = re.compile(r"(?:\bnot|\bneither|\bnor|\bn't|不是|非|不)[\s(*]*(?:option\s*|choice\s*|选项?)?\(?$")
_ANY = re.compile(r"(?<![A-Za-z0-9_'’\\/])\(?(?P<letter>[A-Z])(?![A-Za-z0-9_^]|['’][a-z]|\s?(?:[=+/^]|\*\s?[A-Za-z0-9])|-\w)")


class LetterMatch(NamedTuple):
    """A letter that words name and its span; `letter` is None where they name several or one that is no option."""

    letter: str | None
    start: int
    end: int

    def shifted(self, offset: int) -> LetterMatch:
        """The same match in the text that holds the words at `offset`."""
        return LetterMatch(self.letter, self.start + offset, self.end + offset)


def opening_letter(words: str, letters: str) -> LetterMatch | None:
    """The letter the words open with, among `letters`; None where they open with no letter at all.

    A capital A or I in front of a lower-case word is an article or a pronoun, not a choice. A lower-case letter
    counts only where it stands alone or in brackets.
    """
    lead = _LEAD.match(words)
    start = lead.end() if lead else 0
    match = _LETTER.match(words, start)
    if match and not _is_word(words, match):
        start, end = match.span("letter")
        if _is_one_of_several(words, match):
            return LetterMatch(None, start, end)
        return LetterMatch(match["letter"] if match["letter"] in letters else None, start, end)
    run = _RUN.match(words, start)
    if run and set(run["run"]) <= set(letters) and list(run["run"]) == sorted(set(run["run"])):
        return LetterMatch(None, *run.span("run"))
    return _lower_case_letter(words, 0, letters) or _lower_case_letter(words, start, letters)


def _lower_case_letter(words: str, start: int, letters: str) -> LetterMatch | None:
    match = _LOWER.match(words, start)
    if not match:
        return None
    group = "letter" if match["letter"] else "bracketed"
    letter = match[group].upper()
    return LetterMatch(letter if letter in letters else None, *match.span(group))


def letters_in(words: str, letters: str) -> list[LetterMatch]:
    """Every option letter that stands by itself in the words and is not denied there, in order."""
    matches = []
    for match in _ANY.finditer(words):
        denied = _DENIED.search(words, max(0, match.start() - 20), match.start())
        if match["letter"] in letters and not _is_word(words, match) and not denied:
            matches.append(LetterMatch(match["letter"], *match.span("letter")))
    return matches


def _is_word(words: str, match: re.Match[str]) -> bool:
    if match["letter"] not in "AI":
        return False
    behind = _WORD_BEHIND.match(words, match.end())
    return behind is not None and behind["word"] not in (_AFTER_LETTER if match["letter"] == "A" else _AFTER_I)


def _is_one_of_several(words: str, match: re.Match[str]) -> bool:
    another = _ANOTHER.match(words, match.end())
    return another is not None and another["letter"] != match["letter"]
