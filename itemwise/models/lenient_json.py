"""JSON objects as models write them: strict where they are, else with the slips that a person reads over."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

__all__ = ["LONGEST", "object_at"]

LONGEST = 2000  # characters of an object that is not strict
DEEPEST = 16  # objects and lists inside each other, in one that is not strict

_STRICT = json.JSONDecoder()
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|\u201c[^\u201d]*\u201d', re.DOTALL)
_BARE_KEY = re.compile(r"[A-Za-z_]\w*")
_BARE_VALUE = re.compile(r"[^\s,{}\[\]\"'`<>][^,{}\[\]\"'`<>\n]*")
_WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?", re.ASCII)
_BLANK = re.compile(r"\s*")


def object_at(text: str, start: int) -> tuple[dict[str, Any], int] | None:
    """The JSON object that opens at `start` of the text, where there is ``{``, and where it ends; None where it cannot be read.

    Read over are quotes that are single, curly or missing, a comma too many, lines broken inside a text, braces written twice,
    and braces missing at the end of the text. A text or a number that the end cut off is not.

    >>> object_at("{'name': 'calculator', 'arguments': {expression: 6*7}", 0)
    ({'name': 'calculator', 'arguments': {'expression': '6*7'}}, 53)
    """
    try:
        value, end = _STRICT.raw_decode(text, start)
    except (ValueError, RecursionError):
        return _Lenient(text[start : start + LONGEST], start, cut=start + LONGEST < len(text)).read()
    return (value, end) if isinstance(value, dict) else None


class _UnreadableError(Exception):
    """This is no JSON, however leniently read."""


class _Lenient:
    """One object at the beginning of `text`, which stands at `offset`; `cut` says that more follows than is looked at."""

    def __init__(self, text: str, offset: int, *, cut: bool) -> None:
        self._text, self._offset, self._cut = text, offset, cut
        self._place = 0

    def read(self) -> tuple[dict[str, Any], int] | None:
        try:
            value = self._object(DEEPEST)
        except _UnreadableError:
            return None
        return value, self._offset + self._place

    def _object(self, levels: int) -> dict[str, Any]:
        self._open("{", levels)
        if self._next() == "{":  # written twice, as in the template of a prompt
            inner = self._object(levels - 1)
            self._skip("}")
            return inner
        found: dict[str, Any] = {}
        while not self._closed("}", found):
            key = self._matched(_STRING) or self._matched(_BARE_KEY)
            if not key or not self._skip(":"):
                raise _UnreadableError
            found[_unquoted(key)] = self._value(levels - 1)
            self._skip(",")
        return found

    def _list(self, levels: int) -> list[Any]:
        self._open("[", levels)
        found: list[Any] = []
        while not self._closed("]", found):
            found.append(self._value(levels - 1))
            self._skip(",")
        return found

    def _value(self, levels: int) -> Any:
        match self._next():
            case "{":
                return self._object(levels)
            case "[":
                return self._list(levels)
        if text := self._matched(_STRING):
            return _unquoted(text)
        word = self._matched(_BARE_VALUE).strip()
        if not word or not self._next():  # nothing, or what the end may have cut off
            raise _UnreadableError
        return _WORDS[word] if word in _WORDS else json.loads(word) if _NUMBER.fullmatch(word) else word

    def _open(self, mark: str, levels: int) -> None:
        if levels < 1 or not self._skip(mark):
            raise _UnreadableError

    def _closed(self, mark: str, found: Collection[Any]) -> bool:
        """Whether it ends here: by its mark, or because the text does and something was found."""
        if self._next():
            return self._skip(mark)
        if self._cut or not found:
            raise _UnreadableError
        return True

    def _next(self) -> str:
        """The next character that is not blank; empty at the end."""
        if blank := _BLANK.match(self._text, self._place):
            self._place = blank.end()
        return self._text[self._place : self._place + 1]

    def _skip(self, mark: str) -> bool:
        found = self._next() == mark
        self._place += found
        return found

    def _matched(self, pattern: re.Pattern[str]) -> str:
        self._next()
        found = pattern.match(self._text, self._place)
        self._place = found.end() if found else self._place
        return found.group() if found else ""


def _unquoted(text: str) -> str:
    """What a quoted text says; a backslash that escapes nothing stays, as in LaTeX."""
    if text[0] not in "\"'\u201c":
        return text
    inner = text[1:-1]
    try:
        quoted = inner if text[0] == '"' else inner.replace("\\'", "'").replace('"', '\\"')
        return str(json.loads(f'"{quoted}"', strict=False))
    except ValueError:
        return inner
