"""How likely a model finds a whole text, as the strategy `perplexity` notes it beside its reply and reports read it back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itemwise.cases.plain_data import Kinds, require_kinds

__all__ = ["PERPLEXITY", "TextScore", "text_score"]

PERPLEXITY = "perplexity"  # under which it stands in a reply's notes
_KINDS: Kinds = {"logprob": float, "tokens": int, "bytes": int, "words": int, "window": int}


@dataclass(frozen=True)
class TextScore:
    """The natural `logprob` of a text of so many `tokens` (of the model), `bytes` in UTF-8, and `words`, read in windows of at most
    `window` tokens. Words are what stands between white space, an empty beginning or end included, as lm-evaluation-harness counts them."""

    logprob: float
    tokens: int
    bytes: int
    words: int
    window: int

    @classmethod
    def of(cls, text: str, logprob: float, tokens: int, window: int) -> TextScore:
        """The score of `text`."""
        return cls(logprob, tokens, len(text.encode()), len(re.split(r"\s+", text)), window)

    @property
    def bits(self) -> float:
        """How many bits the model needs for the text."""
        return -self.logprob / math.log(2)

    @property
    def text(self) -> str:
        """The bits per byte, in words."""
        return f"{self.bits / self.bytes:.6f} bits per byte"

    def notes(self) -> dict[str, Any]:
        """The notes of a reply that hold this."""
        return {PERPLEXITY: vars(self)}


def text_score(notes: Mapping[str, Any]) -> TextScore | None:
    """What a reply's notes hold of it; None where no text was scored, or by another version in another way."""
    record: Any = notes.get(PERPLEXITY)
    try:
        require_kinds(record, _KINDS)
        found = TextScore(**{name: record[name] for name in _KINDS})
    except (KeyError, TypeError):
        return None
    return found if math.isfinite(found.logprob) and min(found.tokens, found.bytes, found.words, found.window) > 0 else None
