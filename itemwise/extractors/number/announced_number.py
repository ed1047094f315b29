"""Reads the number of the last announcement that says something; what is announced and is no single number is an answer too."""

import re

from itemwise.extractors.announcement import DECIMAL_COMMA, Announcement, announcements
from itemwise.extractors.number.concluding_number import concluded_number
from itemwise.extractors.number.listed_values import labels_several, listed_values
from itemwise.extractors.number.number_phrase import NumberMatch, number_in_announcement, number_in_prose, opens_with_number

_PATIENCE = 60  # announcements without a number that are read as closely as the others
_NEAR = 40  # characters in which later ones must come to a digit
_SHORT = 14  # words that may follow "A:"
_SEVERAL = re.compile(r"(?<!\\)[.!?]\s+\S|\S\s*\n\s*\S|=[^=]*=")  # sentences, lines or steps
_COMMA = re.compile(r"(?<![0-9.,])(?P<whole>[0-9]{1,12}),(?=[0-9]{1,2}(?![0-9]))")
_THOUSANDS_OR_NOT = re.compile(r"[^0-9\n]{0,60}[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9,])")  # 1.250 in a language with decimal commas
_DIGIT = re.compile("[0-9]")
_DECLINES = re.compile(
    r"not enough|insufficient|can ?not|can't|unable|unknown|undefined|undetermined|indeterminate|impossible"
    r"|no (?:real )?solution|no such|\bnone\b|not exist|not possible|infinite|null|n/a"
    r"|(?:multiple|many|several) (?:possible )?(?:solutions|answers)|不存在|无解|无法|不能|无穷"
)
_DISOWNS = re.compile(r"(?:[^.!?]|\.(?=[0-9]))*(?:incorrect|wrong|not correct|mistake)|[^\n]*\?\s*$")
_JOINED = re.compile(
    r"[\s})$.]*(?:and|or|,|;|&|和|或)[\s({$\\]*|[\s})$\\\]]{1,20}[\s({$\\\[]{0,20}|[^.\n!?。]{0,80}[\s,](?:and|or)\s[^.\n!?。]{0,80}"
)
_SENTENCE = re.compile(
    r"[\s$]*[0-9][0-9,]*(?:\.[0-9]+)? (?:\w+ ){1,3}(?:costs?|is|are|weighs?|makes?|equals?|takes?|earns?|pays?|holds?)\b[^.!?\n]*[0-9]"
)
_ABOUT = re.compile(
    r"[\s*_]*(?:in (?:the|a) |(?:also |now |indeed )?(?:correct|right|properly|presented|formatted|verified|consistent|based on|positive)\b"
    r"|negative\b(?! ?[0-9]))"
)
_HEADING = re.compile(r"\s*(?:step|part|[0-9]+[.)]\s*[^\s0-9])")
_MARKS = re.compile(r"</?[a-z]+>|\\[a-z]+|[^\w\s]|_")
_FILLING = """
correct right wrong incorrect below above follows reasonable given obtained found calculated known clear simple here rounded unique same
different let lets first explanation solution answer final step steps to we i the it this that yes no so and verified complete important
"""
_NO_ANSWER = frozenset(_FILLING.split())
_BLANK = " \n_.:*$"
_PLACEHOLDER = frozenset(("answer", "your", "final", "number", "here", "the", "result", "value", "solution"))
_GOES_ON = re.compile(r"=|\b(?:so|therefore|thus|hence)\b")


def announced_number(lower: str, after: int) -> tuple[NumberMatch, str] | None:
    """The number that the lower-case reply announces from `after` on, and the rule; two different joined boxes announce none."""
    candidates = [announcement for announcement in announcements(lower) if announcement.at >= after]
    for index, announcement in reversed(list(enumerate(candidates))):
        silent = len(candidates) - index > _PATIENCE and not _DIGIT.search(lower, announcement.start, announcement.start + _NEAR)
        match = None if silent else _read(announcement, lower)
        if match:
            before = candidates[max(0, index - 3) : index]
            return _beside(before, announcement, match, lower), announcement.rule
    if candidates and _is_blank(candidates[-1], lower):
        return NumberMatch(None, candidates[-1].at, candidates[-1].end), candidates[-1].rule
    return None


