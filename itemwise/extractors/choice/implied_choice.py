"""The option a reply calls right or concludes with, without announcing an answer: "option B is correct", "so it must be C"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from itemwise.extractors.choice.match_letter import LetterMatch, letters_in, stands_alone

_TAIL = 6000  # characters from the end that are searched
_SENTENCES = 5  # sentences from the end that may conclude
_CONFIRMED = re.compile(
    r"(?<![A-Za-z0-9])\(?(?P<letter>[A-Z])(?![A-Za-z0-9'’])[)\].*_\"]*(?:(?!\b[A-Z]\b|\bnot\b|n't|[Ww]rong|[Ii]ncorrect|\bif\b)[^.\n]){0,60}?"
    r"(?:\s(?:is|are|seems?|appears?|looks|would be|must be)|:)\s(?:to be |this is )?(?:therefore |thus |indeed |also )?(?:the |an? )?"
    r"(?:correct|right|best|true|only|closest|answer\b|better (?:choice|option|answer|fit)"
    r"|(?:most|more) (?:likely|plausible|probable|appropriate|suitable|accurate|consistent|similar|closely|reasonable|fitting))\b"
    r"(?!(?:\s\w+){0,4}\s(?:wrong|incorrect|false|not\b|never\b|that (?:does|is)n't))"
    r"|(?P<chinese>[A-Z])\s?(?:选?项)?\s?(?:\"[^\"\n]{0,80}\")?(?:的?说法|的描述|的内容)?(?:是|最|更)?(?:正确|符合|合适|恰当)|只有(?:选项)?(?P<single>[A-Z])",
)
_ONLY = re.compile(r"\b[Oo]nly (?:option |choice |statement )?\(?(?P<letter>[A-Z])\)? [a-z]{1,12}s\b(?! not|n't)")
_CHECKED = re.compile(r"^[ \t*_(-]{0,20}(?P<letter>[A-Z])[).:][^\n✅✔✓]{0,120}[✅✔✓]", re.MULTILINE)
_CONDITION = re.compile(r"\b(?:although|though|while|if|whether|suppose|assuming|why|would|how)\s(?:\w+\s){0,3}[(*\"]{0,3}$", re.IGNORECASE)
_SECOND = re.compile(r"\b[A-Z][)\]]?\s*(?:,\s*)?(?:and|or|,|&|、|和)\s*(?:option )?\(?$")
_SENTENCE = re.compile(r"(?:[^.!?\n。]|\.(?=\S))+[.!?\n。]?")
_CUE = re.compile(
    r"\b(?:therefore|thus|hence|so|correct|best|most likely|must be|conclusion|closest|remains|left)\b"
    r"|因此|所以|综上|(?<![\u4e00-\u9fff])故(?!意|障)|正确",
    re.IGNORECASE,
)
_REJECTS = re.compile(
    r"\bincorrect|\bwrong|\bnot (?:correct|possible|an option)|\bfalse\b|\balso\b|\bif\b|\bwhether\b|\bbetween\b"
    r"|\b(?:second|next) best\b|\bleast\b|不正确|不符合|错|排除",
    re.IGNORECASE,
)


def confirmed_letter(part: str, letters: str) -> LetterMatch | None:
    """The one letter said to be correct, else the one that the last concluding sentence names."""
    offset = max(0, len(part) - _TAIL)
    confirmed = [match for match in _confirmed(part, offset) if match.letter and match.letter in letters]
    if len({match.letter for match in confirmed}) != 1:
        return _concluded(part, letters)
    last = confirmed[-1]
    return last._replace(letter=None) if _SECOND.search(part, max(0, last.start - 12), last.start) else last


def _confirmed(part: str, offset: int) -> Iterator[LetterMatch]:
    """Every letter that is said to be correct and is no word or name: "(B) is right", "only C fits"."""
    for pattern in (_CONFIRMED, _ONLY, _CHECKED):
        for match in pattern.finditer(part, offset):
            group = match.lastgroup or "letter"
            start, end = match.span(group)
            line = part.rfind("\n", max(0, start - 48), start) + 1
            named = letters_in(part[max(line, start - 48) : end + 24], match[group])
            own = any(found.end == end - max(line, start - 48) for found in named)
            if own and not _CONDITION.search(part, max(line, start - 40), match.start()):
                yield LetterMatch(match[group], start, end)


def _concluded(part: str, letters: str) -> LetterMatch | None:
    for start, end in last_sentences(part):
        cue = _CUE.search(part, start, end)
        named = letters_in(part[start:end], letters) if cue and not _REJECTS.search(part, start, end) else []
        matches = [match for match in named if cue and start + match.start > cue.start()]
        if matches:
            alone = len({match.letter for match in matches}) == 1 and stands_alone(part[start:end], *matches[-1][1:])
            return matches[-1].shifted(start) if alone else None
    return None


def last_sentences(part: str) -> Iterator[tuple[int, int]]:
    """The spans of the sentences that end the reply, the last first."""
    spans = [sentence.span() for sentence in _SENTENCE.finditer(part, max(0, len(part) - _TAIL)) if sentence.group().strip()]
    return reversed(spans[-_SENTENCES:])
