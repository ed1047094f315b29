"""Servers that take a temperature and do not sample: each reply to the same chat is the same text, whatever the seed."""

import json
from collections.abc import Sequence

from itemwise.cases.chat import Turn

__all__ = ["EqualSamples"]

_LEAST_TOKENS = 16  # of a reply; a short one may be the same by chance
_ENOUGH = 8  # replies to chats that were answered before under another seed


class EqualSamples:
    """Sampled replies beside the first to the same chat; `are_enough` once so many are equal, and none is another text."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, str]] = {}  # seed and text, by chat
        self._equal = 0
        self._samples = False  # by another text to the same chat

    @property
    def are_enough(self) -> bool:
        """Whether the server does not seem to sample."""
        return self._equal >= _ENOUGH and not self._samples

    def note(self, turns: Sequence[Turn], seed: int, text: str, tokens: int) -> bool:
        """Note a sampled reply of so many `tokens`. Returns whether it is the one that makes them enough."""
        if self._samples:
            return False
        first_seed, first = self._first.setdefault(json.dumps([turn.message() for turn in turns]), (seed, text))
        if text != first:
            self._samples = True
            self._first.clear()  # of no use any more, and a text for each chat of a long run
            return False
        is_counted = seed != first_seed and tokens >= _LEAST_TOKENS
        self._equal += is_counted
        return is_counted and self._equal == _ENOUGH
