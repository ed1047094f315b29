"""inspect_evals' gsm8k (0.28.0): 10 worked examples in a system turn, read by inspect_ai's match(numeric=True).

Its words are read in the installed package (MIT). Its hf provider samples unless it is told ``-M do_sample=false``, which
is what is done here.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import repeat

from itemwise.cases.case import Case
from itemwise.cases.draw import draw
from itemwise.cases.examples import Examples
from itemwise.cases.row import Row
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.gsm8k_rows import GSM8K, gsm8k_cases, worked
from itemwise.protocols.installed_words import constant, installed_file
from itemwise.protocols.protocol import Protocol

__all__ = ["MATCH"]

_MARKS = "!?:;()[]{}'\"`"  # what may stand around a number
_FRACTIONS = dict(zip("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞", (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4, *(n / 5 for n in (1, 2, 3, 4)), 1 / 6, 5 / 6,
    *(n / 8 for n in (1, 3, 5, 7))), strict=True))  # fmt: skip
_NUMERAL = re.compile(rf"[\d{''.join(_FRACTIONS)}]")  # without one a word is no finite number
_MAX_TOKENS = 2048  # of its hf provider


def gsm8k(source: Source) -> Iterator[Case]:
    """A row's question in the words of the task."""
    template = _template()
    return gsm8k_cases(source, lambda row: template.format(prompt=row.text("question")))


def examples(source: Source) -> Iterator[Case]:
    """Rows of train, each the bare question and its reasoning and answer."""
    return gsm8k_cases(source, lambda row: row.text("question"), hub=replace(GSM8K, split="train"), solution=_reasoned)


def _reasoned(row: Row) -> str:
    reasoning, answer = worked(row)
    return f"Reasoning:\n{reasoning}\n\nANSWER: {answer}"


def shuffled_by_42(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:  # noqa: ARG001 - its seed is always the same
    """The first rows of train as ``Dataset.shuffle(seed=42)`` has them."""
    return repeat(draw(pool, shots, 42))


def _template() -> str:
    template: str = constant(installed_file("inspect_evals", "gsm8k/gsm8k.py", "inspect_evals==0.28.0"), "MATH_PROMPT_TEMPLATE")
    return template


def last_word_that_is_a_number(text: str) -> str | None:
    """The last word that is a number when currency signs, commas, asterisks, underscores, full stops and brackets are taken away, to five
    digits. The rule of inspect_ai 0.3.285; of Unicode's numerals only fractions such as ½ are read."""
    bare = re.sub(r"[$,£€*_]", "", re.sub(r"\\([$,£€*_])", r"\1", text.strip().casefold()))
    words = filter(_NUMERAL.search, reversed(re.sub(r"\.(?=\s|$|\D)", "", bare).split()))
    return next((format(number, ".5g") for word in words if (number := _number(word)) is not None), None)


def _number(word: str) -> float | None:
    plain = word.strip(_MARKS).replace("\N{MINUS SIGN}", "-")
    sign, body = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    try:
        if body and body[-1] in _FRACTIONS:
            return float(f"{sign}1") * (float(body[:-1] or 0) + _FRACTIONS[body[-1]])
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def to_five_digits(answer: str, expected: str) -> bool:
    """Whether both are the same number to five digits."""
    try:
        return answer == format(float(expected.replace(",", "")), ".5g")
    except ValueError:
        return False


MATCH = NamedExtractor("inspect-match", last_word_that_is_a_number, same=to_five_digits)
PROTOCOL = Protocol(
    "inspect-evals/gsm8k",
    "gsm8k",
    gsm8k,
    "{question}",
    Examples(examples, shots=10, rule=shuffled_by_42, before_solution="\n\n"),
    "system",
    _MAX_TOKENS,
    MATCH,
    decoding="greedy-penalised",
)
