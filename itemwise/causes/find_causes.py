"""From a reply that is not correct to its causes: the order in which they are looked for and named."""

from __future__ import annotations

from itemwise.causes.answer_not_stated import not_given
from itemwise.causes.arithmetic.equations import equations
from itemwise.causes.arithmetic.slips import decisive_slip, plain_slip
from itemwise.causes.asked import Asked, answer_value, plain_number
from itemwise.causes.cause import NO_CALL, REASONING, TRUNCATED, Cause, cause, quote
from itemwise.causes.equivalent_form import other_form, rounded, stated_otherwise
from itemwise.causes.json_errors import layout_cause

__all__ = ["causes"]


def causes(asked: str, text: str, expected: str, answer: str | None, *, truncated: bool, called: bool | None) -> list[Cause]:
    """What a reply that is not correct shows of why it is not, the primary cause first; never empty.

    `asked` is the prompt, `expected` the gold answer as the extractor spells it, `answer` what was read, None where nothing
    was. `truncated` says that the token limit came before an answer, `called` whether a tool was called, None where none
    was offered. A cause needs evidence in the reply: "reasoning" is named alone, where nothing else is shown.

    >>> causes("What is 16*3 + 24?", "16*3 = 46, 46+24 = 70", "72", "70", truncated=False, called=None)
    [Cause(kind='arithmetic slip', evidence='16*3 = 46 (it is 48); corrected, the steps give 72')]
    """
    found = [_cut_off(text)] if truncated else []
    layout = layout_cause(text, truncated=truncated) if answer is None and "json" in asked.lower() else None
    found += [layout] if layout else []
    value = plain_number(expected)
    if value is not None:
        case = Asked(asked, text, value, answer_value(answer), answer or "")
        found += _numeric(case, layout)
    if called is False:
        found.append(Cause(NO_CALL, "a tool was offered and none was called"))
    return found or [Cause(REASONING, "none of the other causes is shown")]


def _cut_off(text: str) -> Cause:
    return cause(TRUNCATED, f"cut off after {len(text)} characters: {quote(text, len(text), len(text))}" if text else "cut off at once")


def _numeric(case: Asked, layout: Cause | None) -> list[Cause]:
    """The causes that only a number can show, in their order of precedence."""
    found = equations(case.text)
    slips = [equation for equation in found if equation.false]
    decisive = decisive_slip(case, found, slips)
    form = other_form(case) or stated_otherwise(case, layout)
    shown = [decisive, form, None if form else not_given(case, found)]
    shown += [plain_slip(case.text, slips[0])] if slips and not decisive else []
    shown += [rounded(case)] if not slips and not form else []
    return [each for each in shown if each]
