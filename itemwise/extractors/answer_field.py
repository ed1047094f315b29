"""The answer field of a JSON reply, read without a JSON parser: models lose quotes, commas, braces and their end.

Only the field is looked at, so nothing that is wrong elsewhere in the object can hide the answer.
"""

import re
from typing import NamedTuple

_MOST = 400  # fields looked at, counted from the end of the reply
_OBJECT = 50_000  # characters before the first of them that may hold the beginning of its object
_LONGEST = 2000  # characters of one value
_KEY = re.compile(r"answer(?:[_ -]?(?:value|number|numeric|letter|choice|option|key))?\\?[\"'`] ?:")
_NOT_FINAL = re.compile(r"(?:step|intermediate|partial|wrong|previous|sub|incorrect|initial|student|user)[a-z_ -]{0,3}$")
_SECOND_CHOICE = re.compile(
    r"[\"'](?:final[_ ]?)?(?:result|solution|value|output|total|prediction|choice|option|correct[_ ]?(?:choice|option))[\"'] ?:"
)
_VALUE = re.compile(
    r"""\s*(?:
        \\?"(?P<double>(?:[^"\\]|\\[^"]|\\"(?!\s*[,}\]\n])|"(?!\s*(?:[",}\]\n]|$|//|/\*)))*)\\?"
      | '(?P<single>(?:[^'\\\n]|\\.|'(?!\s*(?:[,}\]\n]|$)))*)'
      | (?P<nested>[\[{][^\[\]{}]*[\]}])
      | (?P<bare>[^\s"'\[{,}][^,}\n\]]*(?:,[0-9]{3}(?![0-9])[^,}\n\]]*)*)(?=\s*(?:[,}\n\]]|$))
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u(?P<code>[0-9a-fA-F]{4})|\\[nrt](?![a-z])")
_STRUCTURE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}]', re.DOTALL)


class AnswerField(NamedTuple):
    """A field's value and its span, quotes left out; `key` is where the field begins."""

    text: str
    start: int
    end: int
    key: int


def unescaped(value: str) -> str:
    """The value of a JSON string as it is read: escapes resolved, broken ones left as they are."""
    return _ESCAPE.sub(lambda escape: chr(int(escape["code"], 16)) if escape["code"] else " ", value)


def answer_field(text: str, lower: str) -> AnswerField | None:
    """The field that answers: of several objects the last that has one, within it the least nested, last one."""
    fields = _fields(text, lower)
    if len(fields) < 2:
        return fields[0] if fields else None
    nestings = _nestings(lower, [field.key for field in fields])
    last_object = nestings[-1][0]
    top = min(depth for number, depth in nestings if number == last_object)
    return [field for field, nesting in zip(fields, nestings, strict=True) if nesting == (last_object, top)][-1]


def object_end(lower: str, field: AnswerField) -> int:
    """Where the object that holds the field ends, as far as its quotes and braces can be trusted."""
    opening = max(lower.rfind("{", 0, field.key), 0)
    depth = 0
    for mark in _STRUCTURE.finditer(lower, opening):
        depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        if depth <= 0 and mark.start() >= field.end:
            return mark.end()
    return len(lower)


def _fields(text: str, lower: str) -> list[AnswerField]:
    keys = [key for key in _KEY.finditer(lower) if not _NOT_FINAL.search(lower, max(0, key.start() - 20), key.start())][-_MOST:]
    if not keys and "{" in lower:
        keys = list(_SECOND_CHOICE.finditer(lower))[-_MOST:]
    fields = (_field(text, key.start(), key.end()) for key in keys)
    return [field for field in fields if field and not _is_placeholder(field.text)]


def _field(text: str, key: int, colon: int) -> AnswerField | None:
    value = _VALUE.match(text, colon, colon + _LONGEST)
    if value is None or value.lastgroup is None:
        return None
    start, end = value.span(value.lastgroup)
    return AnswerField(text[start:end], start, end, key)


def _is_placeholder(value: str) -> bool:
    return not value.strip(" _.?-") or (value.startswith("<") and value.endswith(">"))


def _nestings(lower: str, keys: list[int]) -> list[tuple[int, int]]:
    """For each key in order: the number of the outermost object it stands in, and its depth there."""
    nestings, number, depth = [], 0, 0
    waiting = iter(keys)
    key = next(waiting, None)
    for mark in _STRUCTURE.finditer(lower, max(0, keys[0] - _OBJECT)) if "{" in lower else ():
        while key is not None and key < mark.end():
            nestings.append((number, depth))
            key = next(waiting, None)
        if mark.group() == "{":
            number, depth = number + (depth == 0), depth + 1
        elif mark.group() == "}":
            depth = max(0, depth - 1)
    return nestings + [(number, depth)] * (len(keys) - len(nestings))
