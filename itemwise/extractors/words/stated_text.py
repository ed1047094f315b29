"""`stated_text`: the words that a reply states as its answer, such as a name or a colour; and whether two such answers are the same."""

import re

from itemwise.extractors.announcement import announcements
from itemwise.extractors.answer_equality import within
from itemwise.extractors.answer_field import answer_field, unescaped
from itemwise.extractors.choice.match_text import normal
from itemwise.extractors.number.plain_number import plain_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.visible_parts import VisiblePart, visible_parts

_LONGEST = 120  # characters of a reply that is nothing but its answer
_EDGES = " \t\r\n\"'`*_$.,;:!{}"
_TEXT = re.compile(r"\\text(?:bf|it|rm)?\{([^{}]*)\}")
_ENDS = re.compile(
    r"\n|(?<![A-Z])[.!?](?=\s|$)|[,;]? (?:which|because|since|as (?:shown|seen|it|the)|with the|based on|according to)\b|\}\s*$"
)


def stated_text(text: str) -> Reading | None:
    """The words that the reply announces as its answer, or all of a short reply of one line; None where it does neither.

    >>> stated_text("The tallest bar is the third. The answer is **South Africa**, which has 12.")
    Reading('South Africa', start=46, end=58, rule='the answer is')
    """
    for part in visible_parts(text):
        if not part.text.strip():
            continue
        lower = part.text.lower()
        if field := answer_field(part.text, lower):
            return _reading(part, field.start, field.end, "json field answer", whole=True)
        for announcement in reversed(announcements(lower)):
            if reading := _reading(part, announcement.start, announcement.end, announcement.rule, whole=announcement.rule == "boxed"):
                return reading
        alone = part.text.strip()
        if len(alone) <= _LONGEST and "\n" not in alone and not part.goes_on:
            return _reading(part, 0, len(part.text), "whole reply")
        return None
    return None


def same_words(answer: str | None, gold: str) -> bool:
    """Whether both are the same words, whatever their case, markup and closing marks. None is no word."""
    return answer is not None and normal(answer) == normal(gold)


def relaxed(answer: str | None, gold: str, *, relative: str = "0.05") -> bool:
    """Whether a number is within that share of the gold (ChartQA's relaxed accuracy: Masry et al. 2022), or words are the same."""
    return within(answer, gold, relative=relative) if plain_number(gold) else same_words(answer, gold)


def _reading(part: VisiblePart, start: int, end: int, rule: str, *, whole: bool = False) -> Reading | None:
    """The words of a span up to the end of their sentence, or all of them where they are quoted or boxed, without markup at their edges."""
    start += len(part.text[start:end]) - len(part.text[start:end].lstrip())
    stop = None if whole else _ENDS.search(part.text, start, end)
    words = part.text[start : stop.start() if stop else end]
    said = _TEXT.sub(r"\1", unescaped(words)).strip(_EDGES)
    if not said:
        return None
    first, last = part.span(start + len(words) - len(words.lstrip(_EDGES)), start + len(words.rstrip(_EDGES)))
    return Reading(said, start=first, end=last, rule=rule, stated=rule != "whole reply")
