"""Qwen2.5-Math's math (evaluation/sh/eval.sh, prompt type qwen25-math-cot): no examples, a box for the answer, 2,048 tokens.

Asked as its gsm8k is. Where its comparison asks sympy, ``same_expression`` tells here; numbers are compared as there.
"""

import re
from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.math_rows import is_same_expression, math_cases
from itemwise.protocols.protocol import Protocol
from itemwise.protocols.qwen2_5_math_gsm8k import STOP, SYSTEM
from itemwise.protocols.qwen_math_extractor import answer_text, is_number, same_number_or_percent

__all__ = ["same_value"]

_ROOT = re.compile(r"\\sqrt(\w+)")


def math(source: Source) -> Iterator[Case]:
    """A row's problem behind the system turn."""
    return math_cases(source, lambda row: [SYSTEM, Turn("user", row.text("problem").strip())], STOP)


def same_value(answer: str, expected: str) -> bool:
    """Whether its comparison takes an answer for the expected one: as a number, else as text, part by part in brackets, or by value."""
    answer, expected = (_ROOT.sub(r"\\sqrt{\1}", text) for text in (answer, answer_text(f"\\boxed{{{expected}}}") or ""))
    if answer.lower() == expected.lower():
        return True
    if is_number(answer) and is_number(expected):
        return same_number_or_percent(answer, expected)
    if _bare(answer) == _bare(expected) or _same_parts(answer, expected):
        return True
    return ("=" in answer) == ("=" in expected) and is_same_expression(answer, expected)


def _bare(text: str) -> str:
    """The text without braces and round brackets, nor square ones around all of it."""
    return re.sub(r"[{}()]", "", text.strip("[]")).lower()


def _same_parts(answer: str, expected: str) -> bool:
    """Whether both are in brackets, of any kind, and their parts are the same."""
    if not all(text[:1] in ("(", "[") and text[-1:] in (")", "]") for text in (answer, expected)):
        return False
    parts, wanted = (text[1:-1].split(",") for text in (answer, expected))
    return len(parts) == len(wanted) > 1 and all(same_value(part.strip(), each.strip()) for part, each in zip(parts, wanted, strict=True))


EXTRACTOR = NamedExtractor("qwen2.5-math-expression", answer_text, same=same_value)
PROTOCOL = Protocol("qwen2.5-math/math", "math500", math, "{problem}", Examples(()), "turns", 2048, EXTRACTOR)
