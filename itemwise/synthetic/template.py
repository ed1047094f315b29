"""A word-problem template: sentences, what is drawn at random, and the arithmetic that leads to the answer."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from itemwise.strategies.calculator import evaluate, number_text
from itemwise.synthetic.words import DISTRACTORS, PEOPLE, PRONOUNS

__all__ = ["Problem", "Story", "Template"]

_PARTS = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 6: "a sixth", 8: "an eighth", 10: "a tenth"}
_TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TRIES = 10_000


class Number(int):
    """A drawn number that a sentence may spell: ``{a}``, ``{a:word}`` three, ``{a:part}`` a third, ``{a:times}`` three times."""

    def __format__(self, spec: str) -> str:
        match spec:
            case "part":
                return _PARTS[int(self)]
            case "times":
                return _TIMES[int(self)]
            case "word":
                return _WORDS[int(self)]
        return format(int(self), spec)


@dataclass(frozen=True)
class Story:
    """How a problem is told, whatever its numbers: one of the template's `texts`, its people by the names that texts
    use (`name`, `he`, ...), and a stray fact with a number of its own, or None."""

    text: str
    people: Mapping[str, str]
    stray: str | None

    def question(self, fields: Mapping[str, Any]) -> str:
        """The story told with `fields`; a stray fact stands before the sentence that asks."""
        question = self.text.format_map({**fields, **self.people})
        facts, stop, asking = question.rpartition(". ")
        return f"{facts}. {self.stray} {asking}" if self.stray and stop else question


@dataclass(frozen=True)
class Problem:
    """One question with its worked steps; `answer` is the whole-number result of the last step.

    `fields` are the numbers and words that were drawn for it and `story` is how it is told: what is needed to tell it
    again with other numbers.
    """

    template: str
    question: str
    steps: tuple[tuple[str, str], ...]  # ("48/2", "24"), ...
    answer: int
    fields: Mapping[str, Any]
    story: Story


@dataclass(frozen=True)
class Template:
    """`texts` are phrasings of one problem; `draw` gives each field its candidates; `steps` are expressions
    over the fields and over earlier results ``{s1}``, ``{s2}``, ... Every result must come out positive and whole;
    draws that fail this are drawn again."""

    name: str
    draw: Mapping[str, Sequence[Any]]
    steps: tuple[str, ...]
    texts: tuple[str, ...]
    distractible: bool = True

    def problem(self, rng: random.Random) -> Problem:
        """One problem drawn with `rng`; the same state of `rng` gives the same problem."""
        for _ in range(_TRIES):
            fields = {key: _drawn(rng, candidates) for key, candidates in self.draw.items()}
            if (steps := self._worked(fields)) is not None:
                return self._problem(fields, steps, self._story(rng))
        raise ValueError(f"template {self.name!r}: no draw of {_TRIES} gave positive whole results; widen its ranges")

    def renumbered(self, problem: Problem, rng: random.Random) -> Problem:
        """`problem`, one of this template's, told in the same words with other numbers and another answer.

        Every number is drawn anew, as for a new problem, so that a single one of several may come out as it was;
        phrasing, people, things and the stray fact, its number included, stay. Raises ValueError where the ranges
        allow no other answer.
        """
        for _ in range(_TRIES):
            fields = {key: _drawn(rng, self.draw[key]) if isinstance(old, Number) else old for key, old in problem.fields.items()}
            steps = self._worked(fields)
            if steps is not None and int(steps[-1][1]) != problem.answer:
                return self._problem(fields, steps, problem.story)
        raise ValueError(f"template {self.name!r}: no draw of {_TRIES} gave another answer than {problem.answer}; widen its ranges")

    def _problem(self, fields: Mapping[str, Any], steps: tuple[tuple[str, str], ...], story: Story) -> Problem:
        return Problem(self.name, story.question(fields), steps, int(steps[-1][1]), fields, story)

    def _worked(self, fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
        results: dict[str, str] = {}
        worked = []
        for number, step in enumerate(self.steps, start=1):
            expression = step.format_map({**fields, **results})
            result = _result(expression)
            if result is None:
                return None
            results[f"s{number}"] = result
            worked.append((expression, result))
        return tuple(worked)

    def _story(self, rng: random.Random) -> Story:
        (name, pronoun), (other, _) = rng.sample(PEOPLE, 2)
        he, his, him = PRONOUNS[pronoun]
        people = {"name": name, "other": other, "he": he, "his": his, "him": him, "He": he.title(), "His": his.title()}
        text = rng.choice(self.texts)
        has_stray = self.distractible and rng.random() < 0.15
        return Story(text, people, rng.choice(DISTRACTORS).format(name=name, stray=rng.randint(3, 60)) if has_stray else None)


@lru_cache(maxsize=1 << 14)
def _result(expression: str) -> str | None:
    """The result of a step; None where it is not positive and whole. Small numbers are drawn again and again."""
    value = evaluate(expression)
    return number_text(value) if value > 0 and value.denominator == 1 else None


def _drawn(rng: random.Random, candidates: Sequence[Any]) -> Any:
    value = rng.choice(candidates)
    return Number(value) if isinstance(value, int) else value
