"""Closes a thought once its budget of tokens is spent, so that the answer still gets its whole limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reply_marks import FAMILIES, THOUGHT
from itemwise.extractors.reply_parts import reply_parts

__all__ = ["MAX_CLOSING", "ThinkingBudget", "Thought", "closing_of"]

MAX_CLOSING = 64  # tokens that close a thought: one a byte at most
_OPENS_WITHIN = 16  # tokens of a reply within which its thought begins, or there is none
_LONGEST_MARK = 24  # tokens
_CLOSINGS: Mapping[str, Callable[[str], str]] = {  # of the families in FAMILIES whose marks a model writes
    "think tags": lambda mark: f"\n</{mark.strip('<> ')}>\n\n",
    "Mistral": lambda _: "[/THINK]",
    "Kimi-VL": lambda _: "◁/think▷",
    "Gemma 4": lambda _: "<channel|>",
    "Sky-T1": lambda _: "<|end_of_thought|>",
    "Solar Open": lambda mark: mark.replace(":start", ":end") if ":start" in mark else mark.replace("<|", "<|/"),
    "MiniCPM": lambda _: "<|thought_end|>",
    "Command A": lambda _: "<|END_THINKING|>",
    "Apertus": lambda _: "<|inner_suffix|>",
    "s1": lambda _: "\n<|im_start|>answer\n",
    "Granite": lambda _: "\n\nHere is my response: ",
    "Open WebUI": lambda _: "</details>\n",
    "harmony": lambda _: "<|end|><|start|>assistant<|channel|>final<|message|>",
}
_OPENING = re.compile(rf"\s*(?:{'|'.join(f'(?P<f{number}>{FAMILIES[name].opens})' for number, name in enumerate(_CLOSINGS))})")
_CLOSING = re.compile("|".join(family.closes for family in FAMILIES.values() if family.kind == THOUGHT))
_NAMES = tuple(_CLOSINGS)


def closing_of(text: str) -> str | None:
    """What closes the thought with whose mark `text` begins; None where it begins with none."""
    mark = _OPENING.match(folded(text).lower())
    if mark is None:
        return None
    group = str(mark.lastgroup)
    return _CLOSINGS[_NAMES[int(group[1:])]](text[mark.start(group) : mark.end()])


class ThinkingBudget:
    """At most `tokens` of thought, its opening mark among them, in replies of one tokenizer; the closing mark comes on top."""

    def __init__(self, tokens: int, tokenizer: Any) -> None:
        self.tokens = tokens
        self._tokenizer = tokenizer

    def follow(self, opened: str) -> Thought:
        """A reply that is about to begin, `opened` by the prompt with the mark of a thought or with nothing."""
        return Thought(self.tokens, opened, self._decoded, self._encoded)

    def read(self, opened: str, ids: Sequence[int]) -> Thought:
        """A reply followed to its end."""
        thought = self.follow(opened)
        for length in range(len(ids) + 1):
            thought.forced(ids[:length])
        return thought

    def _decoded(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids)))

    def _encoded(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


class Thought:
    """The thought with which a reply may begin, as the reply grows. `forced` is asked before each of its tokens, in order.

    `end` is how many tokens stand before what is said aloud: 0 where the reply does not begin with a thought, None while that is not
    known or the thought goes on. `is_cut` says that the budget closed it.
    """

    def __init__(self, tokens: int, opened: str, decode: Callable[[Sequence[int]], str], encode: Callable[[str], list[int]]) -> None:
        self.end: int | None = None
        self.is_cut = False
        self._tokens = tokens
        self._opened = opened
        self._decode = decode
        self._encode = encode
        self._closing: list[int] | None = None  # known once the thought has begun
        self._started_closing_at = 0

    def forced(self, ids: Sequence[int]) -> int | None:
        """The token that must follow `ids`, all of the reply so far; None where the model chooses."""
        if self.end is not None:
            return None
        if self.is_cut:
            return self._next_of_closing(len(ids))
        if self._closing is None and not self._begins(ids):
            return None
        if self._is_closed(ids):
            self.end = len(ids)
        elif len(ids) >= self._tokens:
            self.is_cut, self._started_closing_at = True, len(ids)
            return self._next_of_closing(len(ids))
        return None

    def limit(self, answer: int) -> int:
        """The most tokens of the reply, as far as it is known, where `answer` may stand outside its thought."""
        if self.end is not None:
            return self.end + answer
        return answer if self._closing is None else self._tokens + len(self._closing) + answer

    def _begins(self, ids: Sequence[int]) -> bool:
        closing = closing_of(self._opened + self._decode(ids))
        if closing is not None:
            self._closing = self._encode(closing)
        elif len(ids) >= _OPENS_WITHIN:
            self.end = 0
        return closing is not None

    def _is_closed(self, ids: Sequence[int]) -> bool:
        if not _CLOSING.search(folded(self._decode(ids[-_LONGEST_MARK:])).lower()):
            return False
        return any(part.kind == THOUGHT for part in reply_parts(self._opened + self._decode(ids)))

    def _next_of_closing(self, length: int) -> int:
        assert self._closing, "the thought has begun, and its mark is a token at least"
        place = length - self._started_closing_at
        if place == len(self._closing) - 1:
            self.end = length + 1
        return self._closing[place]
