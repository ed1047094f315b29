r"""Finds where a reply announces its answer: "the answer is", "Answer:", `\boxed{}`, `####`, 【答案】.

An announcement is only the offset and the words that follow; what they say is read by `number` and `choice`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MOST = 100  # announcements of one kind looked at, counted from the end of the reply
_MARKS = ("answer", "boxed", "####", "a:", "答案", "答:")
_WINDOW = 400  # characters an announcement's words may take
_MIDDLE = r"(?:\s?\([^)\n]{0,40}\))?"
_COPULA = r"(?:is|are|was|equals|would be|should be|must be|will be|comes out to|comes to)"
_AFTER_ANSWER = re.compile(
    rf"""(?:s|\(s\))?{_MIDDLE}[*_`]*
    (?: (?P<colon>(?:\ (?:to|for|of|in)\b[^.:\n?!]{{0,60}})?[*_`\]]*\ ?(?::|=>?|->|→|(?<=r)>)[*_]*)
      | (?P<copula>[,\ ](?:[^.:\n?!]{{0,60}}?\ )??{_COPULA}\b[*_]*(?:\ ?:)?)
      | (?P<heading>[*_`\]]*\ *\n)
    )(?:\s|\$\$|\\\[|(?<=\n)-\ )*""",
    re.VERBOSE,
)
_AFTER_CHINESE = re.compile(r"[^\n。,:]{0,12}?(?:应该?[是为]|就?[是为]|[:=\]])+[*_]*:?\s*")
_OF_ANOTHER = re.compile(
    r"\b(?:provided|previous|wrong|incorrect|initial|their|student'?s|if|whether|unless|suppose|no|which|possible|each)"
    r"(?: the| your| that| my)?(?: \w+)? ?$"
)
_LINE_START = re.compile(r"[\s#*>_\-\d.]*(?:(?:the|my|so|our|and|your) )?(?:(?:final|correct|numerical|exact) )?$")


class Announcement(NamedTuple):
    """`rule` names the announcement; the words that follow it are text[start:end]."""

    rule: str
    at: int
    start: int
    end: int


def may_announce(lower: str, after: int) -> bool:
    """Whether anything from `after` on could be an announcement: a quick look that spares `announcements`."""
    return any(lower.find(mark, after) >= 0 for mark in _MARKS)


def announcements(lower: str) -> list[Announcement]:
    """Every announcement in the folded lower-case text, in order."""
    unsorted = [*_boxes(lower), *_hashes(lower), *_sentences(lower), *_short(lower)]
    return sorted(unsorted, key=lambda announcement: announcement.at)


def _offsets(text: str, mark: str) -> Iterator[int]:
    offset = text.rfind(mark)
    for _ in range(_MOST):
        if offset < 0:
            return
        yield offset
        offset = text.rfind(mark, 0, offset)


def _boxes(lower: str) -> Iterator[Announcement]:
    for offset in _offsets(lower, "boxed"):
        opening = offset + len("boxed")
        end = closing_brace(lower, opening)
        if end and offset and lower[offset - 1] == "\\":
            yield Announcement("boxed", offset - 1, opening + 1, end)


def closing_brace(text: str, opening: int) -> int | None:
    r"""Where the brace that opens here is closed, within the window; `\{` and `\}` are text."""
    if text[opening : opening + 1] != "{":
        return None
    depth = 0
    for offset in range(opening, min(len(text), opening + _WINDOW)):
        if text[offset] in "{}" and text[offset - 1] != "\\":
            depth += 1 if text[offset] == "{" else -1
            if depth == 0:
                return offset
    return None


def _hashes(lower: str) -> Iterator[Announcement]:
    for offset in _offsets(lower, "####"):
        start = offset + 4
        yield Announcement("####", offset, start, _line_end(lower, start))


def _short(lower: str) -> Iterator[Announcement]:
    """A line that begins with "A:", as fine-tuned models end; among options it is the first of them instead."""
    for offset in _offsets(lower, "a:"):
        if not lower[lower.rfind("\n", 0, offset) + 1 : offset].strip(" *"):
            yield Announcement("a:", offset, offset + 2, _line_end(lower, offset + 2))


def _sentences(lower: str) -> Iterator[Announcement]:
    for offset in _offsets(lower, "answer"):
        match = _AFTER_ANSWER.match(lower, offset + 6, offset + 6 + _WINDOW)
        if match and _is_own(lower, offset, heading=match["heading"] is not None):
            rule = "the answer is" if match["copula"] else "answer:"
            yield Announcement(rule, offset, match.end(), _line_end(lower, match.end()))
    for mark in ("答案", "答:"):
        for offset in _offsets(lower, mark):
            match = _AFTER_CHINESE.match(lower, offset + 1, offset + _WINDOW)
            if match:
                yield Announcement(mark, offset, match.end(), _line_end(lower, match.end()))


def _is_own(lower: str, offset: int, *, heading: bool) -> bool:
    """Whether the words announce the reply's own answer: not someone else's, not conditional, not mid-sentence."""
    line = lower[max(0, offset - 40) : offset].rpartition("\n")[2]
    return bool(_LINE_START.match(line)) if heading else not _OF_ANOTHER.search(line)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start, start + _WINDOW)
    return end if end >= 0 else min(len(text), start + _WINDOW)
