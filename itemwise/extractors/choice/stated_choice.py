"""`stated_choice`: the option letter a multiple-choice reply states as its answer, by the first of seven rules that finds one."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from itemwise.extractors.announcement import Announcement, announcements
from itemwise.extractors.answer_field import answer_field, unescaped
from itemwise.extractors.choice.implied_choice import confirmed_letter, last_conclusion, pointed_out_letter
from itemwise.extractors.choice.match_letter import LetterMatch, letters_in, opening_letter
from itemwise.extractors.choice.match_option import Options, match_option
from itemwise.extractors.choice.match_text import option_mentioned, option_stated
from itemwise.extractors.correction import admission, corrections
from itemwise.extractors.reading import Reading
from itemwise.extractors.reply_parts import VisiblePart, visible_parts
from itemwise.extractors.sentence_end import is_finished

_DECLINES = re.compile(
    r"none of the|not an option|no option|cannot|can't|unable|unknown|insufficient|no (?:correct|valid)"
    r"|not (?:provided|listed|possible|given|among|enough)|无法|没有正确"
)
_OPTION_LINE = re.compile(r"[\s*_#>$({\[\\-]*(?:boxed\{)?(?P<letter>[A-Z])(?:[)\].:*}](?![)\].:*}]*\s*(?:is|was|are|would|can)\b)|\s*$)")
_LONGEST_LINE = 400


class _Result(NamedTuple):
    match: LetterMatch
    rule: str


def stated_choice(text: str, options: Sequence[str] | int) -> Reading | None:
    """The letter of the option the reply chooses, None where it chooses none, several, or one that is not there.

    `options` are the options' texts in order, or only how many there are (1 to 26). With the texts, an option match
    by its text counts as its letter. "A" as an article is never a choice, and no letter is ever guessed.

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
    for announcement in reversed(announcements(lower)):
        match = None if announcement.rule == "a:" else _read_announcement(announcement, part, lower, options)
        if match:
            return _corrected(_Result(match, announcement.rule), part, lower, options)
    return None


def _read_announcement(announcement: Announcement, part: str, lower: str, options: Options) -> LetterMatch | None:
    match = match_option(part, announcement.start, announcement.end, options)
    if match and match.letter and _lists_options(part, match.letter, match.end):
        return None
    if match or not _DECLINES.search(lower, announcement.start, announcement.end):
        return match
    return LetterMatch(None, announcement.start, announcement.end)


def _lists_options(part: str, letter: str, end: int) -> bool:
    """Whether the letter only opens a list of the options: the next line opens with the next letter."""
    line_end = part.find("\n", end, end + _LONGEST_LINE)
    following = _OPTION_LINE.match(part, line_end) if line_end >= 0 else None
    return following is not None and ord(following["letter"]) == ord(letter) + 1


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
    """A last line that says that no option fits or that no answer can be given, unless that is an option."""
    end = len(part.rstrip())
    start = max(part.rfind("\n", 0, end) + 1, end - _LONGEST_LINE)
    if not _DECLINES.search(lower, start, end):
        return None
    option = option_stated(part[start:end], options.texts)
    letter = None if option is None else options.letters[option]
    return _Result(LetterMatch(letter, start, end), "option text" if letter else "declined")


def _on_own_line(part: str, _lower: str, options: Options) -> _Result | None:
    """A choice that is the whole reply, or its last or first line: "C. 0.891 ksi"."""
    lines = [(line.start(), line.end()) for line in re.finditer(r"[^\n]*\S[^\n]*", part[:_LONGEST_LINE])][:2]
    end = len(part.rstrip())
    start = part.rfind("\n", max(0, end - _LONGEST_LINE), end) + 1
    above = part[max(0, start - _LONGEST_LINE) : start].strip().rpartition("\n")[2]
    if end - start <= _LONGEST_LINE and (not above or _is_lone_option(part[start:end], above)):
        match = _match_on_line(part, start, end, options)
        if match:
            return _Result(match, "last line" if above else "whole reply")
    if len(lines) == 2 and _is_lone_option(part[slice(*lines[0])], part[slice(*lines[1])]):
        match = _match_on_line(part, *lines[0], options)
        return _Result(match, "first line") if match else None
    return None


def _is_lone_option(line: str, neighbour: str) -> bool:
    """Whether a line is an option by itself, not one in a list of them."""
    option, listed = _OPTION_LINE.match(line), _OPTION_LINE.match(neighbour)
    return bool(option) and not (option and listed and abs(ord(option["letter"]) - ord(listed["letter"])) == 1)


def _match_on_line(part: str, start: int, end: int, options: Options) -> LetterMatch | None:
    letters = {match.letter for match in letters_in(part[start:end], options.letters)}
    return match_option(part, start, end, options) if len(letters) < 2 or _OPTION_LINE.match(part, start) else None


def _implied(part: str, _lower: str, options: Options) -> _Result | None:
    match = pointed_out_letter(part, options.letters)
    if match is None and is_finished(part.rstrip()):
        match = confirmed_letter(part, options.letters)
    return _Result(match, "option named") if match else None


def _last_letter(part: str, _lower: str, options: Options) -> _Result | None:
    """A short reply that ends with the one letter it names: "It's B."."""
    match = _only_letter(part, options) if len(part) <= _LONGEST_LINE else None
    ends = match and not part[match.end :].strip(" )].*_\"'`\n")
    return _Result(match, "last letter") if match and ends else None


def _mentioned(part: str, lower: str, options: Options) -> _Result | None:
    """The one option whose text a finished reply mentions, or whose text its concluding sentence mentions."""
    if not options.texts or not is_finished(part.rstrip()):
        return None
    index = option_mentioned(part, options.texts)
    if index is None:
        index = option_mentioned(last_conclusion(part), options.texts)
    if index is None:
        return None
    start = lower.rfind(options.texts[index].lower())
    span = (start, start + len(options.texts[index])) if start >= 0 else (0, len(part))
    return _Result(LetterMatch(options.letters[index], *span), "option text")


_Rule = Callable[[str, str, Options], "_Result | None"]
_RULES: tuple[_Rule, ...] = (_in_field, _announced, _declined, _on_own_line, _implied, _last_letter, _mentioned)
