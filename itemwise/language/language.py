"""`Language`: tells texts in the words of its table. English has none; a text without an entry stays English."""

import locale
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from string import Formatter

from itemwise.language.phrase import Phrase, filled, phrase

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ENGLISH", "LANGUAGES", "Language", "language_named", "locale_language"]

_CODES = {"en": "en", "zh": "zh-CN"}  # by the name of the option, as HTML spells them
LANGUAGES = tuple(_CODES)
_SEVERAL = ("words", "gold", "fault", "unit", "other_unit")  # places of recorded texts that hold several words
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which gettext heeds them


@dataclass(frozen=True)
class Language:
    """`code` is as in ``<html lang>``, `table` the language's text for each English one, named places in both.

    Of the texts that are `recorded`, a part of the table, records keep the English alone, its places filled: ``words`` and ``gold`` with
    anything, a ``fault`` with another such text, the others with one word or what has an entry.
    """

    code: str
    table: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, /, **values: object) -> str:
        """`text` in this language: a phrase with its values, or what the table has for exactly this text, with `values` in its places."""
        if values:
            text = phrase(text, **values)
        if not self.table:
            return text
        if not isinstance(text, Phrase):
            return self.table.get(text, text)
        told = {name: self(value) if isinstance(value, Phrase) else value for name, value in text.values.items()}
        template = self.table.get(text.template, text.template)
        return filled(template, told) if told else self._recorded_text(template) if template is text.template else template

    def _recorded_text(self, text: str) -> str:
        """A text out of a record; what is made by no template of `recorded` stays as it is."""
        for pattern, told in self._patterns:
            if found := pattern.fullmatch(text):
                values = {name: self._value(name, value) for name, value in found.groupdict().items()}
                return "".join(literal + values.get(name or "", "") for literal, name, *_ in Formatter().parse(told))
        return text

    def _value(self, name: str, text: str) -> str:
        return text if name in ("words", "gold") else self._recorded_text(text) if name == "fault" else self.table.get(text, text)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """What each template of `recorded` makes and how it is told, those that begin with most letters first."""
        parsed = {template: list(Formatter().parse(template)) for template in self.recorded}
        ordered = sorted(parsed, key=lambda template: len(parsed[template][0][0]), reverse=True)
        return [(re.compile("".join(map(self._pattern, parsed[template])), re.DOTALL), self.recorded[template]) for template in ordered]

    def _pattern(self, part: tuple[str, str | None, str | None, str | None]) -> str:
        literal, name, form, _ = part
        if name is None:
            return re.escape(literal)
        if form and "|" in form:
            return re.escape(literal) + f"(?:{'|'.join(map(re.escape, form.split('|')))})"
        return re.escape(literal) + (f"(?P<{name}>.*?)" if name in _SEVERAL else rf"(?P<{name}>\S+?)")

    def cells(self, texts: Iterable[str]) -> list[str]:
        """The phrases among `texts` in this language; the others, names and figures, as they are."""
        return [self(text) if isinstance(text, Phrase) else text for text in texts]


ENGLISH = Language("en")


@cache
def language_named(name: str) -> Language:
    """The language of that name, one of LANGUAGES."""
    if name == "en":
        return ENGLISH
    tables = tomllib.loads(files("itemwise.language").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    return Language(_CODES[name], {text: told for table in tables.values() for text, told in table.items()}, tables["recorded"])


def locale_language() -> Language:
    """The first language of the locale that there is a table for, English where there is none: as gettext chooses, and on Windows, which
    sets no such variable, by the user's settings."""
    chosen = next((value for name in _VARIABLES if (value := os.environ.get(name))), "") or locale.getlocale()[0] or ""
    known = (code[:2] for code in chosen.lower().replace("chinese", "zh").split(":"))
    return language_named(next((code for code in known if code in LANGUAGES), "en"))
