"""A loader of multiple-choice rows by the columns that hold question, options and answer: a benchmark of choices in ten lines."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, takewhile
from typing import Any

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source

__all__ = ["CHOICE_PROMPTS", "Choices", "subject_of"]

_SPLIT = re.compile(r"[-_](test|dev|val|validation|train)$")

CHOICE_PROMPTS = {
    "letter": """\
{question}
{options}

Reply with the letter of the right option only.""",
    "cot": """\
{question}
{options}

Think step by step. End with a line "The answer is" and the letter of the right option.""",
    "qa": "{question}\n{options}\nAnswer:",  # for a base model, with --shots
}


@dataclass(frozen=True)
class Choices:
    """A loader for `@cases` that calls its cases after `name`, reading the rows of `hub`, or of the one of each configuration.

    `question` is a column, a template of several (``{activity}: {ctx}``), or a function of the row. `options` is a column that holds a
    list of texts, or their texts and labels (``{"text": [...], "label": ["A", ...]}``), or the names of several columns, or a function of
    the row. A table may have it in numbered columns: ``choice0``, ``choice1`` and so on for ``choices``. `right` is the column of the
    right option: its label, its letter, or its place from 0, as a number or in digits; or a function that gives its place. `tags` are
    columns, or functions of the row by name. `worked` is a column that holds a chain of thought for examples, `picture` one of pictures.

    Rows are asked as they are, as published numbers count them: also one with a single option, and one that has an option twice, of which
    the letter of the row is right. With `shuffled` each row's options stand in an order of their own, the same in every run, for datasets
    whose first is always right. `synthetic` makes rows, as for any loader.

    >>> arc = Choices("arc", Hub("allenai/ai2_arc", "ARC-Easy"), question="question", options="choices", right="answerKey")
    """

    name: str
    hub: Hub | Mapping[str, Hub]
    question: str | Callable[[Row], str]
    options: str | Sequence[str] | Callable[[Row], Sequence[str]]
    right: str | Callable[[Row], int]
    tags: Sequence[str] | Mapping[str, Callable[[Row], str]] = ()
    worked: str = ""
    picture: str = ""
    shuffled: bool = False
    synthetic: Callable[..., Iterator[dict[str, Any]]] | None = None

    def __call__(self, source: Source, prompt: str, prompt_name: str = "", config: str = "") -> Iterator[Case]:
        """The cases of `source`, whose prompts are `prompt` with ``{question}``, ``{options}`` and the tags."""
        hub = self.hub if isinstance(self.hub, Hub) else self.hub[config]
        for row in source.rows(hub, synthetic=self.synthetic):
            name = "-".join(filter(None, (self.name, config, row.id)))
            options = self._options(row)
            right = self._place(row, options)
            order = random.Random(name).sample(range(len(options)), len(options)) if self.shuffled else range(len(options))
            asked, at, tags = [options[place] for place in order], [*order].index(right), self._tags(row)
            words = partial(_prompt, prompt, self._question(row), tags)
            picture = row.picture(self.picture) if self.picture else None
            solution = partial(self._solution, row, prompt_name, LETTERS[at])
            yield Case.choice(name, words, asked, at, tags=tags, picture=picture, solution=solution)

    def _question(self, row: Row) -> str:
        if callable(self.question):
            return self.question(row)
        return row.prompt(self.question) if "{" in self.question else row.text(self.question)

    def _options(self, row: Row) -> Sequence[str]:
        if callable(self.options):
            return self.options(row)
        if not isinstance(self.options, str):
            return tuple(row.text(column) for column in self.options)
        if self.options not in row and (columns := _numbered(row, self.options.removesuffix("s"))):
            return tuple(row.text(column) for column in columns)
        value = row[self.options]
        return _texts(row, self.options, value) if isinstance(value, Mapping) else row.options(self.options)

    def _place(self, row: Row, options: Sequence[str]) -> int:
        if callable(self.right):
            return self.right(row)
        value = row[self.right]
        if not isinstance(value, str):
            return row.place(self.right, options)
        held = row.get(self.options) if isinstance(self.options, str) else ()
        labels = [str(label) for label in held["label"]] if isinstance(held, Mapping) else [*LETTERS[: len(options)]]
        text = value.strip()
        if text in labels:
            return labels.index(text)
        if not isinstance(held, Mapping) and text.isascii() and text.isdigit() and int(text) < len(options):
            return int(text)
        raise row.error(self.right, f"{value!r} is no option; there are {', '.join(labels)}.")

    def _tags(self, row: Row) -> dict[str, str]:
        if isinstance(self.tags, Mapping):
            return {tag: of(row) for tag, of in self.tags.items()}
        return {tag: str(row[tag]) for tag in self.tags}

    def _solution(self, row: Row, prompt_name: str, letter: str) -> str:
        """A good reply to the prompt of that name, for --shots."""
        if prompt_name != "cot":
            return letter
        return (self.worked and row.text(self.worked, "")) or f"The answer is {letter}."


def subject_of(row: Row) -> str:
    """The row's ``subject``; of a dataset that is a file for each, its file's name without the split, such as ``anatomy_test.csv``."""
    if "subject" in row or row.file is None:
        return row.text("subject")
    return _SPLIT.sub("", row.file.stem)


def _numbered(row: Row, stem: str) -> list[str]:
    """The columns ``stem0``, ``stem1`` and so on, or from 1, as far as the row has them."""
    return [*takewhile(row.__contains__, (f"{stem}{number}" for number in count(int(f"{stem}0" not in row))))]


def _texts(row: Row, column: str, value: Mapping[str, Any]) -> Sequence[str]:
    texts, labels = value.get("text"), value.get("label")
    if not isinstance(texts, list) or not isinstance(labels, list) or len(texts) != len(labels):
        raise row.error(column, "options in parts are a list text and a list label of one length.")
    return [str(text) for text in texts]


def _prompt(prompt: str, question: str, tags: Mapping[str, str], options: Sequence[str]) -> str:
    lines = "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))
    return prompt.format(question=question.strip(), options=lines, **tags)
