"""The cause "repeats itself": a reply caught in a loop, one part of it over and over, with that part quoted."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from itemwise.causes.cause import REPEATS, Cause, cause
from itemwise.extractors.plain_characters import folded
from itemwise.language import phrase

__all__ = ["repetition"]

_MOST = 60_000  # characters looked at, from the end: a loop does not end by itself
_GRAM = 8  # tokens that recur in the same order
_LEAST = ((5, 100, False), (3, 240, False))  # how often at least, over how many characters, and whether up to the end alone
_SHORTEST = min(characters for _, characters, _ in _LEAST)
_LEAST_BUT_NUMBERS = ((5, 300, True),)
_WORDS_BETWEEN_NUMBERS = 2
_LONG_WORD = re.compile(r"[^\W\d_]{3}")
_SHARE = 5  # a loop that ends before the reply does is at least this part of it
_COUNTER = r"^[ \t#*>-]*(?:step )?[0-9]{1,4}[.:)]|\bsteps? ?[0-9]{1,4}\b"  # "12. ", "By step 53": the same words with the next number
_TOKEN = re.compile(rf"({_COUNTER})|([^\W\d_]{{1,16}}|\d|[^\w\s]|_)", re.MULTILINE | re.IGNORECASE)
_AROUND = " ,;:.\"'[]{}"  # what parts are strung together with
_WORDS = re.compile(r"[^\W\d_]|=")
_SUM = re.compile(r"[0-9)] ?[+*/-] ?[0-9(]")


class _Stretch(NamedTuple):
    """Tokens [first, last) of a text, each of them in words that recur."""

    first: int
    last: int


class _Loop(NamedTuple):
    """How often the reply says these words."""

    times: int
    words: str


def repetition(text: str, *, truncated: bool) -> Cause | None:
    """The part that the reply says over and over, at least a fifth of it or up to its end, and how often.

    Words in the same order are compared, numbers digit by digit, and no spaces; the numbers of a list or of steps may go on counting.
    In a reply that the token limit cut off other numbers may differ too: without it, that is how a list ends.
    """
    plain = folded(text[-_MOST:])
    if len(plain) < _SHORTEST:
        return None
    if loop := _loop(plain, _LEAST):
        return cause(REPEATS, phrase("{times} times: {words}", times=loop.times, words=loop.words))
    loop = _loop(plain, _LEAST_BUT_NUMBERS, numbers=False) if truncated else None
    if loop is None or len(_LONG_WORD.findall(loop.words)) < _WORDS_BETWEEN_NUMBERS:
        return None
    return cause(REPEATS, phrase("but for its numbers {times} times: {words}", times=loop.times, words=loop.words))


def _loop(text: str, least: Sequence[tuple[int, int, bool]], *, numbers: bool = True) -> _Loop | None:
    """The part that recurs as often, over as many characters, as the first of `least` that any part meets; None where none does.

    With `numbers` False only the words beside them are compared.
    """
    pieces = _TOKEN.split(text)  # what is between tokens, a counter or None, a word or None, and so on
    words = [word for word in pieces[2::3] if word and (numbers or not word.isdigit())]
    grams = [*_grams(words)]
    counts = Counter(grams)
    most = max(counts.values(), default=0)
    met = [each for each in least if each[0] <= most]
    if not met:
        return None  # without looking where the words of most replies stand
    ends = [*accumulate([len(piece) if piece else 0 for piece in pieces])]
    places = (at for at in range(2, len(pieces), 3) if (word := pieces[at]) and (numbers or not word.isdigit()))
    spans = [(ends[at - 1], ends[at]) for at in places]
    often, ending = [*map(counts.__getitem__, grams)], len(text.rstrip()) - _GRAM
    for times, characters, to_end in met:
        for first, last in _stretches([at for at, count in enumerate(often) if count >= times]):
            start, end = spans[first][0], spans[last - 1][1]
            matters = end >= ending or (not to_end and (end - start) * _SHARE >= len(text))
            if end - start >= characters and matters and _is_said(text[start:end], text[end : end + _GRAM]):
                return _quoted(text, spans[first:last], grams[first : last - _GRAM + 1], counts)
    return None


def _grams(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Each word with those behind it."""
    return zip(*(words[at:] for at in range(_GRAM)), strict=False)


def _stretches(recurring: Sequence[int]) -> list[_Stretch]:
    """Where tokens without a gap are in words that recur, in order; `recurring` are the places, at least one, where those begin."""
    begin = [0, *(at for at in range(1, len(recurring)) if recurring[at] > recurring[at - 1] + _GRAM), len(recurring)]
    return [_Stretch(recurring[at], recurring[behind - 1] + _GRAM) for at, behind in pairwise(begin)]


def _is_said(text: str, behind: str) -> bool:
    """Whether it has words, equations or bare numbers: a sum that goes on ("1 + 1 + ... = 9") and a table's border are no loop."""
    if _WORDS.search(text) is not None or not behind.strip():
        return True
    return any(character.isdigit() for character in text) and not _SUM.search(text)


def _quoted(text: str, spans: Sequence[tuple[int, int]], grams: Sequence[tuple[str, ...]], counts: Counter[tuple[str, ...]]) -> _Loop:
    """The first of the words that recur most often, up to where they come again."""
    most = max(grams, key=counts.__getitem__)
    at = grams.index(most)
    period = next((later for later in range(at + 1, len(grams)) if grams[later] == most), at + _GRAM) - at
    part = text[spans[at][0] : spans[at + period - 1][1]].strip(_AROUND)
    return _Loop(max(text[spans[0][0] : spans[-1][1]].count(part), counts[most]), part[:120])
