"""What Qwen2.5-Math's evaluation reads in a reply to a word problem, and what it takes for the same number.

Followed from evaluation/parser.py and grader.py of its repository, for numbers: of its list of units those that such problems ask for
(years and miles, but not dollars or people: "44 dollars" is no number there). Not followed are numbers in words, and sympy beyond
fractions, which it asks where an answer is no number.
"""

import re
from collections.abc import Iterator
from math import isclose

from itemwise.extractors.last_match import last_match
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.boxes import in_last_box

__all__ = ["QWEN_MATH", "answer_text", "is_number", "same_number_or_percent"]

_LAST, _RUN = re.compile(r"-?\d*\.?\d+"), re.compile(r"[-\d.]+")
_LEFT_OUT = re.compile(r"\\[!$%(),{}]|\\(?:left|right)(?![a-z])|\\mbox\{[^{}]*\}|\^\{?\\circ\}?|[$%]")
_FRACTION = re.compile(r"\\[dt]?frac\{?(-?[\d.]+)\}?\{?([\d.]+)\}?|(-?\d+)/(\d+)")
_UNITS = re.compile(
    r"(?<!\w)(?:acre|apple|coin|day|decrease|degree|gallon|hour|hr|increase|kg|km|lb|less|liter|litre|loss|mark|meter|metre|mile|minute|min"
    r"|month|more|number|percent|pie|profit|second|sec|square|tile|toy|unit|year|yr|[acdghlmst]|am|cm|ft|mph|per|pm|feet|inch|inche|men|women)s?"
    r"(?!\w)"
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_REL_TOL = 1e-4


def answer_text(reply: str) -> str | None:
    """The text of the answer, None where it has none: behind ``final answer is $``, in the last ``boxed``, behind the last words that
    announce one, or the last number."""
    text = re.sub(r"\n\s*", "", _announced(reply)).removeprefix(":").removesuffix(".").removesuffix("/")
    return _plain(text) or None


def _announced(reply: str) -> str:
    if "final answer is $" in reply and "$. I hope" in reply:
        return reply.split("final answer is $", 1)[1].split("$. I hope", 1)[0].strip()
    if "boxed" in reply:
        return in_last_box(reply)
    for words in ("he answer is", "final answer is"):
        if words in reply:
            return reply.rpartition(words)[2].strip()
    if "答案是" in reply:
        return reply.split("答案是")[1].strip().partition("\n\n")[0].strip()
    return last_match(_LAST, _RUN, reply.replace(",", "")) or ""


def _plain(text: str) -> str:
    """An answer without what its parser takes away from one: units, dollars, percent signs, the name of an unknown, trailing zeros."""
    text = text.strip().rstrip(".")
    text = re.sub(r"\\text\{[^{}]*\}$", "", text).strip() or text
    text = re.sub(r"\\(?:text|mathbf)\{(.*?)\}", r"\1", _LEFT_OUT.sub("", text))
    text = _UNITS.sub("", text) or text
    text = re.sub(r"(\d+)\.0*(?!\d)", r"\1", text)
    name, equals, value = text.partition("=")
    text = value if equals and "=" not in value and len(name) <= 2 else text
    return text.replace(" ", "")


def same_number_or_percent(answer: str, expected: str) -> bool:
    """Whether its comparison takes an answer for the expected number, a hundredth of it or a hundred times it, to a ten-thousandth."""
    wanted = _value(expected)
    if wanted is None:
        return answer.lower() == expected.lower()
    bare = re.sub(r"[{}()\[\]]", "", answer)
    found = _value(answer) if _value(answer) is not None else _value(bare)
    return found is not None and any(isclose(each, found, rel_tol=_REL_TOL) for each in _allowed(wanted, _FRACTION.fullmatch(answer)))


def is_number(text: str) -> bool:
    """Whether its comparison takes a text for a number, which is no fraction."""
    return _NUMBER.fullmatch(text.replace(",", "").strip()) is not None


def _allowed(wanted: float, fraction: re.Match[str] | None) -> Iterator[float]:
    yield wanted
    if fraction is None:  # sympy compares fractions, with the number alone
        yield from (wanted / 100, wanted * 100)


def _value(text: str) -> float | None:
    plain = text.replace(",", "").strip()
    if _NUMBER.fullmatch(plain):
        return float(plain)
    if fraction := _FRACTION.fullmatch(plain):
        above, below = (float(part) for part in fraction.groups() if part)
        return above / below if below else None
    return None


QWEN_MATH = NamedExtractor("qwen2.5-math", answer_text, same=same_number_or_percent)
