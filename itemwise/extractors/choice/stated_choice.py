"""`stated_choice`: the option letter a multiple-choice reply states as its answer, by the first of ten rules that finds one."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from itemwise.extractors.announcement import Announcement, announcements
from itemwise.extractors.answer_field import answer_field, unescaped
from itemwise.extractors.choice.implied_choice import confirmed_letter
from itemwise.extractors.choice.implied_text import implied_text
from itemwise.extractors.choice.match_letter import LetterMatch, denies_opening, letters_in, opening_letter
from itemwise.extractors.choice.match_option import Options, match_option
from itemwise.extractors.choice.match_text import option_stated, same_text
from itemwise.extractors.choice.option_line import lists_options, option_on_own_line
from itemwise.extractors.choice.pointing import is_of_another, pointed_out
from itemwise.extractors.correction import admission, corrections
from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reading import Reading
from itemwise.extractors.sentence_end import is_finished
from itemwise.extractors.visible_parts import VisiblePart, visible_parts

_NO_OPTION = re.compile(r"none of the|not an option|no option|no (?:correct|valid)|not (?:provided|listed|given|among)|没有正确")
_NOT_THERE = re.compile(r"\b(?:option|choice|answer|which|it) is(?:n't| not) (?:listed|among|given|provided|available|there)\b")
_JOINED = re.compile(r"(?:\\text|\\quad|\\ |[\s{})$.])*(?:and|or|,|;|&|和|或)(?:\\text|\\quad|\\ |[\s{}($])*")
_NOTHING = re.compile("无|没有|有误|均不|都不|不存在")
_DECLINES = re.compile(_NO_OPTION.pattern + r"|cannot|can't|unable|unknown|insufficient|not (?:possible|enough)|无法")
_MOST = 60  # announcements in different words that are read, from the last one on
_DENIAL = re.compile(r"\bnot\s(?:option\s)?\(?[A-Z]\)?$", re.IGNORECASE)
_INSTEAD = re.compile(r" {0,2}(?:So )?(?:it|that|the answer)(?: is|'s| must be)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]*[.!?]?")
_WONDERS = re.compile(r"(?:maybe|perhaps|possibly|could be|might be|what if)\W+(?:\w+ ){0,2}$", re.IGNORECASE)
_LONGEST_LINE = 400
_ENDS = " .*_\n"  # what may stand around an option's text
_LETTER_FIRST = re.compile(r"[\s*_(]*([A-Z])[*_]*[.):][\s*_]*")


class _Result(NamedTuple):
    match: LetterMatch
    rule: str


def stated_choice(text: str, options: Sequence[str] | int) -> Reading | None:
    """The letter of the option the reply chooses, None where it chooses none, several, or one that is not there.

    `options` are the options' texts in order, or only how many there are (1 to 26). With the texts, an option named
    by its text or number counts as its letter; a text that only passes by does not. A letter that is a word, a name, a
    unit or a variable is no choice, and no letter is ever guessed.

    >>> stated_choice("Neither A nor C holds, so the answer is (B).", 4)
    Reading('B', start=41, end=42, rule='the answer is')
    """
    known = Options.of(options)
    for part in visible_parts(text):
        lower = part.text.lower()
        result = next(filter(None, (rule(part.text, lower, known) for rule in _RULES)), None)
        if result is not None:
            return _reading(result, part)
    return None


def _reading(result: _Result, part: VisiblePart) -> Reading | None:
    (letter, *found), rule = result
    if letter is None or (part.goes_on and rule == "option text"):
        return None
    start, end = part.span(*found)
    return Reading(letter, start=start, end=end, rule=rule)


def _with_its_text(part: str, _lower: str, options: Options) -> _Result | None:
    """A reply that is only a letter and the text of its option, whatever that text says: "D. None of the above", "(C) B. F. Skinner"."""
    match = _LETTER_FIRST.match(part)
    place = options.place(match[1]) if match else None
    if match is None or place is None or not options.texts:
        return None
    words = part[match.end() :]
    is_it = words.strip(_ENDS) == folded(options.texts[place]).strip(_ENDS) or same_text(words, options.texts) == place
    return _Result(LetterMatch(match[1], *match.span(1)), "option text") if is_it else None


def _in_field(part: str, lower: str, options: Options) -> _Result | None:
    field = answer_field(part, lower)
    if field is None:
        return None
    value = unescaped(field.text)
    match = match_option(value, 0, len(value), options) or _only_letter(value, options)
    return _Result(LetterMatch(match.letter if match else None, field.start, field.end), "json field answer")


def _only_letter(words: str, options: Options) -> LetterMatch | None:
    """The one letter that the words name and do not deny."""
    matches = letters_in(words, options.letters)
    return matches[-1] if len({match.letter for match in matches}) == 1 else None


def _announced(part: str, lower: str, options: Options) -> _Result | None:
    found = [announcement for announcement in announcements(lower) if announcement.rule != "a:"]
    if found and _is_pondered(part, found[-1]) and not is_finished(part.rstrip()):
        return _Result(LetterMatch(None, found[-1].start, found[-1].end), found[-1].rule)
    denied = None
    for announcement in islice(_of_different_words(found, part), _MOST):
        match = _read_announcement(announcement, part, lower, options)
        if match and _is_joined(announcement, found, part, match, options):
            return _Result(match._replace(letter=None), announcement.rule)
        if match:
            settled = None if match.letter else pointed_out(part, options, match.end) or _said_instead(part, match.end, options)
            return _Result(settled, "option named") if settled else _corrected(_Result(match, announcement.rule), part, lower, options)
        if denied is None and denies_opening(part[announcement.start : announcement.end]):
            denied = announcement
    return _Result(LetterMatch(None, denied.start, denied.end), denied.rule) if denied else None


def _said_instead(part: str, denied: int, options: Options) -> LetterMatch | None:
    """The letter that opens the sentence behind a denied one: "The answer is not B. It is D."."""
    sentence = _DENIAL.search(part, max(0, denied - 40), denied) and _SENTENCE.match(part, denied, denied + _LONGEST_LINE)
    instead = _INSTEAD.match(part, sentence.end()) if sentence else None
    match = opening_letter(part[instead.end() : instead.end() + _LONGEST_LINE], options.letters) if instead else None
    return match.shifted(instead.end()) if match and instead else None


def _is_joined(box: Announcement, found: list[Announcement], part: str, match: LetterMatch, options: Options) -> bool:
    """Whether another box with another letter stands before this one, joined by "and", "or" or a comma."""
    before = [other for other in found if other.rule == box.rule == "boxed" and other.at < box.at][-1:]
    if not before or not _JOINED.fullmatch(part, before[0].end, box.at):
        return False
    other = match_option(part, before[0].start, before[0].end, options)
    return other is not None and other.letter != match.letter


def _of_different_words(found: list[Announcement], part: str) -> Iterator[Announcement]:
    """The announcements from the last to the first; what is announced in the same words over and over only once."""
    seen = set()
    for announcement in reversed(found):
        words = part[announcement.start : announcement.end]
        if words not in seen:
            yield announcement
        seen.add(words)


def _read_announcement(announcement: Announcement, part: str, lower: str, options: Options) -> LetterMatch | None:
    if _is_pondered(part, announcement):
        return None
    match = match_option(part, announcement.start, announcement.end, options)
    if match and match.letter and lists_options(part, match.letter, match.end):
        return None
    if match and _NOT_THERE.search(lower, match.end, announcement.end):
        return match._replace(letter=None)
    nothing = _NOTHING if announcement.rule in ("答案", "答:") else _DECLINES
    if match or not nothing.search(lower, announcement.start, announcement.end):
        return match
    return LetterMatch(None, announcement.start, announcement.end)


def _is_pondered(part: str, announcement: Announcement) -> bool:
    """Whether the announcement only asks or wonders: "the answer is D?", or in a reply that was cut off "maybe the answer is B"."""
    if announcement.rule != "the answer is":
        return False
    sentence = _SENTENCE.match(part, announcement.start, announcement.end)
    wonders = _WONDERS.search(part, max(0, announcement.at - 24), announcement.at)
    return bool(sentence and sentence.group().endswith("?")) or (wonders is not None and not is_finished(part.rstrip()))


def _corrected(result: _Result, part: str, lower: str, options: Options) -> _Result:
    """The result, or the letter of later words that take it back: "wait, no: C"; no letter where they only say it was wrong."""
    for start, end in corrections(lower, result.match.end):
        match = opening_letter(part[start:end], options.letters) or _only_letter(part[start:end], options)
        if match:
            return _Result(match.shifted(start), "correction")
    wrong = admission(lower, result.match.end)
    if wrong is None:
        return result
    match = _only_letter(part[wrong:], options)
    return _Result(match.shifted(wrong) if match else LetterMatch(None, wrong, len(part)), "correction")


def _fits_none(part: str, lower: str, options: Options) -> _Result | None:
    return _declined(part, lower, options, _NO_OPTION)


def _gives_up(part: str, lower: str, options: Options) -> _Result | None:
    return _declined(part, lower, options, _DECLINES)


def _declined(part: str, lower: str, options: Options, words: re.Pattern[str]) -> _Result | None:
    """A last line that says that no option fits or that no answer can be given, unless it then names one or that is an option."""
    end = len(part.rstrip())
    start = max(part.rfind("\n", 0, end) + 1, end - _LONGEST_LINE)
    declines = words.search(lower, start, end)
    if not declines:
        return None
    option = option_stated(part[start:end], options.texts)
    letter = None if option is None else options.letters[option]
    named = None if letter else pointed_out(part, options, declines.end()) or _confirmed_behind(part, declines.end(), options)
    return _Result(named or LetterMatch(letter, start, end), "option named" if named else "option text" if letter else "declined")


def _confirmed_behind(part: str, after: int, options: Options) -> LetterMatch | None:
    match = confirmed_letter(part[after:], options.letters) if is_finished(part.rstrip()) else None
    return match and match.shifted(after)


def _on_own_line(part: str, _lower: str, options: Options) -> _Result | None:
    found = option_on_own_line(part, options)
    return _Result(*found) if found else None


def _pointed(part: str, _lower: str, options: Options) -> _Result | None:
    match = pointed_out(part, options)
    return _Result(match, "option named") if match else None


def _confirmed(part: str, _lower: str, options: Options) -> _Result | None:
    match = confirmed_letter(part, options.letters) if is_finished(part.rstrip()) else None
    return _Result(match, "option named") if match else None


def _last_letter(part: str, _lower: str, options: Options) -> _Result | None:
    """A short reply that ends with the one letter it names: "It's B."."""
    match = _only_letter(part, options) if len(part) <= _LONGEST_LINE else None
    ends = match and not part[match.end :].strip(" )].*_\"'`\n") and not is_of_another(part, match.start)
    return _Result(match, "last letter") if match and ends else None


def _concluded(part: str, lower: str, options: Options) -> _Result | None:
    match = implied_text(part, lower, options)
    return _Result(match, "option text") if match else None


_Rule = Callable[[str, str, Options], "_Result | None"]
_RULES: tuple[_Rule, ...] = (
    *(_with_its_text, _in_field, _announced, _fits_none, _on_own_line, _pointed, _gives_up, _confirmed, _last_letter, _concluded),
)
