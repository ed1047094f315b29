"""Finds the causes of a reply that is not correct, in order of precedence."""

from collections.abc import Sequence

from itemwise.causes.answer_not_stated import answer_not_stated
from itemwise.causes.arithmetic.equations import find_equations
from itemwise.causes.arithmetic.slips import decisive_slip, plain_slip
from itemwise.causes.cause import IGNORED, NO_ANSWER, REASONING, REPEATS, TRUNCATED, Cause, cause, quote
from itemwise.causes.copied_example import copied_example
from itemwise.causes.equivalent_form import equivalent_form, rounded_answer, stated_in_other_form
from itemwise.causes.giving_up import giving_up
from itemwise.causes.json_errors import json_error
from itemwise.causes.made_up_output import made_up_output
from itemwise.causes.numeric_reply import NumericReply, answer_value, parse_number
from itemwise.causes.other_question import other_question
from itemwise.causes.repetition import repetition
from itemwise.causes.thinking import unfinished_thought
from itemwise.causes.tool_use import AnsweredCall, tool_cause
from itemwise.extractors.visible_parts import own_words, visible_parts
from itemwise.language import phrase

__all__ = ["find_causes"]


def find_causes(
    prompt: str,
    text: str,
    expected: str,
    answer: str | None,
    *,
    truncated: bool,
    called: bool | None,
    worded: bool = True,
    calls: Sequence[AnsweredCall] = (),
    reasoning: str = "",
    refusal: str = "",
) -> list[Cause]:
    """What a reply that is not correct shows of why it is not, the primary cause first; never empty.

    `prompt` is what was asked, `expected` the gold answer as the extractor spells it, `answer` what was read, None where nothing
    was; with `worded` False the model was asked the same in words that nobody knows. `truncated` says that the token limit came before
    an answer, `called` whether a tool was called, None where none was offered, and `calls` those that were made; `reasoning` and
    `refusal` are what the model thought and refused with beside the text. A cause needs evidence in the reply: "reasoning" is named
    alone, where nothing else is shown of a wrong answer, and "no answer stated" where there is none.

    >>> find_causes("What is 16*3 + 24?", "16*3 = 46, 46+24 = 70", "72", "70", truncated=False, called=None)
    [Cause(kind='arithmetic slip', evidence='16*3 = 46 (it is 48); corrected, the steps give 72')]
    """
    causes = _unfinished(text, answer, reasoning, truncated=truncated)
    copied = copied_example(prompt, text, answer) if worded else None
    json_cause = json_error(text, truncated=truncated) if worded and answer is None and "json" in prompt.lower() else None
    is_judged = not (copied or any(each.kind == REPEATS for each in causes))  # what is copied or said in a loop answers nothing
    other = other_question(prompt, text) if is_judged else None
    causes += [each for each in (copied, giving_up(text, answer, refusal), json_cause, other, made_up_output(text)) if each]
    value = parse_number(expected)
    tool = tool_cause(called, calls, text, value, answer_value(answer))
    causes += [tool] if tool and tool.kind == IGNORED else []
    if value is not None:
        reply = NumericReply(prompt, own_words(text), value, answer_value(answer), answer or "")
        causes += _numeric_causes(reply, json_cause)
    causes += [tool] if tool and tool.kind != IGNORED else []
    if not causes and answer is None:
        end = quote(text, len(text), len(text))
        return [cause(NO_ANSWER, phrase("it ends: {words}", words=end) if text.strip() else phrase("the reply is empty"))]
    return causes or [cause(REASONING, phrase("none of the other causes is shown"))]


def _unfinished(text: str, answer: str | None, reasoning: str, *, truncated: bool) -> list[Cause]:
    """What kept the reply from its answer, or from an end; a loop in what the model runs on with behind its answer is none."""
    turn = text if answer is None else next((text[: part.span(0, len(part.text))[1]] for part in visible_parts(text)), text)
    shown = [
        repetition(turn, truncated=truncated),
        unfinished_thought(text, reasoning) if truncated else None,
        _cut_off(text) if truncated else None,
    ]
    return [each for each in shown if each]


def _cut_off(text: str) -> Cause:
    if not text:
        return cause(TRUNCATED, phrase("cut off at once"))
    return cause(TRUNCATED, phrase("cut off after {n} characters: {words}", n=len(text), words=quote(text, len(text), len(text))))


def _numeric_causes(reply: NumericReply, json_cause: Cause | None) -> list[Cause]:
    """The causes that only a number can show, in their order of precedence."""
    equations = find_equations(reply.text)
    slips = [equation for equation in equations if equation.false]
    decisive = decisive_slip(reply, equations, slips)
    form = equivalent_form(reply) or stated_in_other_form(reply, json_cause)
    shown = [decisive, form, None if form else answer_not_stated(reply, equations)]
    shown += [plain_slip(reply.text, slips[0])] if slips and not decisive else []
    shown += [rounded_answer(reply)] if not slips and not form else []
    return [each for each in shown if each]
