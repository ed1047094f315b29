"""Parses numbers written in words: "twelve", "one hundred and five", "two thirds", "十二", "三百二十", "三分之二"."""

import re
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
_OPENING = frozenset(("about", "exactly", "only", "the", "is", "just", "约", "共"))
_ARTICLES = frozenset(("a", "an", "one"))

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2, "〇": 0}
_DIGITS |= {digit: value for value, digit in enumerate("壹贰叁肆伍陆柒捌玖", start=1)} | {
    "貳": 2,
    "參": 3,
    "陸": 6,
    "壱": 1,
    "弐": 2,
    "参": 3,
}
_PLACES = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_TWENTIES = {"廿": 20, "卅": 30}
_MYRIADS = {"万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8}
_CHINESE = _DIGITS.keys() | _PLACES.keys() | _TWENTIES.keys() | _MYRIADS.keys()
_PLURAL = re.compile(r"(?<![零〇一二三四五六七八九])[一二两兩三四五六七八九]{2}(?![零〇一二三四五六七八九])")  # 三四个 are three or four
_NO_COUNT = frozenset("样樣直起定般共切些致旦律军軍")  # behind one character these make a word: 一样, 陆军
_THOUSANDFOLD = frozenset("克米瓦卡")  # 三千克 is three kilograms

Ratio = tuple[int, int]


def is_number_word(word: str) -> bool:
    """Whether the word may be the first of a number in words."""
    return word in _CHINESE or word in ("half", "a") or word.partition("-")[0] in _WORDS or word in _SCALES


def continues_number(word: str) -> bool:
    """Whether the word may stand inside a number in words, or say a share at its end."""
    return is_number_word(word) or is_share(word) or word in ("and", "分", "之")


def is_share(word: str) -> bool:
    """Whether the word is a part of one: half, third, quarters."""
    return word in _SHARES or word.removesuffix("s") in _SHARES


def spelled_number(words: Sequence[str]) -> Ratio | None:
    """The number that the words open with, over its denominator; at most three words (its unit) may follow.

    None where the words are no number: "one of the boxes" is none, "half the boxes" neither, "twelve boxes" is 12.
    """
    parts = [part for word in words for part in word.split("-")]
    while parts and parts[0] in _OPENING:
        del parts[0]
    if parts and parts[0] in _CHINESE:
        return _chinese(parts)
    if parts[:1] == ["half"] or (parts[:1] == ["a"] and parts[1:2] in (["half"], ["quarter"], ["third"])):
        return _share_alone(parts[parts[0] == "a" :])
    if parts[:1] == ["a"]:
        del parts[0]
    count = _run(parts, lambda part: part in _WORDS or part in _SCALES or part == "and")
    if count and parts[count - 1] == "and" and len(parts) > count + 1 and parts[count] in _ARTICLES and parts[count + 1] in _SHARES:
        whole, share = _english(parts[: count - 1]), _SHARES[parts[count + 1]]
        return (whole * share + 1, share) if count > 1 and len(parts) <= count + 5 and "of" not in parts[count:] else None
    if not count or "and" in (parts[0], parts[count - 1]) or len(parts) - count > 3 or "of" in parts[count:]:
        return None
    share = _SHARES.get(parts[count].removesuffix("s"), 0) if count < len(parts) else 0
    return _english(parts[:count]), share or 1


def _share_alone(parts: Sequence[str]) -> Ratio | None:
    """The share of "half", "a quarter" and "half an hour"; "half the boxes" is some number of boxes."""
    unit = parts[1:]
    whole = unit[:1] and unit[0] in _ARTICLES and len(unit) < 3 and unit[-1] != "dozen" and unit[-1] not in _SCALES
    return (1, _SHARES[parts[0]]) if not unit or whole else None


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
    if _PLURAL.search("".join(parts[:count])) or (count == 1 and rest and rest[0] in _NO_COUNT):
        return None
    if list(rest[:2]) == ["分", "之"]:
        top = _chinese(rest[2:])
        bottom = chinese_count(parts[:count])
        if not top or not bottom:
            return None
        return (top[0], 1) if bottom == 100 else (top[0], bottom)  # 百分之三十 is 30%, and that is 30
    if rest and rest[0] in _THOUSANDFOLD and count > 1 and parts[count - 1] == "千":
        count -= 1
    return None if len(rest) > 3 else (chinese_count(parts[:count]), 1)


def chinese_count(parts: Sequence[str]) -> int:
    """The value of digits and places in order, digits also as numerals: 三百二十, 3万5千."""
    total = section = digit = 0
    for part in parts:
        if part in _DIGITS or part.isdigit():
            digit = 10 * digit + _DIGITS[part] if part in _DIGITS else int(part)
        elif part in _PLACES:
            section, digit = section + (digit or 1) * _PLACES[part], 0
        elif part in _TWENTIES:
            section, digit = section + _TWENTIES[part], 0
        else:
            total, section, digit = total + (section + digit) * _MYRIADS[part], 0, 0
    return total + section + digit
