"""Strategy `tool`: tool use with a calculator, which the model may call in its chat template's own format before it replies."""

from collections.abc import Sequence
from dataclasses import replace

from itemwise.cases.chat import ToolCall, Turn
from itemwise.models import ContextFullError
from itemwise.strategies.calculator import CALCULATOR, calculate
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["GAIN", "answer_to", "tool"]

GAIN = "the calculator"


async def tool(chat: Sequence[Turn], ask: Ask, extract: Extract, *, rounds: int = 12) -> Transcript:  # noqa: ARG001 - every strategy is given it
    """The reply after as many calculator calls as the model makes, in up to `rounds` turns with calls.

    What is wrong with a call is told the model as the tool's answer. After `rounds` it is asked once more, with nothing
    to call. A conversation that fills the context ends there, as one that the limit cut off.

        user       A crate holds 48 apples. How many do 17 crates hold?
        assistant  calculator(expression="17*48")
        tool       816
        assistant  {"answer": 816}
    """
    turns: list[Turn] = []
    for _ in range(rounds):
        try:
            turn = await ask([*chat, *turns], tools=[CALCULATOR])
        except ContextFullError:
            return _transcript(chat, turns, _cut_off(turns))
        turns.append(turn)
        if not turn.calls:
            return _transcript(chat, turns, turn)
        turns += [Turn("tool", answer_to(call)) for call in turn.calls]
    try:
        turns.append(await ask([*chat, *turns]))
    except ContextFullError:
        return _transcript(chat, turns, _cut_off(turns))
    return _transcript(chat, turns, turns[-1])


def answer_to(call: ToolCall) -> str:
    """The calculator's answer to a call, or what is wrong with the call."""
    return f"error: {call.fault}" if call.fault else calculate(call.arguments)


def _transcript(chat: Sequence[Turn], turns: Sequence[Turn], reply: Turn) -> Transcript:
    """The transcript, with the calls among `turns`, which came after the case's own chat."""
    calls = [call for turn in turns for call in turn.calls]
    failed = sum(turn.role == "tool" and turn.content.startswith("error: ") for turn in turns)
    return Transcript([*chat, *turns], reply, {"calls": len(calls), "failed calls": failed})


def _cut_off(turns: Sequence[Turn]) -> Turn:
    """The model's last turn, marked as cut off by a limit. Raises ContextFullError where the chat alone is too long."""
    replies = [turn for turn in turns if turn.role == "assistant"]
    if not replies or replies[-1].cost is None:
        raise ContextFullError("the question with the calculator's description leaves no room for a reply; shorten it.")
    return replace(replies[-1], cost=replace(replies[-1].cost, finish_reason="length"))
