"""The cause "repeats itself": a reply caught in a loop, one part of it over and over, with that part quoted."""

import re
from collections import Counter
from collections.abc import Sequence
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
_TOKEN = re.compile(rf"(?P<counter>{_COUNTER})|[^\W\d_]{{1,16}}|\d|[^\w\s]|_", re.MULTILINE | re.IGNORECASE)
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
    tokens = [token for token in _TOKEN.finditer(plain) if not token["counter"]]
    if loop := _loop(plain, tokens, _LEAST):
        return cause(REPEATS, phrase("{times} times: {words}", times=loop.times, words=loop.words))
    loop = _loop(plain, [token for token in tokens if not token.group().isdigit()], _LEAST_BUT_NUMBERS) if truncated else None
    if loop is None or len(_LONG_WORD.findall(loop.words)) < _WORDS_BETWEEN_NUMBERS:
        return None
    return cause(REPEATS, phrase("but for its numbers {times} times: {words}", times=loop.times, words=loop.words))


def _loop(text: str, tokens: Sequence[re.Match[str]], least: Sequence[tuple[int, int, bool]]) -> _Loop | None:
    """The part that recurs as often, over as many characters, as the first of `least` that any part meets; None where none does."""
    words = [token.group() for token in tokens]
    grams = [tuple(words[at : at + _GRAM]) for at in range(len(words) - _GRAM + 1)]
    counts, ending = Counter(grams), len(text.rstrip()) - _GRAM
    most = max(counts.values(), default=0)
    for times, characters, to_end in least:
        for first, last in _stretches([counts[gram] >= times for gram in grams]) if most >= times else ():
            start, end = tokens[first].start(), tokens[last - 1].end()
            matters = end >= ending or (not to_end and (end - start) * _SHARE >= len(text))
            if end - start >= characters and matters and _is_said(text[start:end], text[end : end + _GRAM]):
                return _quoted(text, tokens, grams[first : last - _GRAM + 1], first, counts)
    return None


def _stretches(recurring: Sequence[bool]) -> list[_Stretch]:
    """Where tokens without a gap are in recurring words, in order."""
    found: list[_Stretch] = []
    for at, recurs in enumerate(recurring):
        if recurs and found and at <= found[-1].last:
            found[-1] = found[-1]._replace(last=at + _GRAM)
        elif recurs:
            found.append(_Stretch(at, at + _GRAM))
    return found


def _is_said(text: str, behind: str) -> bool:
    """Whether it has words, equations or bare numbers: a sum that goes on ("1 + 1 + ... = 9") and a table's border are no loop."""
    if _WORDS.search(text) is not None or not behind.strip():
        return True
    return any(character.isdigit() for character in text) and not _SUM.search(text)


def _quoted(
    text: str, tokens: Sequence[re.Match[str]], grams: Sequence[tuple[str, ...]], first: int, counts: Counter[tuple[str, ...]]
) -> _Loop:
    """The first of the words that recur most often, up to where they come again."""
    most = max(grams, key=lambda gram: counts[gram])
    at = grams.index(most)
    period = next((later for later in range(at + 1, len(grams)) if grams[later] == most), at + _GRAM) - at
    part = text[tokens[first + at].start() : tokens[first + at + period - 1].end()].strip(_AROUND)
    stretch = text[tokens[first].start() : tokens[first + len(grams) + _GRAM - 2].end()]
    return _Loop(max(stretch.count(part), counts[most]), part[:120])
