"""Language, letter case and punctuation of a whole reply."""

from itemwise.instructions.counting import capital_words, language
from itemwise.instructions.instruction import Arguments
from itemwise.instructions.relation import counted
from itemwise.language import phrase

__all__ = ["capital_word_frequency", "english_capital", "english_lowercase", "no_comma", "response_language"]


def response_language(text: str, arguments: Arguments) -> str:
    """The language, as it is detected; a text without a letter is of any."""
    return _other_language(text, arguments["language"])


def english_capital(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """English, and no lowercase letter."""
    return _other_language(text, "en") if text.isupper() else phrase("not all in capital letters")


def english_lowercase(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """English, and no capital."""
    return _other_language(text, "en") if text.islower() else phrase("not all in lowercase letters")


def capital_word_frequency(text: str, arguments: Arguments) -> str:
    """So many words in capital letters."""
    return counted(capital_words(text), phrase("words in capital letters"), arguments["capital_frequency"], arguments["capital_relation"])


def no_comma(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """No comma."""
    return phrase("{n} commas", n=text.count(",")) if "," in text else ""


def _other_language(text: str, wanted: str) -> str:
    found = language(text)
    return "" if found in (None, wanted) else phrase("in the language {found}, not {wanted}", found=found, wanted=wanted)
