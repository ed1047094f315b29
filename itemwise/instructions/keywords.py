"""Words and letters that a reply is to have, or not to have, whatever their case."""

import re

from itemwise.instructions.instruction import Arguments
from itemwise.instructions.relation import counted
from itemwise.language import phrase

__all__ = ["existence", "forbidden_words", "frequency", "letter_frequency"]


def existence(text: str, arguments: Arguments) -> str:
    """Every keyword is there, also within a word."""
    missing = [word for word in arguments["keywords"] if not re.search(re.escape(word), text, re.IGNORECASE)]
    return phrase("without {words}", words=", ".join(map(repr, missing))) if missing else ""


def frequency(text: str, arguments: Arguments) -> str:
    """A keyword is there so often, also within words."""
    word = arguments["keyword"].strip()
    found = len(re.findall(re.escape(word), text, re.IGNORECASE))
    return counted(found, phrase("times {words!r}", words=word), arguments["frequency"], arguments["relation"])


def forbidden_words(text: str, arguments: Arguments) -> str:
    """None of these is there as a word of its own."""
    found = [word for word in arguments["forbidden_words"] if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)]
    return phrase("with {words}", words=", ".join(map(repr, found))) if found else ""


def letter_frequency(text: str, arguments: Arguments) -> str:
    """A letter is there so often."""
    letter = arguments["letter"].strip().lower()
    return counted(
        text.lower().count(letter), phrase("times {words!r}", words=letter), arguments["let_frequency"], arguments["let_relation"]
    )
