"""Tokens taken one by one from left to right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from itemwise.expressions.expression import Expression, ExpressionError
from itemwise.expressions.latex_tokens import Token
from itemwise.language import phrase

__all__ = ["END", "TokenReader", "misplaced", "unexpected"]

END = Token("end", "")
_DEEPEST = 40  # brackets and arguments within each other


def misplaced(text: str) -> ExpressionError:
    """The error where a token of that text, empty at the end, begins nothing."""
    return ExpressionError(phrase("{words!r} is not understood where it stands", words=text) if text else phrase("it ends too early"))


def unexpected(text: str, wanted: str) -> ExpressionError:
    """The error where a token of that text, empty at the end, stands in the place of another."""
    if not text:
        return ExpressionError(phrase("it ends where {wanted!r} is expected", wanted=wanted))
    return ExpressionError(phrase("{words!r} stands where {wanted!r} is expected", words=text, wanted=wanted))


class TokenReader:
    """What a parser stands on: the next token, whether it is a certain one, and how deep it stands."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = list(tokens)
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else END

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _takes(self, *texts: str) -> bool:
        """Whether the next token is one of these symbols or commands, which is taken."""
        if self._next.text in texts and self._next.kind in ("symbol", "command", "function"):
            self._at += 1
            return True
        return False

    def _require(self, text: str) -> None:
        if not self._takes(text):
            raise unexpected(self._next.text, text)

    def require_end(self) -> None:
        """Raise ExpressionError where anything follows."""
        if self._next is not END:
            raise misplaced(self._next.text)

    def _within(self, read: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(phrase("brackets are nested more than {most} deep", most=_DEEPEST))
        found = read()
        self._depth -= 1
        return found

    def _plain_argument(self) -> str:
        """The one token that stands there, in braces or not, and in brackets within them or not."""
        opened = [closing for opening, closing in (("{", "}"), ("(", ")")) if self._takes(opening)]
        kind, text = self._take()
        if kind in ("symbol", "row", "begin", "end"):
            raise misplaced(text)
        for closing in reversed(opened):
            self._require(closing)
        return text
