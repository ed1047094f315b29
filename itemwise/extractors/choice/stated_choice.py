"""`stated_choice`: the option letter a multiple-choice reply states as its answer, by the first of seven rules that finds one."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from itemwise.extractors.announcement import Announcement, announcements
from itemwise.extractors.answer_field import answer_field, unescaped
from itemwise.extractors.choice.implied_choice import confirmed_letter, is_of_another, pointed_out
from itemwise.extractors.choice.implied_text import implied_text
from itemwise.extractors.choice.match_letter import (
    LABEL,
    OPTION_LINE,
    LetterMatch,
    denies_opening,
    letters_in,
    lists_options,
    opening_letter,
)
from itemwise.extractors.choice.match_option import Options, match_option
from itemwise.extractors.choice.match_text import option_stated, same_text
from itemwise.extractors.correction import admission, corrections
from itemwise.extractors.reading import Reading
from itemwise.extractors.reply_parts import VisiblePart, visible_parts
from itemwise.extractors.sentence_end import is_finished

_DECLINES = re.compile(
    r"none of the|not an option|no option|cannot|can't|unable|unknown|insufficient|no (?:correct|valid)"
    r"|not (?:provided|listed|possible|given|among|enough)|无法|没有正确"
)
_ANALYSED = re.compile(
    r"[\s*_(]*[A-Z][).:*\s]{1,4}(?:this (?:is|option is|statement is) )?(?:incorrect|wrong|not (?:correct|the))\b", re.IGNORECASE
)
_LONGEST_LINE = 400


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
    start, end = part.span(*found)
    return Reading(letter, start=start, end=end, rule=rule) if letter else None


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
    found = announcements(lower)
    for announcement in reversed(found):
        match = None if announcement.rule == "a:" else _read_announcement(announcement, part, lower, options)
        if match:
            return _corrected(_Result(match, announcement.rule), part, lower, options)
    denied = [announcement for announcement in found if denies_opening(part[announcement.start : announcement.end])]
    return _Result(LetterMatch(None, denied[-1].start, denied[-1].end), denied[-1].rule) if denied else None


def _read_announcement(announcement: Announcement, part: str, lower: str, options: Options) -> LetterMatch | None:
    match = match_option(part, announcement.start, announcement.end, options)
    if match and match.letter and lists_options(part, match.letter, match.end):
        return None
    if match or not _DECLINES.search(lower, announcement.start, announcement.end):
        return match
    return LetterMatch(None, announcement.start, announcement.end)


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


def _declined(part: str, lower: str, options: Options) -> _Result | None:
    """A last line that says that no option fits or that no answer can be given, unless it then names one or that is an option."""
    end = len(part.rstrip())
    start = max(part.rfind("\n", 0, end) + 1, end - _LONGEST_LINE)
    declines = _DECLINES.search(lower, start, end)
    if not declines:
        return None
    option = option_stated(part[start:end], options.texts)
    letter = None if option is None else options.letters[option]
    named = None if letter else pointed_out(part, options, declines.end())
    return _Result(named or LetterMatch(letter, start, end), "option named" if named else "option text" if letter else "declined")


def _on_own_line(part: str, _lower: str, options: Options) -> _Result | None:
    """A choice that is the whole reply, or its last or first line: "C. 0.891 ksi"."""
    lines = [(line.start(), line.end()) for line in re.finditer(r"[^\n]*\S[^\n]*", part[:_LONGEST_LINE])][:2]
    end = len(part.rstrip())
    start = part.rfind("\n", max(0, end - _LONGEST_LINE), end) + 1
    above = part[max(0, start - _LONGEST_LINE) : start].strip().rpartition("\n")[2]
    if end - start <= _LONGEST_LINE and (not above or _is_lone_option(part[start:end], above, options)):
        match = _match_on_line(part, start, end, options)
        if match:
            return _Result(match, "last line" if above else "whole reply")
    if len(lines) == 2 and _is_lone_option(part[slice(*lines[0])], part[slice(*lines[1])], options):
        match = _match_on_line(part, *lines[0], options)
        return _Result(match, "first line") if match else None
    return None


def _is_lone_option(line: str, neighbour: str, options: Options) -> bool:
    """Whether a line is an option by itself, not one in a list of them."""
    option, listed = OPTION_LINE.match(line), OPTION_LINE.match(neighbour)
    if option is None:
        return same_text(line, options.texts) is not None and same_text(neighbour, options.texts) is None
    return not (listed and abs(ord(option["letter"]) - ord(listed["letter"])) == 1)


def _match_on_line(part: str, start: int, end: int, options: Options) -> LetterMatch | None:
    line = part[start:end]
    option = OPTION_LINE.match(line)
    if option and option_stated(line[option.end() :], options.texts) == options.place(option["letter"]) is not None:
        return LetterMatch(option["letter"], start + option.start("letter"), start + option.end("letter"))
    labels = {label["letter"] for label in LABEL.finditer(line)}
    named = {match.letter for match in letters_in(line, options.letters)}
    if len(labels) > 1 or (len(named) > 1 and not option) or _ANALYSED.match(line) or line.rstrip(" *_").endswith("?"):
        return None
    match = match_option(part, start, end, options, strict=True)
    by_text = match and match.end - match.start > 1 and same_text(line, options.texts) is None
    return None if by_text and not is_finished(part.rstrip()) else match


def _implied(part: str, _lower: str, options: Options) -> _Result | None:
    match = pointed_out(part, options)
    if match is None and is_finished(part.rstrip()):
        match = confirmed_letter(part, options.letters)
    if match:
        return _Result(match, "option named")
    return None


def _last_letter(part: str, _lower: str, options: Options) -> _Result | None:
    """A short reply that ends with the one letter it names: "It's B."."""
    match = _only_letter(part, options) if len(part) <= _LONGEST_LINE else None
    ends = match and not part[match.end :].strip(" )].*_\"'`\n") and not is_of_another(part, match.start)
    return _Result(match, "last letter") if match and ends else None


def _concluded(part: str, lower: str, options: Options) -> _Result | None:
    match = implied_text(part, lower, options)
    return _Result(match, "option text") if match else None


_Rule = Callable[[str, str, Options], "_Result | None"]
_RULES: tuple[_Rule, ...] = (_in_field, _announced, _declined, _on_own_line, _implied, _last_letter, _concluded)
