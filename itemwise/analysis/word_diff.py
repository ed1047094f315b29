"""Word diff: in which words two texts differ, by their longest common subsequence of words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter

__all__ = ["Piece", "changed_excerpt", "marked_text", "word_diff"]

Piece = tuple[str, str]  # a sign, "=" for what is in both texts, "-" for words that are gone, "+" for new ones; and the words

_AROUND = 40  # characters that an excerpt shows before and after
_EXCERPT = 400  # characters that an excerpt compares: it is for the eye
_MOST = 9_000_000  # pairs of words compared; two texts with more are too long
_MARKS = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
_SPACELESS = (
    r"\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    r"\U00020000-\U0003ffff"
)
_COMBINING = r"\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u0e01-\u0e4e"  # marks, and Indic and Thai blocks whose vowels are marks
_JOINING = re.compile(r"[\s,.;:]*")  # not quotes, nor the signs of arithmetic: these part steps and numbers
# Spaces, a character of a script that writes none, a word with its combining marks, or any other character.
_WORD = re.compile(rf"\s+|[{_SPACELESS}]|(?:[^\W{_SPACELESS}]|[{_COMBINING}])+|.", re.DOTALL)


def word_diff(old: str, new: str) -> list[Piece] | None:
    """Both whole texts in pieces, in reading order; None where they are too long to be compared.

    Changes with nothing but spaces, commas and the like between them are one change; of one change what is gone comes first.

    >>> word_diff("is 36 coins", "is 35 coins")
    [('=', 'is '), ('-', '36'), ('+', '35'), ('=', ' coins')]
    """
    left, right = _WORD.findall(old), _WORD.findall(new)
    start, end = _common_ends(left, right)
    middle = left[start : len(left) - end], right[start : len(right) - end]
    if len(middle[0]) * len(middle[1]) > _MOST:
        return None
    same = (("=", word) for word in left[:start])
    return list(_merged(chain(same, _aligned(*middle), (("=", word) for word in left[len(left) - end :]))))


def changed_excerpt(old: str, new: str) -> list[Piece]:
    """The stretch in which `new` differs from `old` in pieces, with a few words around it and ``...`` for what is left out.

    >>> changed_excerpt("so " * 99 + "it is 36", "so " * 99 + "it is 35")[:1]
    [('=', '...')]
    """
    start, end = _common_ends(old, new)
    begin = max(start - _AROUND, 0)
    parts = [text[begin : len(text) - end + _AROUND] for text in (old, new)]
    is_whole = end <= _AROUND and max(map(len, parts)) <= _EXCERPT
    pieces = word_diff(*(part[:_EXCERPT] for part in parts)) or []
    return [*_piece("=", "..." if begin else ""), *pieces, *_piece("=", "" if is_whole else "...")]


def marked_text(pieces: Sequence[Piece]) -> str:
    """Pieces as a line of text.

    >>> marked_text([("=", "is "), ("-", "36"), ("+", "35")])
    'is [-36-]{+35+}'
    """
    return "".join(_MARKS[sign].format(words) for sign, words in pieces)


def _common_ends(left: Sequence[str], right: Sequence[str]) -> tuple[int, int]:
    """How many items the two share at the start, and of the rest at the end."""
    start = _common_prefix(left, right)
    room = min(len(left), len(right)) - start
    return start, _common_prefix(left[len(left) - room :][::-1], right[len(right) - room :][::-1])


def _common_prefix(left: Sequence[str], right: Sequence[str]) -> int:
    return next((index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    """Word by word along a longest common subsequence.

    Rows of the table are bits of one number each (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): a zero bit
    stands where the length grows by one. Walking back from the end then gives the alignment.
    """
    rows = list(_rows(old, new))
    pieces: list[Piece] = []
    i, j = len(old), len(new)
    while i and j:
        if rows[j] >> (i - 1) & 1:
            i -= 1
            pieces.append(("-", old[i]))
        elif not rows[j - 1] >> (i - 1) & 1:
            j -= 1
            pieces.append(("+", new[j]))
        else:
            i, j = i - 1, j - 1
            pieces.append(("=", old[i]))
    pieces += [("+", word) for word in reversed(new[:j])] + [("-", word) for word in reversed(old[:i])]
    return pieces[::-1]


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[int]:
    places: dict[str, int] = {}
    for index, word in enumerate(old):
        places[word] = places.get(word, 0) | 1 << index
    every = row = (1 << len(old)) - 1
    yield row
    for word in new:
        matching = row & places.get(word, 0)
        row = ((row + matching) | (row - matching)) & every
        yield row


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of a sign in one piece, and changes with only spaces, commas and the like between them as one change."""
    gone = come = between = ""
    for sign, group in groupby(pieces, key=itemgetter(0)):
        text = "".join(word for _, word in group)
        if sign != "=":
            gone += between + text * (sign == "-")
            come += between + text * (sign == "+")
            between = ""
        elif (gone or come) and _JOINING.fullmatch(text):
            between = text
        else:
            yield from [*_piece("-", gone), *_piece("+", come), ("=", text)]
            gone = come = ""
    yield from [*_piece("-", gone), *_piece("+", come), *_piece("=", between)]


def _piece(sign: str, words: str) -> list[Piece]:
    return [(sign, words)] if words else []
