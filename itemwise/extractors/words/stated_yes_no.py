"""`stated_yes_no`: whether a reply says yes or no, by its answer field, an announcement, its first word or its last sentence."""

import re
from typing import NamedTuple

from itemwise.extractors.announcement import announcements
from itemwise.extractors.answer_field import answer_field
from itemwise.extractors.correction import admission, corrections
from itemwise.extractors.reading import Reading
from itemwise.extractors.visible_parts import visible_parts

_EDGE = r"[\s\"'*_`({\[$<]*(?:\\text\w*\{)?"
_WORD = re.compile(
    rf"{_EDGE}(?:(?P<yes>yes|yeah|yep|true|是的?|对的?)|(?P<no>no|nope|false|不是的?|否|没有|不对?))"
    r"(?![\w'])(?!\s?/|\s+(?:or|and)\b|\.? ?[0-9])(?P<after>\s+\w+)?"
)
_GOES_ON = re.compile(r"\s+(?:it|its|the|there|this|that|these|those|they|he|she|we|i|you|not|because|since|as)$|[^a-z]*$")  # behind a no
_SENTENCE = re.compile(r"(?:^|(?<=[.!?。！？\n]))[^.!?。！？\n]*[^.!?。！？\s][^.!?。！？\n]*")
_SO = re.compile(r"\s*(?:[^,]{0,120},\s?)?(?:(?:so|thus|therefore|hence|then),? )?(?:(?:the|my) answer (?:is|must be),? )?")
_CUE = re.compile(r"\b(?:wait|actually|hold on)[,.:!]? ")
_TAIL = 600  # characters in which the last sentence stands


class _Found(NamedTuple):
    said: str | None
    start: int
    end: int
    rule: str


def stated_yes_no(text: str) -> Reading | None:
    """``yes`` or ``no`` as the reply answers, None where it says neither, both, or takes it back.

    A reply that only describes ("There is no dog.") answers neither: what that means depends on the question.

    >>> stated_yes_no("No, the bar of 2018 is lower."), stated_yes_no("There are no cars, so the answer is **no**.")
    (Reading('no', start=0, end=2, rule='first word'), Reading('no', start=38, end=40, rule='the answer is'))
    """
    for part in visible_parts(text):
        found = _read(part.text, part.text.lower())
        if found is not None:
            start, end = part.span(found.start, found.end)
            stated = found.rule != "last sentence"
            return Reading(found.said, start=start, end=end, rule=found.rule, stated=stated) if found.said else None
    return None


def _read(part: str, lower: str) -> _Found | None:
    if field := answer_field(part, lower):
        return _word_at(lower, field.start, field.end, "json field answer") or _Found(None, field.start, field.end, "json field answer")
    for announcement in reversed(announcements(lower)):
        if found := _word_at(lower, announcement.start, announcement.end, announcement.rule):
            return _corrected(found, lower)
    first, last = _word_at(lower, 0, len(lower), "first word"), _concluded(lower)
    said = _corrected(first, lower) if first else last
    return said._replace(said=None) if said and last and said.said != last.said else said


def _word_at(lower: str, start: int, end: int, rule: str) -> _Found | None:
    """The yes or no that opens these words; a no before a noun ("no dog") is none."""
    word = _WORD.match(lower, start, end)
    if word is None or (word["no"] and word["after"] and not _GOES_ON.match(word["after"])):
        return None
    kind = "yes" if word["yes"] else "no"
    return _Found(kind, *word.span(kind), rule)


def _corrected(found: _Found, lower: str) -> _Found:
    for start, end in corrections(lower, found.end):
        if later := _word_at(lower, start, end, "correction"):
            return later
    for cue in _CUE.finditer(lower, found.end):
        found = _word_at(lower, cue.end(), len(lower), "correction") or found
    return found if admission(lower, found.end) is None else found._replace(said=None)


def _concluded(lower: str) -> _Found | None:
    """The yes or no of the last sentence, alone or behind "so"."""
    start = max(0, len(lower) - _TAIL)
    sentence = next(reversed(list(_SENTENCE.finditer(lower, start))), None)
    if sentence is None:
        return None
    lead = _SO.match(lower, sentence.start(), sentence.end())
    places = (lead.end() if lead else sentence.start(), sentence.start())
    return next(filter(None, (_word_at(lower, place, len(lower), "last sentence") for place in places)), None)
