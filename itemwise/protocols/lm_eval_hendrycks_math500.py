r"""lm-evaluation-harness, task hendrycks_math500 (version 1): no examples, what stands between dollar signs, compared as text.

Its tasks hendrycks_math_* ask the rows of all of MATH in the same words: ``--source FILE``.
"""

import re
from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.lm_eval_tasks import DECODING, MAX_NEW_TOKENS, STOP
from itemwise.protocols.math_rows import math_cases
from itemwise.protocols.protocol import Protocol

__all__ = ["hendrycks_text", "is_same_text"]

_FRACTION = re.compile(r"\\frac(?!\{)(.)(.)", re.DOTALL)
_WITHOUT = ("\\left", "\\right", "^{\\circ}", "^\\circ", "\\$")


def hendrycks_math500(source: Source, prompt: str) -> Iterator[Case]:
    """A row's problem; its gold is as its solution has it."""
    return math_cases(source, lambda row: row.prompt(prompt), ["Problem:", *STOP])


def between_dollars(text: str) -> str:
    """What stands between the first and the last dollar sign, or all of a text with fewer than two."""
    first, last = text.find("$"), text.rfind("$")
    return text[first + 1 : last] if first < last else text


def is_same_text(answer: str, expected: str) -> bool:
    """Whether both are one text once they are spelt alike (Hendrycks et al. 2021, arXiv:2103.03874, math_equivalence.py)."""
    spelt = hendrycks_text(answer), hendrycks_text(expected)
    return answer == expected if None in spelt else spelt[0] == spelt[1]


def hendrycks_text(text: str) -> str | None:
    """The text as it is compared: without signs of space, units behind it and a name before it, fractions and roots in braces. None for
    one that its code fails at, of which it compares what is written."""
    text = text.replace("\n", "").replace("\\!", "").replace("\\\\", "\\").replace("tfrac", "frac").replace("dfrac", "frac")
    for command in _WITHOUT:
        text = text.replace(command, "")
    if text.count("\\text{ ") > 1:
        return None
    text = text.partition("\\text{ ")[0].replace("\\%", "").replace(" .", " 0.").replace("{.", "{0.")
    text = f"0{text}" if text.startswith(".") else text
    name, equals, value = text.partition("=")
    text = value if equals and "=" not in value and len(name) <= 2 else text
    if re.search(r"\\sqrt$|\\sqrt(?=\\sqrt)", text):
        return None
    text = re.sub(r"\\sqrt(?!\{)(.)", r"\\sqrt{\1}", text, flags=re.DOTALL).replace(" ", "")
    return _fractions(text)


def _fractions(text: str) -> str | None:
    parts = text.split("\\frac")
    if any(not part for part in parts[1:]):
        return None
    if all(part.startswith("{") or len(part) > 1 for part in parts[1:]):
        text = _FRACTION.sub(_braced, text)
    text = "\\frac{1}{2}" if text == "0.5" else text
    above, slash, below = text.partition("/")
    if not slash or "/" in below:
        return text
    try:
        return f"\\frac{{{int(above)}}}{{{int(below)}}}" if text == f"{int(above)}/{int(below)}" else text
    except ValueError:
        return None


def _braced(match: re.Match[str]) -> str:
    """``\\frac12`` and ``\\frac1{72}`` with braces around each."""
    above, below = match.groups()
    return f"\\frac{{{above}}}{{" if below == "{" else f"\\frac{{{above}}}{{{below}}}"


EXTRACTOR = NamedExtractor("lm-eval-hendrycks", between_dollars, same=is_same_text)
PROTOCOL = Protocol(
    "lm-eval/hendrycks_math500",
    "math500",
    hendrycks_math500,
    "Problem: {problem}\nAnswer:",
    Examples((), before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    EXTRACTOR,
    decoding=DECODING,
)
