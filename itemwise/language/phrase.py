"""`Phrase`: an English text that keeps what it takes to tell it in another language. Records hold the English, whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["Phrase", "joined", "phrase"]


class Phrase(str):
    """An English text: `template`, which is its entry in the tables of other languages, with `values` in its named places."""

    template: str
    values: Mapping[str, object]


def phrase(template: str, /, **values: object) -> str:
    """A `Phrase`: `template` filled as `str.format` does, such as ``phrase("{n} of {all} cases", n=3, all=8)``; without values it is
    a text as it stands. Values that are phrases are told too, others such as names are data and stay as they are."""
    text = Phrase(template.format(**values) if values else template)
    text.template, text.values = template, values
    return text


def joined(texts: Iterable[str], by: str = ", ") -> str:
    """The texts one after another, those that are phrases told each by itself. For names alone ``", ".join`` will do."""
    values = {f"text{number}": text for number, text in enumerate(texts)}
    return phrase("{by}".join(f"{{{name}}}" for name in values), by=phrase(by), **values)
