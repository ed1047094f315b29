"""The option letter a multiple-choice reply states as its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from itemwise.extractors.conclusion import is_finished
from itemwise.extractors.designation import confirmed, last_conclusion, pointed_at
from itemwise.extractors.field import answer_field, unescaped
from itemwise.extractors.letter import Named, letters_in
from itemwise.extractors.option import Options, chosen
from itemwise.extractors.option_text import option_mentioned, option_stated
from itemwise.extractors.pattern import pattern
from itemwise.extractors.reading import Reading
from itemwise.extractors.statement import Statement, corrections, statements
from itemwise.extractors.visible import folded, turns, without_thoughts

_DECLINES = pattern(
    r"none of the|not an option|no option|cannot|can't|unable|unknown|insufficient|no (?:correct|valid)"
    r"|not (?:provided|listed|possible|given|among|enough)|无法|没有正确"
)
_OPTION_LINE = pattern(r"[\s*_#>$({\[\\-]*(?:boxed\{)?(?P<letter>[A-Z])(?:[)\].:*}](?![)\].:*}]*\s*(?:is|was|are|would|can)\b)|\s*$)")
_LONGEST_LINE = 400


class _Found(NamedTuple):
    named: Named
    rule: str


def stated_choice(text: str, options: Sequence[str] | int) -> Reading | None:
    """The letter of the option the reply chooses, None where it chooses none, several, or one that is not there.

    `options` are the options' texts in order, or only how many there are (1 to 26). With the texts, an option named
    by its text counts as its letter. "A" as an article is never a choice, and no letter is ever guessed.

    >>> stated_choice("Neither A nor C holds, so the answer is (B).", 4)
    Reading('B', start=41, end=42, rule='the answer is')
    """
    there = Options.of(options)
    seen = without_thoughts(folded(text))
    for start, end in turns(seen.lower()):
        part = seen[start:end] if end - start < len(seen) else seen
        found = _read(part, part.lower(), there)
        if found is not None:
            return _reading(found, start)
    return None


def _reading(found: _Found, offset: int) -> Reading | None:
    (letter, start, end), rule = found
    return Reading(letter, start=start + offset, end=end + offset, rule=rule) if letter else None


def _read(part: str, lower: str, options: Options) -> _Found | None:
    return next(filter(None, (rule(part, lower, options) for rule in _RULES)), None)


def _in_field(part: str, lower: str, options: Options) -> _Found | None:
    field = answer_field(part, lower)
    if field is None:
        return None
    said = unescaped(field.text)
    named = chosen(said, 0, len(said), options) or _only(said, options)
    return _Found(Named(named.letter if named else None, field.start, field.end), "json field answer")


def _only(words: str, options: Options) -> Named | None:
    """The one letter that the words name and do not deny."""
    named = letters_in(words, options.letters)
    return named[-1] if len({one.letter for one in named}) == 1 else None


def _announced(part: str, lower: str, options: Options) -> _Found | None:
    for statement in reversed(statements(lower)):
        named = None if statement.rule == "a:" else _read_statement(statement, part, lower, options)
        if named:
            return _corrected(_Found(named, statement.rule), part, lower, options)
    return None


def _read_statement(statement: Statement, part: str, lower: str, options: Options) -> Named | None:
    named = chosen(part, statement.start, statement.end, options)
    if named and named.letter and _lists_options(part, named.letter, named.end):
        return None
    if named or not _DECLINES.search(lower, statement.start, statement.end):
        return named
    return Named(None, statement.start, statement.end)


def _lists_options(part: str, letter: str, end: int) -> bool:
    """Whether the letter only opens a list of the options: the next line opens with the next letter."""
    line_end = part.find("\n", end, end + _LONGEST_LINE)
    following = _OPTION_LINE.match(part, line_end) if line_end >= 0 else None
    return following is not None and ord(following["letter"]) == ord(letter) + 1


def _corrected(found: _Found, part: str, lower: str, options: Options) -> _Found:
    for start, end in corrections(lower, found.named.end):
        said = _only(part[start:end], options)
        if said:
            return _Found(Named(said.letter, said.start + start, said.end + start), "correction")
    return found


def _declined(part: str, lower: str, options: Options) -> _Found | None:
    """A last line that says that no option fits or that no answer can be given, unless that is an option."""
    end = len(part.rstrip())
    start = max(part.rfind("\n", 0, end) + 1, end - _LONGEST_LINE)
    if not _DECLINES.search(lower, start, end):
        return None
    option = option_stated(part[start:end], options.texts)
    letter = None if option is None else options.letters[option]
    return _Found(Named(letter, start, end), "option text" if letter else "declined")


def _on_own_line(part: str, _lower: str, options: Options) -> _Found | None:
    """A choice that is the whole reply, or its last or first line: "C. 0.891 ksi"."""
    lines = [(line.start(), line.end()) for line in re.finditer(r"[^\n]*\S[^\n]*", part[:_LONGEST_LINE])][:2]
    end = len(part.rstrip())
    start = part.rfind("\n", max(0, end - _LONGEST_LINE), end) + 1
    above = part[max(0, start - _LONGEST_LINE) : start].strip().rpartition("\n")[2]
    if end - start <= _LONGEST_LINE and (not above or _is_option(part[start:end], above)):
        named = _one_of_a_line(part, start, end, options)
        if named:
            return _Found(named, "last line" if above else "whole reply")
    if len(lines) == 2 and _is_option(part[slice(*lines[0])], part[slice(*lines[1])]):
        named = _one_of_a_line(part, *lines[0], options)
        return _Found(named, "first line") if named else None
    return None


def _is_option(line: str, neighbour: str) -> bool:
    """Whether a line is an option by itself, not one in a list of them."""
    option, listed = _OPTION_LINE.match(line), _OPTION_LINE.match(neighbour)
    return bool(option) and not (option and listed and abs(ord(option["letter"]) - ord(listed["letter"])) == 1)


def _one_of_a_line(part: str, start: int, end: int, options: Options) -> Named | None:
    letters = {one.letter for one in letters_in(part[start:end], options.letters)}
    return chosen(part, start, end, options) if len(letters) < 2 or _OPTION_LINE.match(part, start) else None


def _pointed_at(part: str, _lower: str, options: Options) -> _Found | None:
    named = pointed_at(part, options.letters)
    if named is None and is_finished(part.rstrip()):
        named = confirmed(part, options.letters)
    return _Found(named, "option named") if named else None


def _last_letter(part: str, _lower: str, options: Options) -> _Found | None:
    """A short reply that ends with the one letter it names: "It's B."."""
    named = _only(part, options) if len(part) <= _LONGEST_LINE else None
    ends = named and not part[named.end :].strip(" )].*_\"'`\n")
    return _Found(named, "last letter") if named and ends else None


def _mentioned(part: str, lower: str, options: Options) -> _Found | None:
    """The one option whose text a finished reply mentions, or whose text its concluding sentence mentions."""
    if not options.texts or not is_finished(part.rstrip()):
        return None
    place = option_mentioned(part, options.texts)
    if place is None:
        place = option_mentioned(last_conclusion(part), options.texts)
    if place is None:
        return None
    start = lower.rfind(options.texts[place].lower())
    span = (start, start + len(options.texts[place])) if start >= 0 else (0, len(part))
    return _Found(Named(options.letters[place], *span), "option text")


_Rule = Callable[[str, str, Options], "_Found | None"]
_RULES: tuple[_Rule, ...] = (
    _in_field,
    _announced,
    _declined,
    _on_own_line,
    _pointed_at,
    _last_letter,
    _mentioned,
)
