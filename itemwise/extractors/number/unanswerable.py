"""`number_or_unanswerable`: for problems of which some cannot be solved, where saying so is the right answer."""

import re

from itemwise.extractors.announcement import announcements
from itemwise.extractors.answer_field import answer_field
from itemwise.extractors.number.last_number import last_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.visible_parts import VisiblePart, visible_parts

UNANSWERABLE = "unanswerable"  # the answer of a problem that lacks what it takes

_SOLVED = (
    r"(?:be )?(?:\w+ly )?(?:determin|tell|told|find|found|know|calculat|comput|answer|solve|say\b|said\b|establish|figure|conclude|work)"
)
_TOLD = re.compile(
    r"\bunanswerable\b|\bunsolvable\b"
    rf"|\b(?:can ?not|can't|could(?: not|n't)|unable to|not able to|no way to|(?:im|not )possible to) {_SOLVED}"
    r"|\b(?:not|n't|without|lacks?) (?:have |given |provide |provided with |know )?(?:enough|sufficient|adequate)\b|\binsufficient\b"
    r"|\b(?:do|does)(?: not|n't) (?:know|provide|specify|say|state|mention|tell|give)\b|\bmissing (?:information|data|values?|details?)\b"
    r"|\b(?:is|are|was|were)(?: not|n't) (?:given|provided|specified|stated|known|mentioned)\b|\bunknown\b|\bundetermined\b"
    r"|\b(?:more|additional|further) (?:information|details|data) (?:is|are|would be) (?:need|requir|necess)"
    r"|无法(?:确定|计算|求|得|回答)|不能确定|条件不足|信息不足"
)
_WORD = re.compile(r"[\s\"'*_`({\[$]*(?:\\text\w*\{)?(?:none|null|n/a|unknown|undefined|not (?:given|known|possible|enough))(?![\w'])")
_SENTENCE = re.compile(r"[^.!?\n。]*[^.!?\s。][^.!?\n。]*")
_LAST = 2  # sentences at the end in which it may be said
_LONGEST = 1500  # characters in which they stand


def number_or_unanswerable(text: str) -> Reading | None:
    """The number that the reply states as `last_number` reads it, UNANSWERABLE where it states that there is no telling, else None.

    A number that is announced stands, whatever the reply says on the way ("the price is not given; if it is $2, the answer is 10").

    >>> number_or_unanswerable("The price of a pen is not given, so it cannot be determined.") == UNANSWERABLE
    True
    """
    number = last_number(text)
    if number is not None and number.stated:
        return number
    for part in visible_parts(text):
        if part.text.strip():
            return _declined(part) or number
    return number


def _declined(part: VisiblePart) -> Reading | None:
    lower = part.text.lower()
    field = answer_field(part.text, lower)
    stated = [("json field answer", field.start, field.end)] if field else [(at.rule, at.start, at.end) for at in announcements(lower)[-1:]]
    for rule, start, end in stated:
        if _WORD.match(lower, start, end) or _TOLD.search(lower, start, end):
            return _reading(part, start, end, rule)
    if part.goes_on or field:
        return None
    sentences = [match.span() for match in _SENTENCE.finditer(lower, max(0, len(lower) - _LONGEST))][-_LAST:]
    said = next((span for span in reversed(sentences) if _TOLD.search(lower, *span)), None)
    alone = len(sentences) == 1 and _WORD.fullmatch(lower[slice(*sentences[0])].rstrip(" *_`\"'$)]}"))
    return _reading(part, *said, "declined") if said else _reading(part, *sentences[0], "declined") if alone else None


def _reading(part: VisiblePart, start: int, end: int, rule: str) -> Reading:
    first, last = part.span(start, end)
    return Reading(UNANSWERABLE, start=first, end=last, rule=rule, stated=rule != "declined")
