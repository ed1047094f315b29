"""Where two replies part, in the few words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

__all__ = ["Piece", "word_diff", "word_pieces"]

Piece = tuple[str, str]  # a sign, and words

_AROUND = 40  # characters shown before and after
_MOST = 400  # characters compared: a diff is for the eye, and matching takes quadratic time
_AS_TEXT = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def word_diff(old: str, new: str) -> str:
    """The stretch in which `new` differs from `old`, as a line of text.

    >>> word_diff("13 + 23 is 36 coins", "13 + 23 is 35 coins")
    '13 + 23 is [-36-]{+35+} coins'
    """
    return "".join(_AS_TEXT[sign].format(words) for sign, words in word_pieces(old, new))


def word_pieces(old: str, new: str) -> list[Piece]:
    """The same stretch in pieces, each with its sign: ``-`` for words that are gone, ``+`` for new ones, ``=`` for what is in both.

    >>> word_pieces("is 36 coins", "is 35 coins")
    [('=', 'is '), ('-', '36'), ('+', '35'), ('=', ' coins')]
    """
    start, end = _borders(old, new)
    begin = max(start - _AROUND, 0)
    parts = [text[begin : len(text) - end + _AROUND] for text in (old, new)]
    whole = end <= _AROUND and max(map(len, parts)) <= _MOST
    pieces = _marked(*(_WORD.findall(part[:_MOST]) for part in parts))
    return [*_piece("=", "..." if begin else ""), *pieces, *_piece("=", "" if whole else "...")]


def _borders(old: str, new: str) -> tuple[int, int]:
    """How many characters the two share at their beginning, and beyond that at their end."""
    start = _shared(old, new)
    room = min(len(old), len(new)) - start
    return start, _shared(old[len(old) - room :][::-1], new[len(new) - room :][::-1])


def _shared(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _marked(old: list[str], new: list[str]) -> Iterator[Piece]:
    gone = come = ""
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i:j]), "".join(new[k:m])
        if before == after and not (before.isspace() and (gone or come)):  # a space between two changes makes them no two
            yield from [*_piece("-", gone), *_piece("+", come), *_piece("=", before)]
            gone = come = ""
        else:
            gone, come = gone + before, come + after
    yield from [*_piece("-", gone), *_piece("+", come)]


def _piece(sign: str, words: str) -> list[Piece]:
    return [(sign, words)] if words else []
