"""`stated_answer`: for benchmarks of mixed answers, the answer of the kind that its case has: a letter, yes or no, a number, or words."""

from collections.abc import Sequence
from typing import Protocol

from itemwise.extractors.choice.stated_choice import stated_choice
from itemwise.extractors.number.last_number import last_number
from itemwise.extractors.number.plain_number import plain_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.words.stated_text import same_words, stated_text
from itemwise.extractors.words.stated_yes_no import stated_yes_no

OR = " | "  # between answers of which each is right
_LETTERS = 5  # options that only a picture shows


class Expected(Protocol):
    """What of a case tells the kind of its answer."""

    @property
    def answer(self) -> str:
        """The gold; several that are right each stand with `OR` between them."""

    @property
    def choices(self) -> Sequence[str]:
        """The options' texts; empty where the answer is free."""


def stated_answer(text: str, case: Expected) -> Reading | None:
    """The answer that the reply states, of the kind of the case's; in the gold's own spelling where it is the same.

    With options it is a letter. Without, the gold tells what is looked for, as an answer's type does in the datasets that name it: yes or
    no, a number, the letter of an option that only the picture shows, or words. The value itself decides nothing.

    >>> from types import SimpleNamespace
    >>> stated_answer("It has **four** legs.", SimpleNamespace(answer="4", choices=())) == "4"
    True
    """
    if case.choices and len(case.answer) == 1 and case.answer.isalpha():
        return stated_choice(text, case.choices)
    golds = case.answer.split(OR)
    if golds[0] in ("yes", "no"):
        return stated_yes_no(text)
    if plain_number(golds[0]):
        return _spelt(last_number(text), case.answer, golds)
    if len(golds[0]) == 1 and golds[0].isupper():
        return stated_choice(text, _LETTERS)
    return _spelt(stated_text(text), case.answer, golds)


def _spelt(reading: Reading | None, answer: str, golds: Sequence[str]) -> Reading | None:
    """The reading, as the gold is written where it is one of `golds`."""
    if reading is None or not any(reading == gold or same_words(reading, gold) for gold in golds):
        return reading
    return Reading(answer, start=reading.start, end=reading.end, rule=reading.rule, stated=reading.stated)
