"""Ask with a calculator at hand: the model may call it, in its chat template's own tool format, before it replies."""

from __future__ import annotations

import json
from collections.abc import Sequence

from itemwise.calculator import CALCULATOR, CalculatorError, evaluate, number_text
from itemwise.case import Turn
from itemwise.strategies.strategy import Ask

__all__ = ["calculated", "tool"]

ROUNDS = 12  # at most this many turns with calls


async def tool(prompt: str, ask: Ask) -> Sequence[Turn]:
    """The reply after as many calculator calls as the model makes, up to ROUNDS turns with calls."""
    turns = [Turn("user", prompt)]
    for _ in range(ROUNDS):
        turns.append((await ask(turns, tools=[CALCULATOR])).turn)
        calls = _calls(turns[-1].content)
        if not calls:
            return turns
        turns += [Turn("tool", calculated(call)) for call in calls]
    return [*turns, (await ask(turns)).turn]


def _calls(text: str) -> list[str]:
    """What stands in each closed pair of tool call tags."""
    opened = text.split("<tool_call>")[1:]
    return [call for call, closed, _ in (part.partition("</tool_call>") for part in opened) if closed]


def calculated(call: str) -> str:
    """The calculator's answer to one call's JSON text; what is wrong with the call is an answer too."""
    try:
        expression = json.loads(call)["arguments"]["expression"]
        return number_text(evaluate(str(expression)))
    except CalculatorError as error:
        return f"error: {error}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return 'error: call with {"name": "calculator", "arguments": {"expression": "..."}}'
