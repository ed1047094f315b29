"""The option whose text or number ends a finished reply that announces no answer: "Therefore it is a fish.", "3 + 1 = 4"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from itemwise.extractors.announcement import announcements
from itemwise.extractors.choice.implied_choice import last_sentences
from itemwise.extractors.choice.match_letter import LetterMatch
from itemwise.extractors.choice.match_option import Options, option_of_number
from itemwise.extractors.choice.match_text import option_mentioned, option_stated
from itemwise.extractors.number.concluding_number import concluded_number
from itemwise.extractors.number.number_phrase import opens_with_number
from itemwise.extractors.sentence_end import is_finished

_SHORT = 700  # characters of a reply that may mention its option anywhere
_EQUALS = re.compile(r"[=≈:]|\b(?:is|are|was|be|equals|called|as|by)\b(?: on| in| at)?")
_CUE = re.compile(
    r"\b(?:therefore|thus|hence|so|correct|best|most likely|must be|conclusion|closest|only)\b"
    r"|因此|所以|综上|(?<![\u4e00-\u9fff])故(?!意|障)",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:given|suppose|assume|if|let|question|asks?|(?:options?|choices)(?! only|, only)|whether|recall|know that|first|start)\b"
    r"|\?(?=\s+[A-Z]|\s*$)|如果|已知|假设",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?<![A-Za-z0-9])[A-Z][:.)]")
_REASON = re.compile(r"\b(?:because|since|unlike|rather than|and not|instead of)\b")
_SAID = re.compile(r"(?:[=≈:]|\b(?:is|are|was|be|equals|about|approximately|get|gives)\b)\s?\W{0,4}$")
_STOPPED = re.compile(r"(?:[.!?。][*_\"')\]]{0,3}|[)}$]|\*\*)\s*$")
_OPERATOR = re.compile(r"[=^\\]|[0-9]\s?[+*<>]|[0-9a-z)]\s[-+]\s[0-9a-z(]")
_GOES_ON = re.compile(r"\s?(?:[*·×+/^√π(]|pi\b|\\(?:pi|sqrt|times|cdot)|-\s?[0-9a-z])")


def implied_text(part: str, lower: str, options: Options) -> LetterMatch | None:
    """The option that the end of the reply states in words or as a number; None where the reply announces a value of its own."""
    whole = part.rstrip()
    in_formula = (whole.count("$") - whole.count("$$")) % 2 and "\\" in whole[whole.rfind("$") :]
    if not options.texts or in_formula or not is_finished(whole) or _announces_value(lower):
        return None
    if len(_LABEL.findall(whole, *next(last_sentences(whole), (0, 0)))) > 1:
        return None
    match = _ends_on_option(whole, options) or _concluding_number(lower, options) or _mentioned(whole, options)
    stopped = _STOPPED.search(whole, max(0, len(whole) - 6))
    return match if match and (stopped or len(whole) - match.end < 4) else None


def _announces_value(lower: str) -> bool:
    """Whether an announcement names a value, which is then no option: "\\boxed{18}"."""
    return any(
        announcement.rule in ("boxed", "####") or opens_with_number(lower[announcement.start : announcement.end])
        for announcement in announcements(lower)
    )


def _ends_on_option(part: str, options: Options) -> LetterMatch | None:
    """The option that the last sentence comes to: "The length of AB is 5√7 / 4."."""
    start, end = next(last_sentences(part), (0, 0))
    for equals in reversed(list(_EQUALS.finditer(part, start, end))[-6:]):
        index = option_stated(part[equals.end() : end], options.texts, strict=True)
        if index is not None:
            return LetterMatch(options.letters[index], equals.end(), end)
    return None


def _concluding_number(lower: str, options: Options) -> LetterMatch | None:
    """The option that is the number the reply concludes with, where every option is a number."""
    concluded = concluded_number(lower)
    if concluded is None:
        return None
    (number, start, end), rule = concluded
    if number is None or _GOES_ON.match(lower, end) or (rule != "conclusion" and not _SAID.search(lower, max(0, start - 20), start)):
        return None
    index = option_of_number(number, options)
    return None if index is None else LetterMatch(options.letters[index], start, end)


def _mentioned(part: str, options: Options) -> LetterMatch | None:
    """The one option whose text the concluding sentence mentions, or a short reply that tells nothing else."""
    for start, end in _telling_sentences(part):
        index = option_mentioned(_REASON.split(part[start:end], maxsplit=1)[0], options.texts)
        if index is not None:
            return LetterMatch(options.letters[index], start, end)
    if len(part) > _SHORT or _GIVEN.search(part) or _OPERATOR.search(part):
        return None
    single = len(list(last_sentences(part))) == 1
    index = option_mentioned(part, options.texts, numbers=single)
    return None if index is None else LetterMatch(options.letters[index], 0, len(part))


def _telling_sentences(part: str) -> Iterator[tuple[int, int]]:
    """The sentences near the end that conclude, the last first."""
    spans = list(last_sentences(part))[:3]
    yield from (span for span in spans if _CUE.search(part, *span) and not _GIVEN.search(part, *span))
