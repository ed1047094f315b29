"""Finds options by their texts instead of their letters: compared without case, markup, space and closing marks."""

import re
from collections.abc import Sequence
from functools import lru_cache

_LONGEST = 20_000  # characters of a reply in which option texts are looked for
_IDLE = re.compile(r"\\(?:text|mathrm|mathbf|left|right|displaystyle|rm)\b|\\[,;!() ]|[\s${}*_`~\"'’]+")
_ARTICLE = re.compile(r"^(?:the|a|an) ")
_WORD = re.compile(r"(?:(?<!\w)-(?=[0-9.]))?[a-z0-9]+(?:[.,/][0-9]+)*%?|[^\W\da-z_]")
_ABOUT = re.compile(r" (?:is|are|was|were|has|have|had|can|could|do|does|will|would|may|might) ")
_EDGES = " .,;:!?()[]"


def normal(text: str) -> str:
    """The text in the form in which two ways of writing one option agree; "$10 \\mathrm{~m}$" and "10 m" do."""
    lower = _ARTICLE.sub("", text.lower().strip(_EDGES))
    return _IDLE.sub("", lower).replace("\\%", "%").strip(_EDGES)


def option_stated(words: str, options: Sequence[str]) -> int | None:
    """The option whose text the words are, or open with as whole words; None where none or several do."""
    text = normal(words) if options else ""
    if not text:
        return None
    texts, openers = _forms(tuple(options))
    if texts.count(text) == 1:
        return texts.index(text)
    opening = f"{_plain(words[:_LONGEST])} "
    longest = max((opener for opener in openers if opener and opening.startswith(f"{opener} ")), key=len, default=None)
    if not longest or openers.count(longest) != 1 or _ABOUT.match(opening, len(longest)):
        return None
    return openers.index(longest)


def option_mentioned(words: str, options: Sequence[str]) -> int | None:
    """The one option whose text occurs in the words; None where none or several do. Short texts do not count."""
    padded = f" {_plain(words[-_LONGEST:])} "
    _, texts = _forms(tuple(options))
    matching = [index for index, text in enumerate(texts) if len(text) > 3 and f" {text} " in padded]
    outer = [index for index in matching if not any(texts[index] in texts[other] and index != other for other in matching)]
    return outer[0] if len(outer) == 1 else None


@lru_cache(maxsize=64)
def _forms(options: tuple[str, ...]) -> tuple[list[str], list[str]]:
    return [normal(option) for option in options], [_plain(option) for option in options]


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(_ARTICLE.sub("", text.lower().strip(_EDGES))))
