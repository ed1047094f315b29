"""Where two replies part, in the few words around it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

__all__ = ["word_diff"]

_AROUND = 40  # characters shown before and after
_MOST = 400  # characters compared: a diff is for the eye, and matching takes quadratic time
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def word_diff(old: str, new: str) -> str:
    """The stretch in which `new` differs from `old`.

    >>> word_diff("13 + 23 is 36 coins", "13 + 23 is 35 coins")
    '13 + 23 is [-36-]{+35+} coins'
    """
    start, end = _borders(old, new)
    begin = max(start - _AROUND, 0)
    parts = [text[begin : len(text) - end + _AROUND] for text in (old, new)]
    whole = end <= _AROUND and max(map(len, parts)) <= _MOST
    words = _marked(*(_WORD.findall(part[:_MOST]) for part in parts))
    return ("..." if begin else "") + words + ("" if whole else "...")


def _borders(old: str, new: str) -> tuple[int, int]:
    """How many characters the two share at their beginning, and beyond that at their end."""
    start = _shared(old, new)
    room = min(len(old), len(new)) - start
    return start, _shared(old[len(old) - room :][::-1], new[len(new) - room :][::-1])


def _shared(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _marked(old: list[str], new: list[str]) -> str:
    marked = gone = come = ""
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i:j]), "".join(new[k:m])
        if before == after and not (before.isspace() and (gone or come)):  # a space between two changes makes them no two
            marked += _change(gone, come) + before
            gone = come = ""
        else:
            gone, come = gone + before, come + after
    return marked + _change(gone, come)


def _change(gone: str, come: str) -> str:
    return (f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else "")
