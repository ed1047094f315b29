"""`Phrase`: an English text that keeps what it takes to tell it in another language. Records hold the English, whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter

__all__ = ["Phrase", "filled", "joined", "phrase"]


class Phrase(str):
    """An English text: `template`, which is its entry in the tables of other languages, with `values` in its named places."""

    template: str
    values: Mapping[str, object]


def phrase(template: str, /, **values: object) -> str:
    """A `Phrase`: `template` filled as `str.format` does, such as ``phrase("{n} of {all} cases", n=3, all=8)``; without values it is
    a text as it stands. ``{n:case is|cases are}`` is the first of the two where n is 1. Values that are phrases are told too, others such
    as names are data and stay as they are."""
    text = Phrase(filled(template, values) if values else template)
    text.template, text.values = template, values
    return text


def filled(template: str, values: Mapping[str, object]) -> str:
    """`template` with `values` in its places, a noun or verb by the number that it stands with."""
    return _NUMBERED.vformat(template, (), values) if "|" in template else template.format(**values)


class _Numbered(Formatter):
    def format_field(self, value: object, form: str) -> str:
        one, bar, many = form.partition("|")
        return (one if str(value) == "1" else many) if bar else str(super().format_field(value, form))


_NUMBERED = _Numbered()


def joined(texts: Iterable[str], by: str = ", ") -> str:
    """The texts one after another, those that are phrases told each by itself. For names alone ``", ".join`` will do."""
    values = {f"text{number}": text for number, text in enumerate(texts)}
    return phrase("{by}".join(f"{{{name}}}" for name in values), by=phrase(by), **values)
