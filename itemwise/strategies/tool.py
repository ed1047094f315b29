"""Strategy `tool`: tool use with a calculator, which the model may call before it replies."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from itemwise.cases.chat import ToolCall, Turn
from itemwise.models import ContextFullError
from itemwise.models.call_dialects import read_calls
from itemwise.strategies.calculator import CALCULATOR, CALCULATOR_WITHOUT_EXAMPLE, calculate
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["ANSWER", "GAIN", "HINTS", "OFFER", "answer_to", "tool"]

GAIN = "the calculator"
HINTS = {
    "call": "Call the tool calculator for every calculation, and give the final answer when you have its results.",
    "none": "",
}  # by name; chat templates tell how a tool is called, and not when
OFFER = (
    "You have a calculator. To use it, end your message with a call such as\n"
    '<tool_call>{"name": "calculator", "arguments": {"expression": "..."}}</tool_call>\n'
    "and its result is sent to you."
)  # in the prompt, where the chat template has no place for tools
ANSWER = "calculator: "  # before each result in the user's turn, where the chat template has no place for tools


async def tool(
    chat: Sequence[Turn],
    ask: Ask,
    extract: Extract,  # noqa: ARG001 - every strategy is given it
    *,
    rounds: int = 12,
    hint: Literal["auto", "call", "none"] = "auto",
    offer: Literal["template", "prompt"] = "template",
    tool_hint: bool = True,
) -> Transcript:
    """The reply after as many calculator calls as the model makes, in up to `rounds` turns with calls.

    `hint` names the sentence behind the question that says when to call; ``auto`` is ``call`` unless the model's entry has `tool_hint`
    false: such a model learned to call by a description of the calculator with an example in it, and sees that. `offer` says where the
    model is told of the calculator: in its chat template, or in the prompt, which any model takes. What is wrong with a call is told
    the model as the tool's answer. After `rounds` it is asked once more, with nothing to call. A conversation that fills the context
    ends there, as one that the limit cut off.

        user       A crate holds 48 apples. How many do 17 crates hold? Call the tool calculator for every calculation, ...
        assistant  calculator(expression="17*48")
        tool       816
        assistant  {"answer": 816}
    """
    in_prompt = offer == "prompt"
    named = ("call" if tool_hint else "none") if hint == "auto" else hint
    chat = _with_words(chat, [OFFER if in_prompt else "", HINTS[named]])
    calculator = CALCULATOR_WITHOUT_EXAMPLE if tool_hint else CALCULATOR
    turns: list[Turn] = []
    try:
        for _ in range(rounds):
            turns.append(await (_asked(ask, [*chat, *turns]) if in_prompt else ask([*chat, *turns], tools=[calculator])))
            if not turns[-1].calls:
                return _transcript(chat, turns, turns[-1])
            turns += _answers(turns[-1].calls, in_prompt=in_prompt)
        turns.append(await ask(_as_sent([*chat, *turns]) if in_prompt else [*chat, *turns]))
    except ContextFullError:
        return _transcript(chat, turns, _cut_off(turns))
    return _transcript(chat, turns, turns[-1])


def answer_to(call: ToolCall) -> str:
    """The calculator's answer to a call, or what is wrong with the call."""
    return f"error: {call.fault}" if call.fault else calculate(call.arguments)


def _with_words(chat: Sequence[Turn], words: Sequence[str]) -> list[Turn]:
    """The chat with these words behind its last turn, which asks."""
    *before, last = chat
    return [*before, replace(last, content="\n\n".join(filter(None, [last.content, *words])))]


async def _asked(ask: Ask, turns: Sequence[Turn]) -> Turn:
    """The model's next turn, with the calls in its words."""
    turn = await ask(_as_sent(turns))
    return replace(turn, calls=read_calls(turn.content, [CALCULATOR])[1])


def _as_sent(turns: Sequence[Turn]) -> list[Turn]:
    """The turns where calls are nothing but the words that they are written in; the record has them as calls too."""
    return [replace(turn, calls=()) for turn in turns]


def _answers(calls: Sequence[ToolCall], *, in_prompt: bool) -> list[Turn]:
    """The turns that answer the calls: one of the tool for each, or one of the user with a line for each."""
    if in_prompt:
        return [Turn("user", "\n".join(ANSWER + answer_to(call) for call in calls))]
    return [Turn("tool", answer_to(call)) for call in calls]


def _transcript(chat: Sequence[Turn], turns: Sequence[Turn], reply: Turn) -> Transcript:
    """The transcript, with the calls among `turns`, which came after the case's own chat."""
    answers = [line.removeprefix(ANSWER) for turn in turns if turn.role != "assistant" for line in turn.content.split("\n")]
    failed = sum(answer.startswith("error: ") for answer in answers)
    return Transcript([*chat, *turns], reply, {"calls": sum(len(turn.calls) for turn in turns), "failed calls": failed})


def _cut_off(turns: Sequence[Turn]) -> Turn:
    """The model's last turn, marked as cut off by a limit. Raises ContextFullError where the chat alone is too long."""
    replies = [turn for turn in turns if turn.role == "assistant"]
    if not replies or replies[-1].cost is None:
        raise ContextFullError("the question with the calculator's description leaves no room for a reply; shorten it.")
    return replace(replies[-1], cost=replace(replies[-1].cost, finish_reason="length"))
