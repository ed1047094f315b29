"""Reads an answer that is given as a list over several lines: one item, a total, a working, or several values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from itemwise.extractors.number.number_phrase import NumberMatch, number_in_announcement

_LONGEST = 800  # characters of a list
_LONGEST_ITEM = 10  # words; longer lines are sentences of a working
_BULLET = re.compile(r"\s*(?:[-+*•>][ \t]+|\(?[0-9]{1,2}[.)][ \t]+)?")
_LABEL = re.compile(r"[*_]*(?P<label>[a-z][^:=\n0-9]{0,40}?)[*_]*\s?[:=](?P<rest>.*)")
_TOTAL = re.compile(r"\b(?:total|altogether|together|sum|overall|in all|answer)\b|合计|总")
_WORKING = re.compile(r"[0-9)}] *[-+*/×÷x][^=]*=|= *[-(\\$]*[0-9.,]+ *[-+*/×÷] *[(\\$]*[0-9]")


_LABELLED = re.compile(r"[a-z]\\?[\"']?\s?: ?[\"'$\\]{0,3}(?P<value>-?[0-9][0-9.,]*)")
_SUMS_UP = re.compile(r"=|\b(?:total|sum|altogether|together|so|thus|hence|therefore)\b|合计|总")


class Listed(NamedTuple):
    """What a list says: `match` is its number, with `number` None for several values; `working` where it only works one out."""

    match: NumberMatch | None
    working: bool


class _Item(NamedTuple):
    label: str
    text: str
    start: int


def listed_values(lower: str, start: int) -> Listed | None:
    """What the list that begins at `start`, the beginning of a line, says; None where no list of values stands there."""
    lines = list(_lines(lower, start))
    items = [_item(text, at) for text, at in lines]
    listed = [item for item in items if item]
    workings = sum(bool(_WORKING.search(text)) for text, _ in lines)
    if workings > 1 or (workings and len(lines) > workings and not items[-1]):
        return Listed(None, working=True)
    if not listed or items[0] is None:
        return None
    if workings or any(len(item.text.split()) > _LONGEST_ITEM for item in listed):
        return Listed(None, working=len(listed) > 1)
    totals = [item for item in listed if _TOTAL.search(item.label)]
    if len(listed) > 1 and not totals:
        return Listed(NumberMatch(None, start, lines[-1][1] + len(lines[-1][0])), working=False)
    item = (totals or listed)[-1]
    match = number_in_announcement(item.text)
    return Listed(match.shifted(item.start), working=False) if match else None


def labels_several(words: str) -> bool:
    """Whether the words give several labels a value each, and none of them is a total: "black: 50, white: 350"."""
    values = {pair["value"] for pair in _LABELLED.finditer(words)}
    return len(values) > 1 and not _SUMS_UP.search(words)


def _lines(lower: str, start: int) -> Iterator[tuple[str, int]]:
    """The lines with digits up to the first line of prose, each with its offset."""
    at = start
    for line in lower[start : start + _LONGEST].split("\n"):
        if any(map(str.isdigit, line)):
            yield line, at
        elif line.strip() and not line.rstrip(" *").endswith(":"):
            return
        at += len(line) + 1


def _item(line: str, at: int) -> _Item | None:
    """The line as an item: what a bullet, a number or a label opens."""
    bullet = _BULLET.match(line)
    begin = bullet.end() if bullet else 0
    label = _LABEL.match(line, begin)
    if label:
        return _Item(label["label"], label["rest"], at + label.start("rest"))
    return _Item("", line[begin:], at + begin) if line[:begin].strip() else None
