"""Finds option letters in a few words: "(B)", "B. a brick", "选B"; a letter that is a word, a name, a unit or a variable is none."""

from __future__ import annotations

import re
from typing import NamedTuple

_WRAPPER = re.compile(
    r"\\(?:(?:text(?:bf|it|rm|tt|sf)?|math(?:rm|bf|it|sf|tt)|boldsymbol|bm|boxed|[fm]box|framebox|emph|underline|rm|bf"
    r"|[lL]arge|huge|q?quad|displaystyle|left|right)(?![a-zA-Z])\s?\{?|[()\[\],;!: ])"
)
_STRUCK = re.compile(r"~~[^~\n]{1,80}~~")
_LEAD_WORDS = """
is be are was to most likely probably therefore definitely clearly obviously correct right best final my so thus hence would should must it
indeed either both actually the option choice letter answer number
"""
_LEAD = re.compile(
    rf"(?:<\|?[a-z_]{{1,20}}\|?>|[\s(\[{{<*_\"'`$.:>~|「『\u200b]|(?i:{'|'.join(_LEAD_WORDS.split())})(?![A-Za-z'])|选项|选|应|为|是)*"
)
_NO_FORMULA = (  # behind a letter that is an option's: no word, no operator, no "-2" and no "(R)-2-butanol"
    r"(?![A-Za-z0-9_^\u00c0-\u024f]|['’][a-z]|\s?(?:[=+^≤≥≈×÷·√]|<(?![/|]|eo[as])|>(?<!<[A-Z]>)|/(?![A-Z]\b)|\*\s?[A-Za-z0-9])"
    r"|-\w|\.I\.|#\s?[a-z]|\)(?<=\([A-Z]\))-(?:[0-9,]+-|[a-z]{2}))"
)
_LETTER = re.compile(rf"(?P<letter>[A-Z]){_NO_FORMULA}(?!\((?:-?[0-9.]+\s?,|[A-Za-z]\s?[),=|∩∪]))")
_LOWER = re.compile(
    r"[\s(\[*_\"'`$.]*(?P<letter>[a-z])(?:[)\]*_\"'`$.:]*\s*(?:$|<\|)|[).:\]]\**\s|\s\((?=[^\n]*\)[\s.]*$))"
    r"|\s*[(\[](?P<bracketed>[a-z])[)\]]"
)
_NAMED_LOWER = re.compile(
    r"(?i:option|choice|letter|answer)\s[(\"'*]{0,3}(?P<letter>[a-z])(?=[)\].,;:*\"']|\s(?:is|was|because|since)\b|$)",
)
_ANOTHER = re.compile(
    r"[\s)\]*_\"'`$}.]*(?:(?:and\b|or\b|as well as\b|along with\b|/|\\?&|、|和|与|或者?|以?及)|(?P<comma>[,;])"
    r"|(?<=[A-Z])\s(?=[A-Z]\s*(?:$|<))|\((?:or|and)(?=\s(?:maybe |possibly )?[A-Z]\)))[\s,}]*"
    r"(?:and |or )?(?:also |maybe |possibly |perhaps )?(?:either |option |options |选项)?"
    r"[\s(\[*_\"'`$]*(?P<letter>[A-Z](?=[\s)\]*_\"'`$},.;:、。<?]|$)|[a-z](?=[),.;]|$))(?(comma)(?!\)?\s[a-z]{2}))"
)
_ANOTHER_LATER = re.compile(
    r"[).:](?:(?!\b(?:because|since|as|while|whereas|unlike|not|but)\b|\([A-Z]\))[^.;\n]){0,100}?(?:\b(?:and|or)\s|,\s{1,8}|;\s?)(?:option\s)?(?:\((?=.\))|(?=.[.:)]))(?P<letter>[A-Z])[).:](?![A-Za-z])"
    r"(?!\s(?:is|are|was|does|do|can)\b)"
)
_ASKED = re.compile(r"[\s)\]*_\"'`]{0,6}\?")
_RUN = re.compile(r"(?P<run>[A-Z]{2,8})(?![A-Za-z0-9])")
_WORD_BEHIND = re.compile(r"[*_]*\s+(?P<word>[a-z]+)")
_VERBS = """
because since as is and or for with which due was given has would should fits matches makes fails seems looks shows represents
describes refers appears gives says states contains includes corresponds
"""
_AFTER_LETTER = frozenset(_VERBS.split())
_AFTER_I = frozenset(("because", "since", "is", "fits", "matches", "fails", "seems", "has"))
_BEFORE_LETTER = """
option options choice choices answer answers alternative alternatives letter letters statement statements item is are be was were as for
and or nor but than not neither either both only say choose choosing chose chosen select selecting selected pick picking picked
prefer mark marked so thus hence therefore then because since that while whereas if when it it's that's unlike like eliminate
eliminates eliminating eliminated exclude excluding excluded reject rejecting out correct right best likely probably definitely clearly
simply just actually indeed final also would should must means indicates suggests supports leaves matches except consider between
"""
_MAY_PRECEDE = frozenset(_BEFORE_LETTER.split())
_WORD_AHEAD = re.compile(r"(?P<word>[A-Za-z0-9][A-Za-z']*) $")
_MAY_LEAD = re.compile(r"(?:(?:correspond|clos|equal|point|lead|narrow|refer)\w* to|(?:go|going|went|left|stick|consistent) with) $")
_QUANTITY = re.compile(r"[0-9}]\s{1,12}$")
_FUNCTION = re.compile(r"(?:(?<![A-Za-z])(?!a)[A-Za-z]|\d|[)}]|\b(?:log|ln|sin|cos|tan|exp|det|max|min|var|prob))\s?$", re.IGNORECASE)
_DENIED = re.compile(
    r"(?:\b(?:[Nn]ot|[Nn]either|nor|never|than|instead of|unlike|except(?: for)?|eliminat\w{1,4}|exclud\w{1,4}|reject\w{0,3}"
    r"|rul\w{1,3} out)|n't|不是|不选|非|不|排除了?|而非)(?:\s(?:be|the|options?|choices?|letter|either|choose|pick|select|say))*"
    r"[\s(*\"']*(?:选项?)?"
    r"(?:\(?[A-Z]\)?(?:\s?,\s?|、|\s)(?:(?:and|or)\s)?\(?){0,6}$"
)
_FAILS = re.compile(
    r"[)\]*_\"'`]{0,6}(?:(?:,|\s|、|和|与)(?:\s?(?:and|or|&)\s)?\s?(?:option |choice )?\(?[A-Z](?![A-Za-z])\)?){0,6}\s?(?:"
    r"(?:\s?(?:选?项|说法))?(?:是|都|均)?(?:不正确|不对|不符|错误|错)"
    r"|(?:(?:is|are|was|were|would be|seems?|looks?)\s(?:\w{2,12} ){0,2}?(?:incorrect|wrong|false|invalid|irrelevant|impossible"
    r"|eliminated|excluded|ruled|out\b|not\s(?!only|just))"
    r"|(?:is|are|was|does|do|did|can|could|would|should|must)(?:n't|not|\snot)(?!\s(?:only|just))\b"
    r"|(?:\w{2,10}ly )?fails?\b))"
)
_ANY = re.compile(
    r"(?<![A-Za-z0-9_'’\\/°}^$+=\u00c0-\u024f])(?<![A-Za-z_^]\{)(?<![+=*^] )(?P<open>[(\[]?)"
    rf"(?P<letter>[A-Z]){_NO_FORMULA}(?!\((?![A-Za-z]{{2}})|\s[A-Z][\s$])"
)


