"""Words that point an option out, and the option that follows: "the best choice is (D)", "most likely a fish", "故选C"."""

from __future__ import annotations

import re

from itemwise.extractors.choice.match_letter import LetterMatch, opening_letter
from itemwise.extractors.choice.match_option import Options
from itemwise.extractors.choice.match_text import option_stated
from itemwise.extractors.choice.option_line import lists_options
from itemwise.extractors.sentence_end import is_finished

_TAIL = 6000  # characters from the end that are searched
_WINDOW = 120  # characters in which a sentence names the option it has pointed out
_OPTION = r"(?:option|choice|answer|statement|letter|one|response|alternative|match|description|explanation|interpretation|conclusion)"
_LABEL = r"\**(?:option\s)?\(?(?-i:[A-Z])[).:*]"  # "(A)", "**A.", "A)" are an option's, "A" alone may be a word
_POINTERS = (
    rf"(?:correct|right|best|closest|nearest|appropriate|suitable|likely|accurate|true|final|only|remaining)\s+{_OPTION}s?\b"
    r"[^.\n]{0,80}?(?:\bis|:|\bare|\bbe)\b",
    r"\b(?:choose|chose|select|pick|go with|going with|opt for|settle on|leaves(?: us with)?|left with)\b(?:\s(?:only|just))?",
    r"(?P<weak>\b(?:is|are|be|matches|indicates|favors|supports|as per"
    r"|(?:correspond|clos|equal|equat|lead|point|match|align)\w*\s(?:to|with))"
    r"(?: the)?\s(?=(?:\**(?:option|choice|answer|letter))\s[(\"'*]{0,3}[A-Z]\b)"
    r"|\b(?:would|should|must|will|can only) be(?=\s[\"*(]{1,3}[A-Z][\"*)]))",
    r"\b(?:is|are|be)(?: to)?(?=\s\**\(?[A-Z]\))|\b(?:is|are|be|as)(?: to)?(?=\s\*\*\(?[A-Z][).:])|\banswer(?=\s\([A-Z]\))",
    rf"\b(?:therefore|thus|hence|so|most|best|closest|correct)\b[^.\n]{{0,160}}?(?:\bis|\bare|\bbe)(?=\s?:?\**\s+{_LABEL}\s?\S)",
    rf"\b(?:therefore|thus|hence|so|most|best|closest|correct)\b[^.\n]{{0,160}}(?=:\**\s*\n\s*{_LABEL})",
    rf"\b(?:is|are|be)(?=\s?:\**\s*\n\s*{_LABEL})",
    rf"\b(?:option|answer|result|options?\)|choice|selection|conclusion)\b[^.\n]{{0,60}}(?=:\s{_LABEL})",
    r"(?:故|应|所以|因此|答案|本题|正确选项|选项)[选是为]|选择?(?=[\s(]*[A-Z])|正确的?(?:选项|答案)?[是为:]",
    r"\b(?:respuesta|opción|opcion|réponse|reponse|antwort|risposta|resposta|alternativa|richtig|antwoord|ответ|odpowiedź|cevap)\b[^.\n]{0,40}?"
    r"(?:\b(?:es|est|ist|lautet|è|é)\b(?: (?:donc|also|daher|la|le|el|die|der|das|a|o|option|opción)(?=\s\S)){0,3}|:|-)",
    r"(?:答え|解答|正解|正答|정답|답)[^.\n]{0,8}?(?:は|은|는|:)",
)
_POINTING = re.compile("|".join(_POINTERS), re.IGNORECASE)
_ASIDE = re.compile(r"\(([Oo]ption|[Cc]hoice) (?P<letter>[A-Z])\)")
_SUPPOSED = re.compile(r"\b(?:if|suppose|assuming|might|may|could)\b|(?:\bnot?\b|n't)(?!.*\bbut\b)", re.IGNORECASE)
_WONDERS = re.compile(r"\b(?:maybe|perhaps|possibly|might)\b", re.IGNORECASE)
_CUE = re.compile(r"\b(?:therefore|thus|hence|so|correct|best|most|must be|conclusion|closest)\b", re.IGNORECASE)
_LIKELY = re.compile(r"\b(?:most|more) (?:likely|probabl[ey]|plausible|probable|accurate|fitting|consistent)\b", re.IGNORECASE)
_COPULA = re.compile(r"[^.\n]{0,80}?(?<![a-z])(?:is|are|was|were|be)(?![a-z]):?")
_OF_ANOTHER = re.compile(
    r"(?:\b(?:not|never|if|whether|unless|suppose|why|people|students?|others|someone|anyone|users?|tempted to|least"
    r"|(?:second|next)[ -]best|might|could|may)|n't)\s(?:\w+\s){0,3}$|\b(?:second|next)[ -]$",
    re.IGNORECASE,
)


def pointed_out(part: str, options: Options, after: int = 0) -> LetterMatch | None:
    """The option behind the last words that point one out ("the best choice is"); None where none do."""
    offset = max(after, len(part) - _TAIL)
    finished = is_finished(part.rstrip())
    for pointing in reversed(list(_POINTING.finditer(part, offset))):
        match = _named_behind(part, pointing, options) if _is_stated(part, pointing, finished=finished) else None
        if match:
            return match
    return _in_aside(part, offset, options.letters) or (_called_likely(part, offset, options) if options.texts else None)


def _in_aside(part: str, offset: int, letters: str) -> LetterMatch | None:
    """The letter that a conclusion adds in brackets, or the only one so added: "the camera moves to the right (option B)"."""
    asides = list(_ASIDE.finditer(part, offset))
    alone = len({aside["letter"] for aside in asides}) == 1
    for aside in reversed(asides):
        ahead = _sentence_ahead(part, aside.start())
        if aside["letter"] in letters and (alone or _CUE.search(ahead)) and not _SUPPOSED.search(ahead):
            return LetterMatch(aside["letter"], *aside.span("letter"))
    return None


def _is_stated(part: str, pointing: re.Match[str], *, finished: bool) -> bool:
    """Whether the words state: in a reply that was cut off, weak ones need a conclusion and none may wonder."""
    ahead = _sentence_ahead(part, pointing.start())
    concludes = _CUE.search(ahead + pointing.group()) is not None
    return finished or ((concludes or not pointing["weak"]) and not _WONDERS.search(ahead))


def _sentence_ahead(part: str, end: int) -> str:
    return re.split(r"\n|[.!?]\s", part[max(0, end - _WINDOW) : end])[-1]


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
