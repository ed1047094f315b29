"""The option a reply implies without announcing an answer: "option B is correct", "the best choice is (D)", "故选C"."""

import re
from collections.abc import Iterator

from itemwise.extractors.choice.match_letter import LetterMatch, letters_in, opening_letter

_TAIL = 6000  # characters from the end that are searched
_SENTENCES = 5  # sentences from the end that may conclude
_POINTING = re.compile(
    r"(?:correct|right|best|closest|appropriate|likely|true|final)\s+(?:option|choice|answer|statement|letter|one|response)\w*"
    r"[^.\n]{0,80}?(?:\bis|:|\bare)|(?:故|应|所以|因此|答案|本题|正确选项|选项)[选是为]|选择?(?=[\s(]*[A-Z])|正确的?(?:选项|答案)?[是为:]"
    r"|\b(?:choose|select|pick|go with|going with|opt for)\b|\b(?:is|are|be)(?=\s\**\([A-Z]\))",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(
    r"(?<![A-Za-z])\(?(?P<letter>[A-Z])[)\]*_\"]*(?:(?!\b[A-Z]\b|\bnot\b|wrong|incorrect)[^.\n]){0,60}?"
    r"\s(?:is|are)\s(?:therefore |thus |indeed )?(?:the |an? )?"
    r"(?:correct|right|best|true|most likely|most appropriate)\b|(?P<chinese>[A-Z])\s?(?:选?项)?\s?(?:说法)?是?(?:正确|符合)"
)
_SECOND = re.compile(r"\b[A-Z][)\]]?\s*(?:and|or|,|&|、|和)\s*(?:option )?\(?$")
_SENTENCE = re.compile(r"(?:[^.!?\n。]|\.(?=\S))+[.!?\n。]?")
_CUE = re.compile(
    r"\b(?:therefore|thus|hence|so|correct|best|most likely|must be|conclusion)\b|因此|所以|综上|故|正确",
    re.IGNORECASE,
)
_REASON = re.compile(r"\b(?:because|since|unlike|rather than|and not)\b")
_REJECTS = re.compile(r"\bincorrect|\bwrong|\bnot (?:correct|possible|an option)|\bfalse\b|不正确|错误|错", re.IGNORECASE)


def pointed_out_letter(part: str, letters: str) -> LetterMatch | None:
    """The letter behind the last words that point one out ("the best choice is"); None where none do."""
    offset = max(0, len(part) - _TAIL)
    for pointing in reversed(list(_POINTING.finditer(part, offset))):
        match = opening_letter(part[pointing.end() : pointing.end() + 80], letters)
        if match:
            return match.shifted(pointing.end())
    return None


def confirmed_letter(part: str, letters: str) -> LetterMatch | None:
    """The one letter said to be correct, else the one that the last concluding sentence names."""
    offset = max(0, len(part) - _TAIL)
    matches = [match for match in _CONFIRMED.finditer(part, offset) if (match["letter"] or match["chinese"]) in letters]
    confirmed = {match["letter"] or match["chinese"] for match in matches}
    if len(confirmed) != 1:
        return _concluded(part, letters)
    start, end = matches[-1].span("letter" if matches[-1]["letter"] else "chinese")
    return LetterMatch(None if _SECOND.search(part, max(0, start - 12), start) else confirmed.pop(), start, end)


def _concluded(part: str, letters: str) -> LetterMatch | None:
    for start, end in _last_sentences(part):
        matches = letters_in(part[start:end], letters) if _concludes(part[start:end]) else []
        if len({match.letter for match in matches}) == 1:
            return matches[-1].shifted(start)
        if matches:
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
