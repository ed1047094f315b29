"""What the published checkers count by libraries, and this one by the same rules: words, sentences, capital words, the language."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import Any

from itemwise.cases.row import RowsError
from itemwise.models.extras import install_hint

__all__ = ["InstructionsError", "capital_words", "language", "require_libraries", "sentences", "words"]


class InstructionsError(RowsError):
    """A library that the checks need is not installed; the message says how to install it."""


@cache
def require_libraries() -> None:
    """Raise InstructionsError where a library is missing, before anything is asked."""
    if missing := [name for name in ("langdetect", "nltk", "punkt") if find_spec(name) is None]:
        raise InstructionsError(
            f"instructions are checked by libraries that are not installed ({', '.join(missing)}): {install_hint('ifeval')}."
        )


def words(text: str) -> int:
    """How many runs of letters, digits and underscores there are."""
    return len(re.findall(r"\w+", text))


def sentences(text: str) -> int:
    """How many sentences there are, by Punkt with its English model (Kiss & Strunk 2006, Computational Linguistics 32:485)."""
    return len(_sentences(text))


def capital_words(text: str) -> int:
    """How many words have no lowercase letter, and a capital; a word is a token of the Penn treebank, so that DON'T is two."""
    return sum(token.isupper() for sentence in _sentences(text) for token in _tokenizer().tokenize(sentence))


def language(text: str) -> str | None:
    """The language of a text as its ISO 639-1 code, the same every time; None where it has no letter to tell it by."""
    import langdetect

    langdetect.DetectorFactory.seed = 0  # it draws, and so gave a short text now this language, now that
    try:
        return str(langdetect.detect(text))
    except langdetect.LangDetectException:
        return None


def _sentences(text: str) -> list[str]:
    return list(_splitter().tokenize(text))


@cache
def _splitter() -> Any:
    import punkt
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    model, parameters = punkt.load_model("english"), PunktParameters()  # the model is installed there; nltk would fetch it
    for name in ("abbrev_types", "collocations", "sent_starters"):
        getattr(parameters, name).update(getattr(model, name))
    parameters.ortho_context.update(model.ortho_context)
    return PunktSentenceTokenizer(parameters)


@cache
def _tokenizer() -> Any:
    from nltk.tokenize.destructive import NLTKWordTokenizer

    return NLTKWordTokenizer()
