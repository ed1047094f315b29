"""The room that the texts of a page have: in long ones that do not fit the middle is left out, and results.jsonl has them whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from itemwise.language import Language
from itemwise.reporting.single_page import page_json
from itemwise.results.entry import Entry, Texts

__all__ = ["PageRoom", "json_of_trees"]

SHORTENED = "its middle is left out, so that this page stays small"
NO_ROOM = "laid out it takes more room than this page has"
_TOGETHER = 64_000_000  # bytes that the texts of a page and their trees take as JSON: browsers open that in seconds
_ALWAYS = 2_000  # bytes of each text, whatever the others take
_SURELY = _ALWAYS // 6  # characters, the longest of which take six bytes
_AROUND = 100  # characters on either side of what was read, where that is in the middle

Span = tuple[int, int] | None


class PageRoom:
    """The room for the texts of `entries`, each of which has the same where not all fit: what short ones leave is that of the long ones.

    `turn_to` comes before the texts of each. How large trees are is known only once they are made: an entry has all that is left for them
    but what the texts of those to come will take. It counts the texts that are `shortened`.
    """

    def __init__(self, entries: Iterable[Entry], say: Language, together: int = _TOGETHER) -> None:
        self.shortened = 0
        self._say = say
        self._left = together
        sizes = list(map(_size_of, entries))
        self._share = _fair_share(sizes, together)
        self._to_come = sum(min(size, self._share) for size in sizes)
        self._of_entry = 0

    def turn_to(self, entry: Entry) -> None:
        """What comes belongs to `entry`, which is one of those that the room is for."""
        own = min(_size_of(entry), self._share)
        self._to_come -= own
        self._of_entry = max(min(own, self._left), self._left - self._to_come)

    def turn_to_rest(self) -> None:
        """What comes belongs to none of the entries, and follows them all."""
        self._of_entry = min(self._share, self._left)

    def tree(self, shown: str, text: str, of: Callable[[str], object]) -> str:
        """The JSON of the tree that `of` makes of `text`; of why there is none where not all of it is `shown`, or no room is left."""
        if shown != text:
            return page_json(SHORTENED)
        json = page_json(of(text))
        size = _size(json)
        if size > self._of_entry + _ALWAYS:
            return page_json(NO_ROOM)
        self._take(size)
        return json

    def text(self, text: str, span: Span = None) -> tuple[str, Span]:
        """The text as far as there is room for it, its beginning and its end alike, and where its `span` is in that."""
        size = len(text) if len(text) <= _SURELY else _size(page_json(text))
        if size > self._of_entry + _ALWAYS:
            self.shortened += 1
            room = max(_ALWAYS, self._of_entry)
            text, span = _without_middle(text, span, len(text) * room // size, self._say)
            size = _size(page_json(text))
        self._take(size)
        return text, span

    def _take(self, size: int) -> None:
        self._of_entry = max(0, self._of_entry - size)
        self._left = max(0, self._left - size)

    def texts_of(self, value: Any) -> Any:
        """Plain data with every text in it as far as there is room; keys stay."""
        if isinstance(value, str):
            return self.text(value)[0]
        if isinstance(value, dict):
            return {key: self.texts_of(part) for key, part in value.items()}
        return [self.texts_of(part) for part in value] if isinstance(value, (list, tuple)) else value


def json_of_trees(pairs: Iterable[tuple[str, str]]) -> str:
    """The JSON of a list of pairs of trees, of which each is JSON already; empty where there is no tree in it."""
    listed = [f"[{said},{thought}]" for said, thought in pairs]
    return "" if all(pair == "[null,null]" for pair in listed) else f"[{','.join(listed)}]"


def _size_of(entry: Entry) -> int:
    """About how many bytes the texts of `entry` take as JSON; those that are spilled are not read."""
    if not isinstance(entry.quoted, Texts):
        return entry.quoted.length
    reply = entry.quoted.reply
    return _size(page_json([entry.quoted.prompt, entry.quoted.message, reply and reply.record()]))


def _fair_share(sizes: list[int], together: int) -> int:
    """The most that each may take for all to fit `together`, where each takes no more than its size.

    >>> _fair_share([1, 10, 10], 13)
    6
    """
    left, share = together, together
    for taken, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - taken)
        if size > share:
            return share
        left -= size
    return together


def _without_middle(text: str, span: Span, most: int, say: Language) -> tuple[str, Span]:
    """`text` with its first and last characters, `most` together, and with its `span` and what is around that, unless that is longer."""
    kept = [(0, most // 2), (len(text) - most // 2, len(text))]
    if span and span[1] - span[0] <= most:
        kept.insert(1, (max(0, span[0] - _AROUND), min(len(text), span[1] + _AROUND)))
    shown, moved, last = "", None, 0
    for first, after in kept:
        shown += f"\n[... {say('{n} characters left out', n=f'{first - last:,}')} ...]\n" if first > last else ""
        offset = len(shown) - max(first, last)
        if span and first <= span[0] and span[1] <= after:
            moved = (span[0] + offset, span[1] + offset)
        shown += text[max(first, last) : after]
        last = max(last, after)
    return shown, moved


def _size(json: str) -> int:
    return len(json.encode("utf-8", "replace"))
