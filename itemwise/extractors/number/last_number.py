"""`last_number`: the number a reply states as its final answer, by announcement, concluding sentence, or as the last one."""

import re
from typing import NamedTuple

from itemwise.extractors.announcement import may_announce
from itemwise.extractors.answer_field import AnswerField, answer_field, object_end
from itemwise.extractors.correction import CUE, admission, corrections
from itemwise.extractors.number.announced_number import announced_number
from itemwise.extractors.number.concluding_number import concluded_number
from itemwise.extractors.number.listed_values import labels_several
from itemwise.extractors.number.number_phrase import NumberMatch, number_in_announcement, number_in_prose, opens_with_number
from itemwise.extractors.plain_characters import lowered
from itemwise.extractors.reading import Reading
from itemwise.extractors.visible_parts import VisiblePart, visible_parts

_PLAIN = re.compile("-?[1-9][0-9]{0,17}")
_RESULT = re.compile(r"[0-9)][^=\n]{0,40}=")  # a step of a working
_MISTAKEN = re.compile(r"\b(?:mistake|incorrect|wrong|error|correct(?:ed)? (?:final )?answer)\b")
_FENCE = re.compile(r"\s*`{3}")
_LETTER = re.compile(r"[^\W\d_]")
_SO = re.compile(r"\b(?:so|thus|therefore|hence)\b")


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
        result = _read(part.text, lowered(part.text))
        if result is not None:
            return _reading(result, part)
    return None


def _reading(result: _Result, part: VisiblePart) -> Reading | None:
    (number, *found), rule = result
    if number is None or (part.goes_on and rule == "last number"):
        return None
    start, end = part.span(*found)
    return Reading(number, start=start, end=end, rule=rule, stated=rule != "last number")


def _read(part: str, lower: str) -> _Result | None:
    field = answer_field(part, lower)
    if field:
        return _settled(_read_field(field), field, lower)
    announced = announced_number(lower, 0)
    if announced:
        match = announced[0]
        return _corrected(_Result(*announced), lower, match.end if match.number else match.start)
    concluded = concluded_number(lower)
    return _Result(*concluded) if concluded else None


def _read_field(field: AnswerField) -> _Result:
    rule = "json field answer"
    if _PLAIN.fullmatch(field.text):
        return _Result(NumberMatch(field.text, field.start, field.end), rule)
    value = lowered(field.text)
    direct = opens_with_number(value) and len(_RESULT.findall(value)) < 2
    match = number_in_announcement(value) if direct else number_in_prose(value)
    if match is None or match.number is None or labels_several(value):
        return _Result(NumberMatch(None, field.start, field.end), rule)
    return _Result(match.shifted(field.start), rule)


def _settled(answer: _Result, field: AnswerField, lower: str) -> _Result:
    """The field, unless words behind its object say otherwise: a correction replaces it, a contradiction voids both."""
    if not _LETTER.search(lower, field.end):
        return answer
    end = object_end(lower, field)
    later = announced_number(lower, end) if may_announce(lower, end) else None
    if later is None and answer.match.number is None:
        fence = _FENCE.match(lower, end)
        behind = fence.end() if fence else end
        concluded = concluded_number(lower[behind:])
        return _Result(concluded[0].shifted(behind), "conclusion") if concluded and concluded[1] == "conclusion" else answer
    if later is None or later[0].number in (None, answer.match.number):
        return _corrected(answer, lower, end)
    match, rule = later
    if answer.match.number is not None and not (CUE.search(lower, field.end, match.start) or _MISTAKEN.search(lower, end, match.start)):
        if rule == "answer:":
            return _corrected(answer, lower, end)
        match = match._replace(number=None)
    return _corrected(_Result(match, rule), lower, match.end)


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
