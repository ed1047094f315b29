"""A word-problem template: sentences, what is drawn at random, and the arithmetic that leads to the answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.calculator import evaluate, number_text
from itemwise.synthetic.words import DISTRACTORS, PEOPLE, PRONOUNS

__all__ = ["Problem", "Template"]

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
class Problem:
    """One question with its worked steps; `answer` is the whole-number result of the last step."""

    template: str
    question: str
    steps: tuple[tuple[str, str], ...]  # ("48/2", "24"), ...
    answer: int


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
                return Problem(self.name, self._question(rng, fields), steps, int(steps[-1][1]))
        raise ValueError(f"template {self.name!r}: no draw of {_TRIES} gave positive whole results; widen its ranges")

    def _worked(self, fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
        results: dict[str, str] = {}
        worked = []
        for number, step in enumerate(self.steps, start=1):
            expression = step.format_map({**fields, **results})
            value = evaluate(expression)
            if value <= 0 or value.denominator != 1:
                return None
            results[f"s{number}"] = number_text(value)
            worked.append((expression, number_text(value)))
        return tuple(worked)

    def _question(self, rng: random.Random, fields: Mapping[str, Any]) -> str:
        (name, pronoun), (other, _) = rng.sample(PEOPLE, 2)
        he, his, him = PRONOUNS[pronoun]
        words = {"name": name, "other": other, "he": he, "his": his, "him": him, "He": he.title(), "His": his.title()}
        question = rng.choice(self.texts).format_map({**fields, **words})
        if self.distractible and rng.random() < 0.15:
            stray = rng.choice(DISTRACTORS).format(name=name, stray=rng.randint(3, 60))
            told, stop, asked = question.rpartition(". ")
            question = f"{told}. {stray} {asked}" if stop else question
        return question


def _drawn(rng: random.Random, candidates: Sequence[Any]) -> Any:
    value = rng.choice(candidates)
    return Number(value) if isinstance(value, int) else value