def _is_blank(announcement: Announcement, lower: str) -> bool:
    """Whether the reply ends with an announcement of nothing: "The answer is ___."."""
    return announcement.rule == "the answer is" and not lower[announcement.start :].strip(_BLANK)


def _beside(before: list[Announcement], announcement: Announcement, match: NumberMatch, lower: str) -> NumberMatch:
    """The match in view of the announcements before it: two joined boxes contradict, digits at the very end may be cut off."""
    if not before:
        return match
    if before[-1].rule == announcement.rule == "boxed" and _JOINED.fullmatch(lower, before[-1].end, announcement.at):
        other = _read(before[-1], lower)
        return match._replace(number=None) if other and other.number != match.number else match
    if match.number and not lower[match.end :].strip():
        others = filter(None, (_read(earlier, lower) for earlier in before))
        return next((other for other in others if (other.number or "").startswith(match.number)), match)
    return match


def _read(announcement: Announcement, lower: str) -> NumberMatch | None:
    words = lower[announcement.start : announcement.end + (announcement.rule == "boxed")]  # a box's brace too: in {7!} nobody exclaims
    if announcement.rule in DECIMAL_COMMA and _THOUSANDS_OR_NOT.match(words):
        return NumberMatch(None, announcement.start, announcement.end)
    if announcement.rule in DECIMAL_COMMA:
        words = _COMMA.sub(r"\g<whole>.", words)
    if announcement.rule == "the answer is" and _ABOUT.match(words):
        return None
    if announcement.rule == "####" and _HEADING.match(words) and "=" not in words:
        return None
    if announcement.rule == "answer:" and _is_working(words, lower[announcement.end : announcement.end + 400]):
        return None
    if lower.startswith("</answer", announcement.end) and _SEVERAL.search(words):
        concluded = concluded_number(words, whole=True)
        return concluded[0].shifted(announcement.start) if concluded else NumberMatch(None, announcement.start, announcement.end)
    if announcement.rule == "a:" and len(words.split()) > _SHORT:
        return None
    if "\n" in lower[announcement.at : announcement.start]:
        listed = listed_values(lower, announcement.start)
        if listed:
            return None if listed.working else listed.match
    if labels_several(words):
        return NumberMatch(None, announcement.start, announcement.end)
    match = number_in_prose(words) if _SENTENCE.match(words) else number_in_announcement(words)
    if match is None:
        says = _DECLINES.search(words) or _is_word(announcement, words, lower)
        return NumberMatch(None, announcement.at, announcement.end) if says else None
    return None if _DISOWNS.match(words) else match.shifted(announcement.start)


def _is_word(announcement: Announcement, words: str, lower: str) -> bool:
    """Whether the announced answer is a word or two: Thursday, red blocks."""
    spoken = _MARKS.sub(" ", words).split()
    tag = lower.startswith("answer>", announcement.at)
    if announcement.rule == "boxed" or (tag and "</" in lower[announcement.start : announcement.end + 20]):
        return bool(spoken) and not _PLACEHOLDER.issuperset(spoken)
    if not spoken or _NO_ANSWER.intersection(spoken) or announcement.rule == "a:" or tag:
        return False
    return len(spoken) <= 2 and not _GOES_ON.search(lower, announcement.end)


def _is_working(words: str, behind: str) -> bool:
    """Whether "Answer:" only opens a working in sentences that goes on in the same paragraph."""
    paragraph = behind.partition("\n\n")[0]
    return any(map(str.isdigit, paragraph)) and not opens_with_number(words) and "=" in words
