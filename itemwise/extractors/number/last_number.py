"""`last_number`: the number a reply states as its final answer, by announcement, concluding sentence, or as the last one."""

import re
from typing import NamedTuple

from itemwise.extractors.announcement import Announcement, announcements, may_announce
from itemwise.extractors.answer_field import AnswerField, answer_field, object_end
from itemwise.extractors.correction import CUE, admission, corrections
from itemwise.extractors.number.concluding_number import concluded_number
from itemwise.extractors.number.number_phrase import NumberMatch, number_in_announcement, number_in_prose, opens_with_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.reply_parts import VisiblePart, visible_parts

_PLAIN = re.compile("-?[1-9][0-9]{0,17}")
_DECLINES = re.compile(
    r"not enough|insufficient|cannot|can't|can not|unable|unknown|undefined|undetermined|indeterminate|impossible"
    r"|no solution|no such|\bnone\b|not exist|not possible|infinite|null|n/a|不存在|无解|无法|不能"
)
_DISOWNS = re.compile(r"(?:[^.!?]|\.(?=[0-9]))*(?:incorrect|wrong|not correct|mistake)|[^\n]*\?\s*$")
_SO = re.compile(r"\b(?:so|thus|therefore|hence)\b")
_JOINED = re.compile(r"[\s})$.]*(?:and|or|,|;|&|和|或)[\s({$\\]*")
_HEADING = re.compile(r"\s*(?:step|part|[0-9]+[.)]\s*[^\s0-9])")


class _Result(NamedTuple):
    match: NumberMatch
    rule: str


def last_number(text: str) -> Reading | None:
    r"""The number that the reply states as its answer, as canonical text; None where it states none.

    `18.00` is 18, `$1,430.` is 1430, `\frac{250}{21}` is 250/21 and `35%` is 35. An announced answer (JSON field,
    `####`, `\boxed{}`, "the answer is") comes before a concluding sentence, and that before the last number, which
    alone is marked `stated=False`. Announced words that are no single number ("3x + 4", "12 or 14", "unknown") give
    None, not the nearest digits. Thoughts and whatever follows the next question are not read.

    >>> last_number('{"steps": ["48/2=24", "48+24=72"], "answer": 72}')
    Reading('72', start=45, end=47, rule='json field answer')
    """
    for part in visible_parts(text):
        result = _read(part.text, part.text.lower())
        if result is not None:
            return _reading(result, part)
    return None


def _reading(result: _Result, part: VisiblePart) -> Reading | None:
    (number, *found), rule = result
    if number is None:
        return None
    start, end = part.span(*found)
    return Reading(number, start=start, end=end, rule=rule, stated=rule != "last number")


def _read(part: str, lower: str) -> _Result | None:
    field = answer_field(part, lower)
    if field:
        later = _announced(lower, object_end(lower, field)) if may_announce(lower, field.end) else None
        return _corrected(_settled(_read_field(field), later, lower), lower, object_end(lower, field))
    announced = _announced(lower, 0)
    if announced:
        return _corrected(announced, lower, announced.match.end)
    concluded = concluded_number(lower)
    return _Result(*concluded) if concluded else None


def _read_field(field: AnswerField) -> _Result:
    rule = "json field answer"
    if _PLAIN.fullmatch(field.text):
        return _Result(NumberMatch(field.text, field.start, field.end), rule)
    value = field.text.lower()
    match = number_in_announcement(value) if opens_with_number(value) else number_in_prose(value)
    if match is None or match.number is None:
        return _Result(NumberMatch(None, field.start, field.end), rule)
    return _Result(match.shifted(field.start), rule)


def _settled(field: _Result, later: _Result | None, lower: str) -> _Result:
    """The field, unless an announcement behind it says otherwise: a correction replaces it, a contradiction voids both."""
    if later is None or later.match.number in (None, field.match.number):
        return field
    if field.match.number is None or CUE.search(lower, field.match.end, later.match.start):
        return later
    return field if later.rule == "answer:" else _Result(later.match._replace(number=None), later.rule)


def _announced(lower: str, after: int) -> _Result | None:
    """The last announcement that says something; two boxes joined by "and" or "or" announce no single number."""
    candidates = [announcement for announcement in announcements(lower) if announcement.at >= after]
    for index, announcement in reversed(list(enumerate(candidates))):
        match = _read_announcement(announcement, lower)
        if match:
            joined = index > 0 and _contradicts(candidates[index - 1], announcement, match, lower)
            return _Result(match._replace(number=None) if joined else match, announcement.rule)
    return None


def _contradicts(before: Announcement, announcement: Announcement, match: NumberMatch, lower: str) -> bool:
    """Whether the box before, joined by an "and" or "or", holds another number."""
    if not before.rule == announcement.rule == "boxed" or not _JOINED.fullmatch(lower, before.end, announcement.at):
        return False
    other = _read_announcement(before, lower)
    return other is not None and other.number != match.number


def _read_announcement(announcement: Announcement, lower: str) -> NumberMatch | None:
    words = lower[announcement.start : announcement.end]
    if announcement.rule == "####" and _HEADING.match(words) and "=" not in words:
        return None
    if announcement.rule == "answer:" and _is_working(words, lower[announcement.end : announcement.end + 400]):
        return None
    match = number_in_announcement(words)
    if match is None:
        return NumberMatch(None, announcement.start, announcement.end) if _DECLINES.search(words) else None
    return None if _DISOWNS.match(words) else match.shifted(announcement.start)


def _is_working(words: str, behind: str) -> bool:
    """Whether "Answer:" only opens a working in sentences that goes on in the same paragraph."""
    paragraph = behind.partition("\n\n")[0]
    return any(map(str.isdigit, paragraph)) and not opens_with_number(words) and "=" in words


def _corrected(announced: _Result, lower: str, after: int) -> _Result:
    """The answer, or the number of later words that take it back: "wait, no: 14"; none where they only say it was wrong."""
    for start, end in corrections(lower, after):
        words = lower[start:end]
        match = number_in_announcement(words) if opens_with_number(words) else None
        if match:
            return _Result(match.shifted(start), "correction")
    wrong = admission(lower, after)
    if wrong is None:
        return announced
    match, rule = concluded_number(lower[wrong:]) or (NumberMatch(None, 0, 0), "")
    concludes = rule == "conclusion" or _SO.search(lower, wrong, wrong + match.start)
    return _Result(match.shifted(wrong) if concludes else NumberMatch(None, wrong, len(lower)), "correction")
