"""Lines that are one option by themselves, "C. 0.891 ksi", and lists of them."""

from __future__ import annotations

import re

from itemwise.extractors.choice.match_letter import LetterMatch, letters_in
from itemwise.extractors.choice.match_option import Options, match_option
from itemwise.extractors.choice.match_text import option_stated, same_text
from itemwise.extractors.sentence_end import is_finished

_LONGEST_LINE = 400
_FURTHER = 2000  # characters in which a long reply that opens with an option names no other
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_OPTION = re.compile(
    r"[\s*_#>$({\[\\-]*(?:boxed\{|(?:[A-Z][a-z]{2,12}:|(?i:option|choice|answer):?)\s\**\(?)?"
    r"(?P<letter>[A-Z](?:(?=[)\].:*}](?![)\].:*}]*\s*(?:is|was|are|would|can)\b))|(?=\s*$))|[a-z](?=\s*$))"
)
_LABEL = re.compile(r"(?<![A-Za-z0-9°])(?!A:[\s*(]{1,3}[A-Z][\s*).]*$)\(?(?P<letter>[A-Z])[).:](?![A-Za-z])")
_ITEM = re.compile(r"[\s*_#>(\[-]*(?:(?:[Oo]ption|[Cc]hoice|[Aa]nswer|Action):?\s\**\(?)?(?P<letter>[A-Za-z])[).:\]]+\**(?=\s|$)")
_ANALYSED = re.compile(
    r"[\s*_(]*[A-Z][).:*\s]{1,4}(?:this (?:is|option is|statement is) )?(?:incorrect|wrong|not (?:correct|the))\b", re.IGNORECASE
)


def option_on_own_line(part: str, options: Options) -> tuple[LetterMatch, str] | None:
    """The choice that is the whole reply, or its last or first line, and which of them."""
    end = len(part.rstrip())
    start = part.rfind("\n", max(0, end - _LONGEST_LINE), end) + 1
    above = part[max(0, start - _LONGEST_LINE) : start].strip().rpartition("\n")[2]
    if end - start <= _LONGEST_LINE and (not above or _is_lone(part[start:end], above, options)):
        match = _match_on_line(part, start, end, options)
        if match:
            return match, "last line" if above else "whole reply"
    match = _match_on_first_line(part, options)
    return (match, "first line") if match else None


def _match_on_first_line(part: str, options: Options) -> LetterMatch | None:
    lines = [line.span() for line in _LINE.finditer(part, 0, _LONGEST_LINE)][:2]
    if len(lines) == 2 and _is_lone(part[slice(*lines[0])], part[slice(*lines[1])], options):
        return _match_on_line(part, *lines[0], options)
    opens = _OPTION.match(part, 0, _LONGEST_LINE) if len(part) > _LONGEST_LINE and len(lines) == 1 else None
    alone = opens and len({label["letter"] for label in _LABEL.finditer(part, 0, _FURTHER)}) == 1
    return match_option(part, 0, _LONGEST_LINE, options, strict=True) if alone else None


def _is_lone(line: str, neighbour: str, options: Options) -> bool:
    """Whether a line is an option by itself, not one in a list of them."""
    option, listed = _OPTION.match(line) or _with_own_text(line, options), _OPTION.match(neighbour) or _ITEM.match(neighbour)
    if option is None:
        return same_text(line, options.texts) is not None and same_text(neighbour, options.texts) is None
    return not (listed and abs(ord(option["letter"].upper()) - ord(listed["letter"].upper())) == 1)


def _with_own_text(line: str, options: Options) -> re.Match[str] | None:
    """The label of a line that goes on with the text of the label's own option."""
    item = _ITEM.match(line)
    place = options.place(item["letter"].upper()) if item else None
    return item if item and place is not None and option_stated(line[item.end() :], options.texts) == place else None


def _match_on_line(part: str, start: int, end: int, options: Options) -> LetterMatch | None:
    line = part[start:end]
    item = _with_own_text(line, options)
    if item and is_finished(part.rstrip()):
        return LetterMatch(item["letter"].upper(), start + item.start("letter"), start + item.end("letter"))
    option = _OPTION.match(line)
    labels = {label["letter"] for label in _LABEL.finditer(line)}
    named = {match.letter for match in letters_in(line, options.letters)}
    if len(labels) > 1 or (len(named) > 1 and not option) or _ANALYSED.match(line) or line.rstrip(" *_").endswith("?"):
        return None
    start += option.start("letter") if option else 0
    match = match_option(part, start, end, options, strict=True)
    by_text = match and match.end - match.start > 1 and same_text(line, options.texts) is None
    return None if by_text and not is_finished(part.rstrip()) else match


def lists_options(part: str, letter: str, end: int) -> bool:
    """Whether the letter that ends here only opens a list of the options: the next ones follow, on the next line or this one."""
    line_end = part.find("\n", end, end + _LONGEST_LINE)
    following = _OPTION.match(part, line_end, line_end + _LONGEST_LINE) if line_end >= 0 else None
    if following:
        return ord(following["letter"].upper()) == ord(letter) + 1
    labels = [label["letter"] for label in _LABEL.finditer(part, end, line_end if line_end >= 0 else end + _LONGEST_LINE)]
    return labels[:2] == [chr(ord(letter) + 1), chr(ord(letter) + 2)]
