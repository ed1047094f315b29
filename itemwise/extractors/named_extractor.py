"""NamedExtractor: an extractor by its name, and when the answer that it reads is the expected one."""

from collections.abc import Callable
from operator import eq
from typing import Any, NamedTuple

from itemwise.extractors.visible_parts import read_visible

__all__ = ["NamedExtractor"]


class NamedExtractor(NamedTuple):
    """An extractor by its name: `extract` takes a text and gives the answer as text, or None where it reads nothing.

    Those that published scores rest on take the `whole` reply, thoughts and all; a user's own takes what is visible of it. `same` says
    whether an answer, its first argument, is the expected one: other harnesses allow more than the same text.
    """

    name: str
    extract: Callable[[str], Any]
    whole: bool = True
    same: Callable[[str, str], bool] = eq

    def read(self, reply: str) -> Any:
        """What is read in the text of a reply."""
        return self.extract(reply) if self.whole else read_visible(self.extract, reply)

    def answer(self, reply: str, expected: str) -> Any:
        """What is read, as `expected` has it where it is the same: a test may compare with ``==``.

        >>> NamedExtractor("digits", str.strip, same=lambda answer, expected: int(answer) == int(expected)).answer(" 018 ", "18")
        '18'
        """
        read = self.read(reply)
        return expected if isinstance(read, str) and read != expected and self.same(read, expected) else read
