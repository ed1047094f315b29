"""Where a reply ends: the declared end-of-text tokens, and the end of an assistant's turn as the chat template writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.models.local.chat_template import ChatTemplate

__all__ = ["Ends", "ends_of"]

SHORTEST = 3  # characters of an end in plain text: less may be speech


@dataclass(frozen=True)
class Ends:
    """The `tokens` that end a reply, and the `text` that does where the template's end of a turn is no token of its own.
    `note` says what is not as the checkpoint declares it. `decode` turns tokens into text."""

    tokens: frozenset[int]
    text: str = ""
    note: str = ""
    decode: Callable[[Sequence[int]], str] = lambda _: ""

    def is_at_end(self, said: Sequence[int]) -> bool:
        """Whether a reply ends with the last token of `said`."""
        return bool(said) and (said[-1] in self.tokens or self._is_written(said))

    def place(self, said: Sequence[int]) -> int | None:
        """The place of the token with which a reply ends; None where it goes on."""
        if not self.text:
            return next((place for place, token in enumerate(said) if token in self.tokens), None)
        return next((place for place in range(len(said)) if self.is_at_end(said[: place + 1])), None)

    def cut(self, text: str) -> str:
        """What was said before the end."""
        return text.partition(self.text)[0] if self.text else text

    def _is_written(self, said: Sequence[int]) -> bool:
        """Whether `text` stands at the end; a token is a byte at least, and the last may hold more than the end of it."""
        return bool(self.text) and self.text in self.decode(said[-len(self.text.encode()) - 1 :])


def ends_of(declared: set[int], tokenizer: Any, template: ChatTemplate | None) -> Ends:
    """The ends of a reply under `template`. What it writes behind an assistant's words ends a turn, and so does a special token
    with which it goes on; words that it goes on with may be speech, so that those are only noted."""
    tokens = frozenset(declared)
    if template is None:
        return Ends(tokens)
    behind, between = (text.strip() for text in template.turn_end())
    token = next(iter(_special_tokens(tokenizer, behind)), None) if behind else _first(tokenizer, between)
    if token is not None:
        known = token in tokens
        return Ends(tokens | {token}, note="" if known else f"{tokenizer.decode([token])} of the chat template, which is no declared end")
    if len(behind) >= SHORTEST:
        decode = lambda said: str(tokenizer.decode(said, skip_special_tokens=True))  # noqa: E731 - it has no name elsewhere
        return Ends(tokens, behind, f"{behind!r} of the chat template, as text", decode)
    ends = ", ".join(str(tokenizer.decode([token])) for token in sorted(tokens)) or "the token limit"
    return Ends(tokens, note=f"not in the chat template; only {ends} ends a reply")


def _special_tokens(tokenizer: Any, text: str) -> list[int]:
    """The special and added tokens in `text`."""
    return [token for token in tokenizer(text, add_special_tokens=False)["input_ids"] if token in tokenizer.added_tokens_decoder]


def _first(tokenizer: Any, text: str) -> int | None:
    """The special or added token that `text` begins with."""
    ids = tokenizer(text, add_special_tokens=False)["input_ids"] if text else []
    return int(ids[0]) if ids and ids[0] in tokenizer.added_tokens_decoder else None
