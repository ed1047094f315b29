"""Parses numbers written in words: "twelve", "one hundred and five", "two thirds", "十二", "三百二十", "三分之二"."""

from collections.abc import Callable, Sequence

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(_SMALL.split())}
_WORDS |= {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SHARES = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_OPENING = frozenset(("about", "exactly", "only", "the", "is", "a", "just", "约", "共"))

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_CHINESE = _DIGITS.keys() | _PLACES.keys() | _MYRIADS.keys()

Ratio = tuple[int, int]


def spelled_number(words: Sequence[str]) -> Ratio | None:
    """The number that the words open with, over its denominator; at most three words (its unit) may follow.

    None where the words are no number: "one of the boxes" is none, "twelve boxes" is 12.
    """
    parts = [part for word in words for part in word.split("-")]
    while parts and parts[0] in _OPENING:
        del parts[0]
    if parts and parts[0] in _CHINESE:
        return _chinese(parts)
    count = _run(parts, lambda part: part in _WORDS or part in _SCALES or part == "and")
    if not count or "and" in (parts[0], parts[count - 1]) or len(parts) - count > 3 or "of" in parts[count:]:
        return None
    share = _SHARES.get(parts[count].removesuffix("s"), 0) if count < len(parts) else 0
    return _english(parts[:count]), share or 1


def _run(parts: Sequence[str], belongs: Callable[[str], bool]) -> int:
    return next((index for index, part in enumerate(parts) if not belongs(part)), len(parts))


def _english(parts: Sequence[str]) -> int:
    total = current = 0
    for part in parts:
        if part in _WORDS:
            current += _WORDS[part]
        elif part == "hundred":
            current = max(current, 1) * 100
        elif part in _SCALES:
            total, current = total + max(current, 1) * _SCALES[part], 0
    return total + current


def _chinese(parts: Sequence[str]) -> Ratio | None:
    count = _run(parts, lambda part: part in _CHINESE)
    rest = parts[count:]
    if list(rest[:2]) == ["分", "之"]:
        top = _chinese(rest[2:])
        bottom = _chinese_count(parts[:count])
        return (top[0], bottom) if top and bottom else None
    return None if len(rest) > 3 else (_chinese_count(parts[:count]), 1)


def _chinese_count(parts: Sequence[str]) -> int:
    total = section = digit = 0
    for part in parts:
        if part in _DIGITS:
            digit = _DIGITS[part]
        elif part in _PLACES:
            section, digit = section + (digit or 1) * _PLACES[part], 0
        else:
            total, section, digit = total + (section + digit) * _MYRIADS[part], 0, 0
    return total + section + digit
