"""The option a reply points at without announcing an answer: "option B is correct", "the best choice is (D)", "故选C"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from itemwise.extractors.letter import Named, letters_in, named_letter
from itemwise.extractors.pattern import pattern

_TAIL = 6000  # characters from the end in which a designation is looked for
_SENTENCES = 5  # sentences from the end that may conclude
_POINTING = pattern(
    r"(?:correct|right|best|closest|appropriate|likely|true|final)\s+(?:option|choice|answer|statement|letter|one|response)\w*"
    r"[^.\n]{0,80}?(?:\bis|:|\bare)|(?:故|应|所以|因此|答案|本题|正确选项|选项)[选是为]|选择?(?=[\s(]*[A-Z])|正确的?(?:选项|答案)?[是为:]"
    r"|\b(?:choose|select|pick|go with|going with|opt for)\b|\b(?:is|are|be)(?=\s\**\([A-Z]\))",
    re.IGNORECASE,
)
_CONFIRMED = pattern(
    r"(?<![A-Za-z])\(?(?P<letter>[A-Z])[)\]*_\"]*(?:(?!\b[A-Z]\b|\bnot\b|wrong|incorrect)[^.\n]){0,60}?"
    r"\s(?:is|are)\s(?:therefore |thus |indeed )?(?:the |an? )?"
    r"(?:correct|right|best|true|most likely|most appropriate)\b|(?P<chinese>[A-Z])\s?(?:选?项)?\s?(?:说法)?是?(?:正确|符合)"
)
_SECOND = pattern(r"\b[A-Z][)\]]?\s*(?:and|or|,|&|、|和)\s*(?:option )?\(?$")
_SENTENCE = pattern(r"(?:[^.!?\n。]|\.(?=\S))+[.!?\n。]?")
_CUE = pattern(
    r"\b(?:therefore|thus|hence|so|correct|best|most likely|must be|conclusion)\b|因此|所以|综上|故|正确",
    re.IGNORECASE,
)
_REASON = pattern(r"\b(?:because|since|unlike|rather than|and not)\b")
_REJECTS = pattern(r"\bincorrect|\bwrong|\bnot (?:correct|possible|an option)|\bfalse\b|不正确|错误|错", re.IGNORECASE)


def pointed_at(part: str, letters: str) -> Named | None:
    """The letter that the reply points at last; None where it points at none."""
    offset = max(0, len(part) - _TAIL)
    for pointing in reversed(list(_POINTING.finditer(part, offset))):
        named = named_letter(part[pointing.end() : pointing.end() + 80], letters)
        if named:
            return Named(named.letter, named.start + pointing.end(), named.end + pointing.end())
    return None


def confirmed(part: str, letters: str) -> Named | None:
    """The one letter said to be correct, else the one that the last concluding sentence names."""
    offset = max(0, len(part) - _TAIL)
    found = [mark for mark in _CONFIRMED.finditer(part, offset) if (mark["letter"] or mark["chinese"]) in letters]
    said = {mark["letter"] or mark["chinese"] for mark in found}
    if len(said) != 1:
        return _concluded(part, letters)
    start, end = found[-1].span("letter" if found[-1]["letter"] else "chinese")
    return Named(None if _SECOND.search(part, max(0, start - 12), start) else said.pop(), start, end)


def _concluded(part: str, letters: str) -> Named | None:
    for start, end in _last_sentences(part):
        named = letters_in(part[start:end], letters) if _concludes(part[start:end]) else []
        if len({one.letter for one in named}) == 1:
            return Named(named[-1].letter, named[-1].start + start, named[-1].end + start)
        if named:
            return None
    return None


def last_conclusion(part: str) -> str:
    """The last sentence, where it draws a conclusion; else nothing."""
    start, end = next(_last_sentences(part), (0, 0))
    return _REASON.split(part[start:end], maxsplit=1)[0] if _concludes(part[start:end]) else ""


def _concludes(sentence: str) -> bool:
    return bool(_CUE.search(sentence)) and not _REJECTS.search(sentence)


def _last_sentences(part: str) -> Iterator[tuple[int, int]]:
    spans = [sentence.span() for sentence in _SENTENCE.finditer(part, max(0, len(part) - _TAIL)) if sentence.group().strip()]
    return reversed(spans[-_SENTENCES:])