_STANDS_ALONE = re.compile(
    r"[<)\[\]*_\"'`$}]|\s?(?:[.,;:!]|-\s|$)|\s(?:because|since|as|which|fits|matches|remains|due|it is)\b|[^\x00-\x7f]|\s?[(\n]"
    r"|\s(?:is|was|seems|would be)\s(?:\w+ly )?(?:the )?(?:only )?(?:correct|right|best|true|answer|most|closest|choice|one)\b"
)
_MARKED_AHEAD = re.compile(r"(?:[>(\[*_\"'`$]|\b(?:option|choice|answer|letter)\s|选项?)$", re.IGNORECASE)


class LetterMatch(NamedTuple):
    """A letter that words name and its span; `letter` is None where they name several or one that is no option."""

    letter: str | None
    start: int
    end: int

    def shifted(self, offset: int) -> LetterMatch:
        """The same match in the text that holds the words at `offset`."""
        return LetterMatch(self.letter, self.start + offset, self.end + offset)


def opening_letter(words: str, letters: str) -> LetterMatch | None:
    """The letter the words open with, among `letters`; None where they open with no letter, or with one they deny or ask about.

    A capital A or I in front of a lower-case word is an article or a pronoun, not a choice. A lower-case letter
    counts only where it stands alone, in brackets, in front of a bracket or dot, or behind "option".
    """
    words = unwrapped(words)
    lead = _LEAD.match(words)
    start = lead.end() if lead else 0
    match = _LETTER.match(words, start)
    if match and not _is_word(words, match):
        start, end = match.span("letter")
        several = _another_behind(words, match)
        if several and _ASKED.match(words, several):
            return None
        if several:
            return LetterMatch(None, start, end)
        if _FAILS.match(words, end):
            return None
        return LetterMatch(match["letter"] if match["letter"] in letters else None, start, end)
    run = _RUN.match(words, start)
    if run and len(set(run["run"]) & set(letters)) > 1 and list(run["run"]) == sorted(set(run["run"])):
        return LetterMatch(None, *run.span("run"))
    return _named_in_lower_case(words, start, letters) or _lower_case_letter(words, 0, letters) or _lower_case_letter(words, start, letters)


