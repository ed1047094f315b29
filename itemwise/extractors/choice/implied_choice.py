"""The option a reply implies without announcing an answer: "option B is correct", "the best choice is (D)", "故选C"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from itemwise.extractors.choice.match_letter import LetterMatch, letters_in, opening_letter, stands_alone
from itemwise.extractors.choice.match_option import Options
from itemwise.extractors.choice.match_text import option_stated
from itemwise.extractors.choice.option_line import lists_options
from itemwise.extractors.sentence_end import is_finished

_TAIL = 6000  # characters from the end that are searched
_SENTENCES = 5  # sentences from the end that may conclude
_WINDOW = 120  # characters in which a sentence names the option it has pointed out
_OPTION = r"(?:option|choice|answer|statement|letter|one|response|alternative|match|description|explanation|interpretation|conclusion)"
_POINTING = re.compile(
    rf"(?:correct|right|best|closest|nearest|appropriate|suitable|likely|accurate|true|final|only|remaining)\s+{_OPTION}s?\b"
    r"[^.\n]{0,80}?(?:\bis|:|\bare|\bbe)\b"
    r"|(?:故|应|所以|因此|答案|本题|正确选项|选项)[选是为]|选择?(?=[\s(]*[A-Z])|正确的?(?:选项|答案)?[是为:]"
    r"|\b(?:choose|chose|select|pick|go with|going with|opt for|settle on|leaves(?: us with)?|left with)\b(?:\s(?:only|just))?"
    r"|(?P<weak>\b(?:is|are|be|matches|to|with|as|indicates|favors|supports)\s(?=(?:option|choice|answer|letter)\s[(\"'*]{0,3}[A-Z]\b)"
    r"|\b(?:would|should|must|will|can only) be(?=\s[\"*(]{1,3}[A-Z][\"*)]))|\b(?:is|are|be)(?=\s\**\(?[A-Z]\))|\banswer(?=\s\([A-Z]\))"
    r"|\b(?:therefore|thus|hence|so|most|best|closest|correct)\b[^.\n]{0,160}?(?:\bis|\bare|\bbe)(?=\s?:\**\s+\**\(?[A-Z][).:])"
    r"|\b(?:is|are|be)(?=\s?:\**\s*\n\s*\**\(?[A-Z][).:])|\b(?:option|answer|result|options?\)|choice|selection|conclusion)\b[^.\n]{0,60}(?=:\s\**\(?[A-Z][).])"
    r"|\b(?:respuesta|opción|opcion|réponse|reponse|antwort|risposta|resposta|alternativa|antwoord|ответ|odpowiedź|cevap)\b[^.\n]{0,40}?"
    r"(?:\b(?:es|est|ist|lautet|è|é)\b(?: (?:la|le|el|die|der|das|a|o|option|opción)\b){0,2}|:|-)"
    r"|(?:答え|解答|正解|正答|정답|답)[^.\n]{0,8}?(?:は|은|는|:)",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"\b(?:most|more) (?:likely|probabl[ey]|plausible|probable|accurate|fitting|consistent)\b", re.IGNORECASE)
_COPULA = re.compile(r"[^.\n]{0,80}?(?<![a-z])(?:is|are|was|were|be)(?![a-z]):?")
_OF_ANOTHER = re.compile(
    r"(?:\b(?:not|never|if|whether|unless|suppose|why|people|students?|others|someone|anyone|users?|tempted to|least"
    r"|(?:second|next)[ -]best|might|could|may)|n't)\s(?:\w+\s){0,3}$|\b(?:second|next)[ -]$",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(
    r"(?<![A-Za-z0-9])\(?(?P<letter>[A-Z])(?![A-Za-z0-9'’])[)\]*_\"]*(?:(?!\b[A-Z]\b|\bnot\b|n't|[Ww]rong|[Ii]ncorrect|\bif\b)[^.\n]){0,60}?"
    r"(?:\s(?:is|are|seems|would be|must be)|:)\s(?:this is )?(?:therefore |thus |indeed |also )?(?:the |an? )?"
    r"(?:correct|right|best|true|only|closest|answer\b|most (?:likely|appropriate|accurate|suitable|plausible|consistent))\b"
    r"(?!(?:\s\w+){0,4}\s(?:wrong|incorrect|false|not\b|never\b|that (?:does|is)n't))"
    r"|(?P<chinese>[A-Z])\s?(?:选?项)?\s?(?:\"[^\"\n]{0,80}\")?(?:的?说法|的描述|的内容)?(?:是|最|更)?(?:正确|符合|合适|恰当)|只有(?:选项)?(?P<single>[A-Z])",
)
_ONLY = re.compile(
    r"\b[Oo]nly (?:option |choice |statement )?\(?(?P<letter>[A-Z])\)? (?:is|fits|remains|matches|works|satisfies|holds)\b(?! not|n't)"
)
_CONDITION = re.compile(r"\b(?:if|whether|suppose|assuming|why|would|how)\s(?:\w+\s){0,3}[(*\"]{0,3}$", re.IGNORECASE)
_SECOND = re.compile(r"\b[A-Z][)\]]?\s*(?:and|or|,|&|、|和)\s*(?:option )?\(?$")
_SENTENCE = re.compile(r"(?:[^.!?\n。]|\.(?=\S))+[.!?\n。]?")
_CUE = re.compile(
    r"\b(?:therefore|thus|hence|so|correct|best|most likely|must be|conclusion|closest|remains|left)\b|因此|所以|综上|故|正确",
    re.IGNORECASE,
)
_REJECTS = re.compile(
    r"\bincorrect|\bwrong|\bnot (?:correct|possible|an option)|\bfalse\b|\balso\b|\bif\b|\bwhether\b|\b(?:second|next) best\b|\bleast\b"
    r"|不正确|不符合|错|排除",
    re.IGNORECASE,
)


def pointed_out(part: str, options: Options, after: int = 0) -> LetterMatch | None:
    """The option behind the last words that point one out ("the best choice is"); None where none do."""
    offset = max(after, len(part) - _TAIL)
    finished = is_finished(part.rstrip())
    for pointing in reversed(list(_POINTING.finditer(part, offset))):
        stated = finished or not pointing["weak"] or _CUE.search(_sentence_ahead(part, pointing.start()))
        match = _named_behind(part, pointing, options) if stated else None
        if match:
            return match
    return _called_likely(part, offset, options) if options.texts else None


def _sentence_ahead(part: str, end: int) -> str:
    return part[max(0, end - _WINDOW) : end].rpartition("\n")[2]


def _called_likely(part: str, offset: int, options: Options) -> LetterMatch | None:
    """The option whose text is called the most likely one: "the most likely balance is 70"."""
    for likely in reversed(list(_LIKELY.finditer(part, offset))):
        copula = _COPULA.match(part, likely.end())
        for at in (likely.end(), copula.end() if copula else len(part)):
            index = option_stated(part[at : at + _WINDOW].partition("\n")[0], options.texts)
            if index is not None and not is_of_another(part, likely.start()):
                return LetterMatch(options.letters[index], at, min(len(part), at + _WINDOW))
    return None


def is_of_another(part: str, start: int) -> bool:
    """Whether what starts here is denied, supposed, or someone else's choice: "most people would" choose A."""
    return _OF_ANOTHER.search(part, max(0, start - 40), start) is not None


def _named_behind(part: str, pointing: re.Match[str], options: Options) -> LetterMatch | None:
    start, end = pointing.span()
    if is_of_another(part, start):
        return None
    end += len(part[end : end + 8]) - len(part[end : end + 8].lstrip(": \n"))
    words = part[end : end + _WINDOW].partition("\n")[0]
    match = opening_letter(words, options.letters)
    if match:
        return None if match.letter and lists_options(part, match.letter, end + match.end) else match.shifted(end)
    index = option_stated(words, options.texts)
    return None if index is None else LetterMatch(options.letters[index], end, end + len(words))


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
    for pattern in (_CONFIRMED, _ONLY):
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
