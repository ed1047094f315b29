"""Servers that leave pictures out without a word: a chat has as many tokens with its pictures as without them."""

from dataclasses import replace

from itemwise.cases.chat import PLACE, Turn
from itemwise.models.model import Request

__all__ = ["LEFT_OUT", "leaves_out_pictures", "without_pictures"]

LEFT_OUT = "a chat has as many prompt tokens with its pictures as without, so the server seems to leave pictures out, or not to count them"
_FEWEST = 3  # tokens of a picture in any model that sees: its place has a beginning and an end, and something between


def without_pictures(request: Request) -> Request | None:
    """The request as a server has it that leaves pictures out; None where it has none."""
    if not any(turn.pictures for turn in request.turns):
        return None
    return replace(request, turns=tuple(map(_without, request.turns)))


def leaves_out_pictures(with_them: int, without: int) -> bool:
    """Whether prompts of so many tokens, 0 where they are not told, show that pictures are no part of a chat."""
    return 0 < with_them < without + _FEWEST


def _without(turn: Turn) -> Turn:
    return replace(turn, pictures=(), content=turn.content.replace(PLACE, "")) if turn.pictures else turn