def denies_opening(words: str) -> bool:
    """Whether the words open with a letter that they call wrong: "(A) is incorrect"."""
    words = unwrapped(words)
    lead = _LEAD.match(words)
    match = _LETTER.match(words, lead.end() if lead else 0)
    return match is not None and _FAILS.match(words, match.end("letter")) is not None


def unwrapped(words: str) -> str:
    r"""The words with LaTeX wrappers such as `\text{` and struck ~~words~~ blanked, as long as they were."""
    for mark, pattern in (("\\", _WRAPPER), ("~~", _STRUCK)):
        if mark in words:
            words = pattern.sub(lambda blanked: " " * len(blanked.group()), words)
    return words


def _named_in_lower_case(words: str, end: int, letters: str) -> LetterMatch | None:
    named = _NAMED_LOWER.search(words[: end + 20])
    if named is None or named.start() >= end or named["letter"].upper() not in letters:
        return None
    return LetterMatch(named["letter"].upper(), *named.span("letter"))


def _lower_case_letter(words: str, start: int, letters: str) -> LetterMatch | None:
    match = _LOWER.match(words, start)
    if not match:
        return None
    group = "letter" if match["letter"] else "bracketed"
    letter = match[group].upper()
    return LetterMatch(letter if letter in letters else None, *match.span(group))


def stands_alone(words: str, start: int, end: int) -> bool:
    """Whether the letter at words[start:end] stands as an option's and is not the subject of a story: "it is C." but not "so C walks"."""
    return bool(_MARKED_AHEAD.search(words, max(0, start - 8), start) or _STANDS_ALONE.match(words, end))


def letters_in(words: str, letters: str) -> list[LetterMatch]:
    """Every option letter that stands by itself in the words and is not denied there, in order."""
    words = unwrapped(words)
    found = [match for match in _ANY.finditer(words) if match["letter"] in letters]
    no_choices = (_is_word, _is_name, _is_denied)
    return [LetterMatch(match["letter"], *match.span("letter")) for match in found if not any(none(words, match) for none in no_choices)]


def _is_word(words: str, match: re.Match[str]) -> bool:
    if match["letter"] not in "AI":
        return False
    behind = _WORD_BEHIND.match(words, match.end())
    return behind is not None and behind["word"] not in (_AFTER_LETTER if match["letter"] == "A" else _AFTER_I)


def _is_name(words: str, match: re.Match[str]) -> bool:
    """Whether the letter belongs to the word before it: "vitamin C", "figure A", "5 A", "P(A)"."""
    start = match.start()
    if not match["open"] and words[max(0, start - 1) : start] in ("(", "["):
        start -= 1
    if match["open"] or start < match.start():
        return _FUNCTION.search(words, max(0, start - 8), start) is not None
    if _QUANTITY.search(words, max(0, start - 16), start):
        return True
    before = _WORD_AHEAD.search(words, max(0, start - 20), start)
    if before is None or before["word"].lower() in _MAY_PRECEDE:
        return False
    return not _MAY_LEAD.search(words, max(0, start - 24), start)


def _is_denied(words: str, match: re.Match[str]) -> bool:
    start = match.start()
    return bool(_DENIED.search(words, max(0, start - 48), start) or _FAILS.match(words, match.end()))


def _another_behind(words: str, match: re.Match[str]) -> int | None:
    """Where another letter that is joined to this one ends, where there is one."""
    another = _ANOTHER.match(words, match.end()) or _ANOTHER_LATER.match(words, match.end())
    return another.end("letter") if another and another["letter"].upper() != match["letter"] else None
