"""The causes that a strategy with a tool shows: no tool call, tool call failed, tool argument wrong, tool result ignored."""

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from itemwise.cases.chat import ToolCall, Turn
from itemwise.causes.cause import CALL_FAILED, IGNORED, NO_CALL, WRONG_ARGUMENT, Cause, cause
from itemwise.causes.numeric_reply import numbers_in, parse_number
from itemwise.language import phrase
from itemwise.strategies.calculator import number_text
from itemwise.strategies.tool import ANSWER

__all__ = ["AnsweredCall", "answered_calls", "tool_cause"]

SHOWN = 60  # characters of a call
_NEAR = Fraction(1, 100)  # of a result that a reply gives rounded


class AnsweredCall(NamedTuple):
    """A call that the model made, in brief, and the tool's answer to it."""

    call: str
    answer: str

    def __str__(self) -> str:
        return f"{self.call} = {self.answer}"

    @property
    def failed(self) -> bool:
        """Whether the answer tells what is wrong with the call."""
        return self.answer.startswith("error: ")

    @property
    def result(self) -> Fraction | None:
        """The number that the tool answered, None where it did not."""
        return None if self.failed else parse_number(self.answer.partition(" (about ")[0])


def answered_calls(turns: Sequence[Turn]) -> list[AnsweredCall]:
    """The calls among `turns`, each with its answer: of the tool, or a line of the user's turn where the prompt offers the tool."""
    return [answered for index, turn in enumerate(turns) for answered in _answered(turn.calls, turns[index + 1 :])]


def tool_cause(
    called: bool | None, calls: Sequence[AnsweredCall], text: str, expected: Fraction | None, answer: Fraction | None
) -> Cause | None:
    """What the calls show of why the answer is not the expected one; None where they show nothing, and where no tool was offered.

    A result that is the expected value was ignored by any other answer. A last call that failed left the model without a result. An
    answer that is a result was asked for wrongly. The last result was ignored where the reply does not have its number.
    """
    if called is False:
        return cause(NO_CALL, phrase("a tool was offered and none was called"))
    by_result = {each.result: each for each in calls if each.result is not None}
    if expected in by_result and answer != expected:
        if answer is None:
            return cause(IGNORED, phrase("{words}, and no answer was read", words=by_result[expected]))
        return cause(IGNORED, phrase("{words}, and the answer is {answer}", words=by_result[expected], answer=number_text(answer)))
    if calls and calls[-1].failed:
        return cause(CALL_FAILED, f"{calls[-1].call}: {calls[-1].answer}")
    if answer in by_result:
        return cause(WRONG_ARGUMENT, phrase("{words}, which is the answer that was given", words=by_result[answer]))
    last = calls[-1].result if calls and expected is not None else None
    if last is not None and not any(abs(number - abs(last)) <= _NEAR for number in numbers_in(text)):
        return cause(IGNORED, phrase("{words}, which the reply does not have", words=calls[-1]))
    return None


def _answered(calls: Sequence[ToolCall], behind: Sequence[Turn]) -> Iterator[AnsweredCall]:
    answers = [turn.content for turn in behind[: len(calls)] if turn.role == "tool"]
    if calls and not answers and behind and behind[0].role == "user":
        answers = [line.removeprefix(ANSWER) for line in behind[0].content.split("\n")]
    for call, answer in zip(calls, answers, strict=False):  # a conversation may end with a call
        yield AnsweredCall(_brief(call), answer)


def _brief(call: ToolCall) -> str:
    arguments = dict(call.arguments)
    written = str(arguments["expression"]) if [*arguments] == ["expression"] else json.dumps(arguments, ensure_ascii=False)
    return f"{call.name or 'a call'}({written if len(written) <= SHOWN else written[: SHOWN - 3] + '...'})"
