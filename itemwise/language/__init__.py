"""The languages that reports and the terminal speak: English, and those that have a table ``<code>.toml`` here."""

from itemwise.language.language import ENGLISH, LANGUAGES, Language, language_named, locale_language
from itemwise.language.phrase import Phrase, joined, phrase

__all__ = ["ENGLISH", "LANGUAGES", "Language", "Phrase", "joined", "language_named", "locale_language", "phrase"]
