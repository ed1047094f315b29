"""NamedExtractor: an extractor by its name, and when the answer that it reads is the expected one."""

from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from inspect import signature
from operator import eq
from typing import Any, NamedTuple

from itemwise.extractors.visible_parts import read_visible

__all__ = ["NamedExtractor", "NotTheSame"]


class NotTheSame(str):
    """An answer that its extractor, which has a comparison of its own, does not take for the expected one: no benchmark's own comparison,
    such as ``same_expression``, takes it for that either."""

    __slots__ = ()


class NamedExtractor(NamedTuple):
    """An extractor by its name: `extract` takes a text and gives the answer as text, or None where it reads nothing.

    Those that published scores rest on take the `whole` reply, thoughts and all; a user's own takes what is visible of it. `same` says
    whether an answer, its first argument, is the expected one: other harnesses allow more than the same text. One that has a
    parameter ``options`` is given the options' texts of a choice.
    """

    name: str
    extract: Callable[..., Any]
    whole: bool = True
    same: Callable[[str, str], bool] = eq

    def read(self, reply: str, choices: Sequence[str] = ()) -> Any:
        """What is read in the text of a reply to a question with these choices."""
        extract = partial(self.extract, options=choices) if "options" in _parameters(self.extract) else self.extract
        return extract(reply) if self.whole else read_visible(extract, reply)

    def answer(self, reply: str, expected: str, choices: Sequence[str] = ()) -> Any:
        """What is read, as `expected` has it where it is the same: a test may compare with ``==``. Where the extractor has a comparison of
        its own, its verdict is the test's too, however that compares (`NotTheSame`).

        >>> NamedExtractor("digits", str.strip, same=lambda answer, expected: int(answer) == int(expected)).answer(" 018 ", "18")
        '18'
        """
        read = self.read(reply, choices)
        if not isinstance(read, str) or read == expected or self.same is eq:
            return read
        return expected if self.same(read, expected) else NotTheSame(read) if type(read) is str else read


@cache
def _parameters(function: Callable[..., Any]) -> Collection[str]:
    """By name; none of built-in types, such as str, which tell nothing of theirs."""
    try:
        return signature(function).parameters
    except (TypeError, ValueError):
        return ()
