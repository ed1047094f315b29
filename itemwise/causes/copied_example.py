"""The cause "copied the prompt's example": what the reply gives is the example that the prompt shows, not the question's."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from itemwise.causes.cause import COPIED, Cause, cause
from itemwise.extractors.plain_characters import folded
from itemwise.language import phrase

__all__ = ["copied_example", "examples_in"]

_MOST = 20  # examples and calculations looked at
_SHORTEST = 8  # characters of an example
_EXAMPLE = re.compile(r"(?:^|(?<=[.!?:,;(。\s]))(?:for example|examples?|e\.g\.|form|format|例如|比如|例|示例)[ \t]*[:,]\s*", re.IGNORECASE)
_LINE = re.compile(r"[^\n]{1,400}")
_OBJECT = re.compile(r"\{[^{}\n]{8,400}\}")
_CALCULATION = re.compile(r"[0-9][0-9.,]{0,20}(?: ?[-+*/x×÷] ?[0-9][0-9.,]{0,20}){1,20} ?= ?[0-9]{1,20}|[A-Za-z]{4,20} ?= ?[A-Za-z]{4,20}")  # noqa: RUF001
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class _Example(NamedTuple):
    """An example of a prompt: its `text`, the same `squeezed`, and its calculations, each squeezed and as it stands there."""

    text: str
    squeezed: str
    calculations: Sequence[tuple[str, str]]


def copied_example(prompt: str, text: str, answer: str | None) -> Cause | None:
    """The example as a whole stands in the reply, two calculations of it, or one with its answer or none.

    A calculation counts only where the question does not tell all the numbers that it begins with.
    """
    prompt, reply = folded(prompt), _squeezed(text)
    for example in map(_parsed, examples_in(prompt)):
        if example.squeezed in reply:
            return cause(COPIED, phrase("as the prompt shows it: {words}", words=example.text))
        copied = [each for squeezed, each in example.calculations if squeezed in reply]
        if copied:
            told = set(_NUMBER.findall(prompt.replace(example.text, " ")))
            copied = [each for each in copied if not _is_told(each, told)]
        if len(copied) > 1 or (copied and (answer is None or answer in _NUMBER.findall(example.text) or not _NUMBER.search(copied[0]))):
            return cause(COPIED, phrase("as in the prompt's example: {words}", words=", ".join(copied)))
    return None


@lru_cache(maxsize=2)  # two causes ask it of the same prompt, one after the other
def examples_in(prompt: str) -> Sequence[str]:
    """What the prompt shows as an example or as the form of a reply: the object or the line behind such a word, the first 20."""
    return tuple(_examples(prompt))


def _examples(prompt: str) -> Iterator[str]:
    for word in islice(_EXAMPLE.finditer(prompt), _MOST):
        found = _OBJECT.match(prompt, word.end()) or _LINE.match(prompt, word.end())
        if found and len(found.group().strip()) >= _SHORTEST:
            yield found.group().strip()


@lru_cache(maxsize=64)  # the cases of a benchmark are asked with the same examples
def _parsed(example: str) -> _Example:
    calculations = _CALCULATION.findall(example)[:_MOST]
    return _Example(example, _squeezed(example), [(_squeezed(calculation), calculation) for calculation in calculations])


def _is_told(calculation: str, told: set[str]) -> bool:
    """Whether the calculation begins with numbers of the question alone; "calculation = result" has none."""
    *operands, _ = _NUMBER.findall(calculation) or [""]
    return bool(operands) and told.issuperset(operands)


def _squeezed(text: str) -> str:
    """The text in lower case without spaces."""
    return "".join(folded(text).lower().split())
