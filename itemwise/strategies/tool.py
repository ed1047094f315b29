"""Ask with a calculator at hand: the model may call it, in its chat template's own tool format, before it replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from itemwise.cases.case import ToolCall, Turn
from itemwise.models import ContextFullError
from itemwise.strategies.calculator import CALCULATOR, calculate
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["answer_to", "tool"]


async def tool(question: Turn, ask: Ask, read: Extract, *, rounds: int = 12) -> Transcript:  # noqa: ARG001 - every strategy is given it
    """The reply after as many calculator calls as the model makes, in up to `rounds` turns with calls.

    What is wrong with a call is told the model as the tool's answer. After `rounds` it is asked once more, with nothing
    to call. A conversation that fills the context ends there, as one that the limit cut off.
    """
    turns = [question]
    for _ in range(rounds):
        try:
            said = await ask(turns, tools=[CALCULATOR])
        except ContextFullError:
            return _said(turns, _cut_off(turns))
        turns.append(said)
        if not said.calls:
            return _said(turns, said)
        turns += [Turn("tool", answer_to(call)) for call in said.calls]
    try:
        turns.append(await ask(turns))
    except ContextFullError:
        return _said(turns, _cut_off(turns))
    return _said(turns, turns[-1])


def answer_to(call: ToolCall) -> str:
    """The calculator's answer to a call, or what is wrong with the call."""
    return f"error: {call.fault}" if call.fault else calculate(call.arguments)


def _said(turns: Sequence[Turn], reply: Turn) -> Transcript:
    calls = [call for turn in turns for call in turn.calls]
    failed = sum(turn.role == "tool" and turn.content.startswith("error: ") for turn in turns)
    return Transcript(turns, reply, {"calls": len(calls), "failed calls": failed})


def _cut_off(turns: Sequence[Turn]) -> Turn:
    """The last thing the model said, as cut off by a limit. Raises ContextFullError where the question alone is too long."""
    said = [turn for turn in turns if turn.role == "assistant"]
    if not said or said[-1].cost is None:
        raise ContextFullError("the question with the calculator's description leaves no room for a reply; shorten it.")
    return replace(said[-1], cost=replace(said[-1].cost, finish_reason="length"))
