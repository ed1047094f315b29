r"""Where a reply announces its answer: "the answer is", "Answer:", `\boxed{}`, `####`, 【答案】.

A statement is only the place and the words that follow; what they say is for the extractors of numbers and of choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from itemwise.extractors.pattern import pattern

_MOST = 100  # statements of one kind looked at, counted from the end of the reply
_MARKS = ("answer", "boxed", "####", "a:", "答案", "答:")
_WINDOW = 400  # characters an announcement's words may take
_MIDDLE = r"(?:\s?\([^)\n]{0,40}\))?"
_COPULA = r"(?:is|are|was|equals|would be|should be|must be|will be|comes out to|comes to)"
_AFTER_ANSWER = pattern(
    rf"""(?:s|\(s\))?{_MIDDLE}[*_`]*
    (?: (?P<colon>(?:\ (?:to|for|of|in)\b[^.:\n?!]{{0,60}})?[*_`\]]*\ ?(?::|=>?|->|→|(?<=r)>)[*_]*)
      | (?P<copula>[,\ ](?:[^.:\n?!]{{0,60}}?\ )?{_COPULA}\b[*_]*(?:\ ?:)?)
      | (?P<heading>[*_`\]]*\ *\n)
    )(?:\s|\$\$|\\\[|(?<=\n)-\ )*""",
    re.VERBOSE,
)
_AFTER_CHINESE = pattern(r"[^\n。,:]{0,12}?(?:应该?[是为]|就?[是为]|[:=\]])+[*_]*:?\s*")
_OF_ANOTHER = pattern(
    r"\b(?:provided|previous|wrong|incorrect|initial|their|student'?s|if|whether|unless|suppose|no|which|possible|each)"
    r"(?: the| your| that| my)?(?: \w+)? ?$"
)
_LINE_START = pattern(r"[\s#*>_\-\d.]*(?:(?:the|my|so|our|and|your) )?(?:(?:final|correct|numerical|exact) )?$")


CORRECTION = pattern(r"\b(?:wait|actually|correction|sorry|oops|scratch that|i mean|rather|no,)|不对|更正|应该是")
_CORRECTED = pattern(r"[^.!?\n。]*")


class Statement(NamedTuple):
    """`rule` names the announcement; the words that follow it are text[start:end]."""

    rule: str
    at: int
    start: int
    end: int


def announces(lower: str, after: int) -> bool:
    """Whether anything behind the place could be an announcement: a quick look that spares `statements`."""
    return any(lower.find(mark, after) >= 0 for mark in _MARKS)


def statements(lower: str) -> list[Statement]:
    """Every announcement in the folded lower-case text, in order."""
    found = [*_boxes(lower), *_hashes(lower), *_announcements(lower), *_short(lower)]
    return sorted(found, key=lambda statement: statement.at)


def corrections(lower: str, after: int) -> Iterator[tuple[int, int]]:
    """The spans of what is said in correction behind a place, the last first: "wait, no: *14*"."""
    for cue in reversed(list(CORRECTION.finditer(lower, after))[-20:]):
        said = _CORRECTED.match(lower, cue.end(), cue.end() + 200)
        if said:
            yield said.span()


def _places(text: str, mark: str) -> Iterator[int]:
    place = text.rfind(mark)
    for _ in range(_MOST):
        if place < 0:
            return
        yield place
        place = text.rfind(mark, 0, place)


def _boxes(lower: str) -> Iterator[Statement]:
    for place in _places(lower, "boxed"):
        opening = place + len("boxed")
        end = closing_brace(lower, opening)
        if end and place and lower[place - 1] == "\\":
            yield Statement("boxed", place - 1, opening + 1, end)


def closing_brace(text: str, opening: int) -> int | None:
    r"""Where the brace that opens here is closed, within the window; `\{` and `\}` are text."""
    if text[opening : opening + 1] != "{":
        return None
    depth = 0
    for place in range(opening, min(len(text), opening + _WINDOW)):
        if text[place] in "{}" and text[place - 1] != "\\":
            depth += 1 if text[place] == "{" else -1
            if depth == 0:
                return place
    return None


def _hashes(lower: str) -> Iterator[Statement]:
    for place in _places(lower, "####"):
        start = place + 4
        yield Statement("####", place, start, _line_end(lower, start))


def _short(lower: str) -> Iterator[Statement]:
    """A line that begins with "A:", as fine-tuned models end; among options it is the first of them instead."""
    for place in _places(lower, "a:"):
        if not lower[lower.rfind("\n", 0, place) + 1 : place].strip(" *"):
            yield Statement("a:", place, place + 2, _line_end(lower, place + 2))


def _announcements(lower: str) -> Iterator[Statement]:
    for place in _places(lower, "answer"):
        found = _AFTER_ANSWER.match(lower, place + 6, place + 6 + _WINDOW)
        if found and _is_own(lower, place, heading=found["heading"] is not None):
            rule = "the answer is" if found["copula"] else "answer:"
            yield Statement(rule, place, found.end(), _line_end(lower, found.end()))
    for mark in ("答案", "答:"):
        for place in _places(lower, mark):
            found = _AFTER_CHINESE.match(lower, place + 1, place + _WINDOW)
            if found:
                yield Statement(mark, place, found.end(), _line_end(lower, found.end()))


def _is_own(lower: str, place: int, *, heading: bool) -> bool:
    """Whether the words announce the reply's own answer: not someone else's, not conditional, not mid-sentence."""
    line = lower[max(0, place - 40) : place].rpartition("\n")[2]
    return bool(_LINE_START.match(line)) if heading else not _OF_ANOTHER.search(line)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start, start + _WINDOW)
    return end if end >= 0 else min(len(text), start + _WINDOW)
