"""The cause "right value not given as the answer": the gold is a result in the reply, and another or no answer was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from itemwise.causes.arithmetic.equations import Equation
from itemwise.causes.cause import NOT_GIVEN, Cause, cause, quote
from itemwise.causes.numeric_reply import WRITTEN, NumericReply, numbers_told, parse_number
from itemwise.extractors.plain_characters import folded
from itemwise.language import phrase

__all__ = ["answer_not_stated"]

_BEFORE_RESULT = re.compile(  # what comes right before a result
    r"(?:[=:]|\b(?:is|are|was|were|be|been|gets?|got|gives?|equals?|makes?|made|leaves?|left|have|has|had|needs?|result|answer|total|so|thus|"
    r"saves?|spends?|spent|costs?|earns?|earned|pays?|paid|sells?|sold|takes?|took|uses?|used|to|of)\b(?: [a-z]+)??|[是为共得有剩要花])"
    r"[\s\"*]*[$€£¥]?$",
    re.IGNORECASE,
)
_LABEL_BEFORE = re.compile(r"(?:\b(?:step|part|day|week|case|option|problem|question|equation|example|no\.?)|[#第])[ *]*$", re.IGNORECASE)
_ITEM_BEFORE = re.compile(r"(?:^|\n)[ \t>*(\[#-]*$")
_LINE_BEHIND = re.compile(r"[ \t*]*(?:\n|$)")
_TRAILING_OPERATION = re.compile(r" ?(?:[+*/×÷^%]|- ?[0-9\\]|[x:] ?[0-9]|, ?[0-9])|[a-z\\}_]", re.IGNORECASE)  # noqa: RUF001


def answer_not_stated(reply: NumericReply, equations: Sequence[Equation]) -> Cause | None:
    """The expected value is a result in the reply, and another or none was given as the answer."""
    results = [equation for equation in equations if equation.claimed == reply.expected and not equation.false]
    if results:
        return cause(NOT_GIVEN, phrase("stated: {words}", words=quote(reply.text, results[-1].start, results[-1].end)))
    spans = [(equation.start, equation.end) for equation in equations]
    span = next(_results_in_prose(reply, spans), None)
    if span is None or reply.expected in numbers_told(reply.prompt):
        return None
    return cause(NOT_GIVEN, phrase("stated: {words}", words=quote(reply.text, *span)))


def _results_in_prose(reply: NumericReply, equation_spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where the reply gives the expected value outside its equations, and not as a label or an operand."""
    text = folded(reply.text)
    spans = iter([*equation_spans, (len(text), len(text))])
    start, end = next(spans)
    for number in WRITTEN.finditer(text):
        while number.start() >= end and start < len(text):
            start, end = next(spans)
        if number.end() <= start and reply.expected == parse_number(number.group()) and _is_result(text, number):
            yield number.span()


def _is_result(text: str, number: re.Match[str]) -> bool:
    """Whether the number is given as a result: behind a verb, a colon or an equals sign, or alone on its line."""
    before = text[max(0, number.start() - 40) : number.start()]
    if _LABEL_BEFORE.search(before) or _TRAILING_OPERATION.match(text, number.end()):
        return False
    if _ITEM_BEFORE.search(before):
        return _LINE_BEHIND.match(text, number.end()) is not None
    return _BEFORE_RESULT.search(before) is not None
