"""End-of-turn detection: the declared end-of-text tokens, and the end of an assistant's turn as the chat template writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from itemwise.models.local.chat_template import ChatTemplate

__all__ = ["Ends", "ends_of"]

MIN_TEXT = 3  # characters of an end in plain text: less may be part of a reply


@dataclass(frozen=True)
class Ends:
    """The `tokens` that end a reply, and the `texts` that do: the template's end of a turn if it is no token of its own, and a
    request's stop texts.

    `decode` turns tokens into text. `note` says what differs from the checkpoint's declaration.
    """

    tokens: frozenset[int]
    decode: Callable[[Sequence[int]], str]
    texts: tuple[str, ...] = ()
    note: str = ""

    def with_stop(self, stop: tuple[str, ...]) -> Ends:
        """These ends and the texts in `stop`."""
        return replace(self, texts=(*self.texts, *stop)) if stop else self

    def is_at_end(self, ids: Sequence[int]) -> bool:
        """Whether a reply ends with the last token of `ids`."""
        return bool(ids) and (ids[-1] in self.tokens or self._has_end_text(ids))

    def index(self, ids: Sequence[int]) -> int | None:
        """The index of the token with which a reply ends; None if it does not."""
        if not self.texts:
            return next((index for index, token in enumerate(ids) if token in self.tokens), None)
        return next((index for index in range(len(ids)) if self.is_at_end(ids[: index + 1])), None)

    def cut(self, text: str) -> str:
        """The text before the first of the texts that end a reply."""
        return text[: min((index for index in map(text.find, self.texts) if index >= 0), default=len(text))]

    def _has_end_text(self, ids: Sequence[int]) -> bool:
        """Whether one of the texts stands at the end; a token is a byte at least, and the last may hold more than the end of it."""
        if not self.texts:
            return False
        tail = self.decode(ids[-max(len(text.encode()) for text in self.texts) - 1 :])
        return any(text in tail for text in self.texts)


def ends_of(declared: set[int], tokenizer: Any, template: ChatTemplate | None) -> Ends:
    """The ends of a reply under `template`. What it writes after an assistant's text ends a turn, and so does a special token
    with which the next turn begins; plain text with which that begins may be part of a reply, so it is only noted."""
    tokens, decode = frozenset(declared), partial(_decode, tokenizer)
    if template is None:
        return Ends(tokens, decode)
    after, between = (text.strip() for text in template.turn_end())
    token = next(iter(_special_tokens(tokenizer, after)), None) if after else _first(tokenizer, between)
    if token is not None:
        known = token in tokens
        note = "" if known else f"{tokenizer.decode([token])} of the chat template, which is no declared end"
        return Ends(tokens | {token}, decode, note=note)
    if len(after) >= MIN_TEXT:
        return Ends(tokens, decode, (after,), f"{after!r} of the chat template, as text")
    ends = ", ".join(str(tokenizer.decode([token])) for token in sorted(tokens)) or "the token limit"
    return Ends(tokens, decode, note=f"not in the chat template; only {ends} ends a reply")


def _decode(tokenizer: Any, ids: Sequence[int]) -> str:
    return str(tokenizer.decode(ids, skip_special_tokens=True))


def _special_tokens(tokenizer: Any, text: str) -> list[int]:
    """The special and added tokens in `text`."""
    return [token for token in tokenizer(text, add_special_tokens=False)["input_ids"] if token in tokenizer.added_tokens_decoder]


def _first(tokenizer: Any, text: str) -> int | None:
    """The special or added token that `text` begins with."""
    ids = tokenizer(text, add_special_tokens=False)["input_ids"] if text else []
    return int(ids[0]) if ids and ids[0] in tokenizer.added_tokens_decoder else None
