"""A loader of multiple-choice rows by the columns that hold question, options and answer: a benchmark of choices in ten lines."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, takewhile
from typing import Any

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.chat import Turn
from itemwise.cases.gold import gold_answer
from itemwise.cases.picture import Picture
from itemwise.cases.picture_places import numbered_pictures, turn_with_pictures
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source
from itemwise.cases.split_files import without_gz

__all__ = ["ANSWER_PROMPTS", "CHOICE_PROMPTS", "Choices", "subject_of"]

_MARKED = re.compile(r"\(?([A-Za-z0-9])[).]\.?")  # a label as "(B)" or "B."
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

ANSWER_PROMPTS = {  # of datasets in which some rows have options and some have none
    "short": """\
{question}
{options}

Reply with the answer only: where there are options, with the letter of one.""",
    "cot": """\
{question}
{options}

Think step by step. End with a line "The answer is" and the answer: where there are options, the letter of one.""",
}


@dataclass(frozen=True)
class Choices:
    """A loader for `@cases` that calls its cases after `name`, reading the rows of `hub`, or of the one of each configuration.

    `question` is a column, a template of several (``{activity}: {ctx}``), or a function of the row. `options` is a column that holds a
    list of texts, also spelled out as Python does, or their texts and labels (``{"text": [...], "label": ["A", ...]}``,
    ``{"A": ..., "B": ...}``, ``[{"label": "A", "text": ...}, ...]``), or the names of several columns, or a function of the row. A table
    may have it in numbered columns: ``choice0``, ``choice1`` and so on for ``choices``. `right` is the column of the right option: its
    label, its letter, its place from 0, as a number or in digits, or its text; or a function that gives its place. `tags` are columns, or
    functions of the row by name. `worked` is a column that holds a chain of thought for examples. `picture` is a column of pictures, a
    function that gives the row's, or the columns of several, which stand where question or options name them (``<image 1>`` is the first
    column's). `key` is the column, or a function of the row, that names a row where its number does not, as with several `hub` datasets
    one after another. `asked` tells of a row whether it is asked at all.

    Rows are asked as they are, as published numbers count them: also one with a single option, and one that has an option twice, of which
    the letter of the row is right. With `shuffled` each row's options stand in an order of their own, the same in every run, for datasets
    whose first is always right. A row without options is asked for the answer in the column `free`, or the one that a function gives,
    where it is named; `stated_answer` reads both kinds. A question loses spaces and lines at its ends unless `stripped` is False.
    `synthetic` makes rows, as for any loader.

    >>> arc = Choices("arc", Hub("allenai/ai2_arc", "ARC-Easy"), question="question", options="choices", right="answerKey")
    """

    name: str
    hub: Hub | Sequence[Hub] | Mapping[str, Hub]
    question: str | Callable[[Row], str]
    options: str | Sequence[str] | Callable[[Row], Sequence[str]]
    right: str | Callable[[Row], int]
    tags: Sequence[str] | Mapping[str, Callable[[Row], str]] = ()
    worked: str = ""
    picture: str | Sequence[str] | Callable[[Row], Picture | None] = ""
    key: str | Callable[[Row], str] = ""
    asked: Callable[[Row], bool] | None = None
    free: str | Callable[[Row], str] = ""
    shuffled: bool = False
    stripped: bool = True
    synthetic: Callable[..., Iterator[dict[str, Any]]] | None = None

    def __call__(self, source: Source, prompt: str, prompt_name: str = "", config: str = "") -> Iterator[Case]:
        """The cases of `source`, whose prompts are `prompt` with ``{question}``, ``{options}`` and the tags."""
        for row in self._rows(source, config):
            if self.asked and not self.asked(row):
                continue
            name = "-".join(filter(None, (self.name, config, self._key(row))))
            tags = self._tags(row)
            picture = self._picture(row)
            words = self._words(prompt, row, tags)
            if not (options := self._options(row)) and self.free:
                gold = self.free(row) if callable(self.free) else row.text(self.free)
                yield Case(name, words(()), gold_answer(gold), tags, picture)
                continue
            right = self._place(row, options)
            order = random.Random(name).sample(range(len(options)), len(options)) if self.shuffled else range(len(options))
            asked, at = [options[place] for place in order], [*order].index(right)
            solution = partial(self._solution, row, prompt_name, LETTERS[at])
            yield Case.choice(name, words, asked, at, tags=tags, picture=picture, solution=solution)

    def _rows(self, source: Source, config: str) -> Iterator[Row]:
        """The rows of the configuration; of several hub datasets one after another, of files without a folder for each all at once."""
        hubs = self.hub[config] if isinstance(self.hub, Mapping) else self.hub
        if isinstance(hubs, Hub):
            hubs = (hubs,)
        elif source.kind != "hub":
            hubs = [hub for hub in hubs if source.has_config(hub)] or (replace(hubs[0], config=None),)
        for hub in hubs:
            yield from source.rows(hub, synthetic=self.synthetic)

    def _words(self, prompt: str, row: Row, tags: Mapping[str, str]) -> Callable[[Sequence[str]], str | list[Turn]]:
        """The prompt for any order of the options."""
        words = partial(_prompt, prompt, self._question(row), tags)
        if isinstance(self.picture, str) or callable(self.picture):
            return words
        pictures = numbered_pictures(row, self.picture)
        return partial(_placed, words, pictures)

    def _key(self, row: Row) -> str:
        if callable(self.key):
            return self.key(row)
        return row.text(self.key) if self.key else row.id

    def _picture(self, row: Row) -> Picture | None:
        """The one picture that is shown before the prompt."""
        if callable(self.picture):
            return self.picture(row)
        return row.picture(self.picture) if isinstance(self.picture, str) and self.picture else None

    def _question(self, row: Row) -> str:
        text = self._question_text(row)
        return text.strip() if self.stripped else text

    def _question_text(self, row: Row) -> str:
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
        if isinstance(value, str):
            return row.spelled_options(self.options)
        labelled = _labelled(row, self.options, value)
        return [text for _, text in labelled] if labelled else row.options(self.options)

    def _place(self, row: Row, options: Sequence[str]) -> int:
        if callable(self.right):
            return self.right(row)
        value = row[self.right]
        if not isinstance(value, str):
            return row.place(self.right, options)
        held = _labelled(row, self.options, row.get(self.options)) if isinstance(self.options, str) else []
        labels = [label for label, _ in held] or [*LETTERS[: len(options)]]
        text = value.strip()
        marked = _MARKED.fullmatch(text)
        if (found := next((label for label in (text, marked and marked[1]) if label in labels), None)) is not None:
            return labels.index(found)
        said = [place for place, option in enumerate(options) if option.strip() == text]
        if not held and text.isascii() and text.isdigit() and int(text) < len(options):
            if said and int(text) not in said and _has_types(row):
                told = f"{value!r} is the place of one option and the text of another"
                raise row.error(self.right, f"{told}; give a letter, a number for the place, or a function of the row.")
            return int(text)
        if len(said) == 1:
            return said[0]
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
    """The row's ``subject``; of a dataset that is a configuration or a file for each, the configuration, or its file's name without the
    split, such as ``anatomy_test.csv``."""
    if "subject" in row:
        return row.text("subject")
    if row.config is None and row.file is not None:
        return _SPLIT.sub("", without_gz(row.file).stem)
    return row.config or row.text("subject")


def _numbered(row: Row, stem: str) -> list[str]:
    """The columns ``stem0``, ``stem1`` and so on, or from 1, as far as the row has them."""
    return [*takewhile(row.__contains__, (f"{stem}{number}" for number in count(int(f"{stem}0" not in row))))]


def _has_types(row: Row) -> bool:
    """Whether digits in quotes may be text: where all is text, as in a csv, they are a place."""
    return row.file is None or without_gz(row.file).suffix.lower() not in (".csv", ".tsv")


def _labelled(row: Row, column: str, value: object) -> list[tuple[str, str]]:
    """The options with their labels, where the column has labels; a label without a text, as tables have where rows differ, is none."""
    if isinstance(value, list) and value and all(isinstance(each, Mapping) and {"label", "text"} <= each.keys() for each in value):
        return [(str(each["label"]), str(each["text"])) for each in value]
    if not isinstance(value, Mapping):
        return []
    if not {"text", "label"} & value.keys():
        if all(isinstance(text, str | None) for text in value.values()):
            return [(str(label), text) for label, text in value.items() if text is not None]
        raise row.error(column, "options by their labels are texts, such as {'A': 'yes', 'B': 'no'}.")
    texts, labels = value.get("text"), value.get("label")
    if not isinstance(texts, list) or not isinstance(labels, list) or len(texts) != len(labels):
        raise row.error(column, "options in parts are a list text and a list label of one length.")
    return [(str(label), str(text)) for label, text in zip(labels, texts, strict=True)]


def _placed(words: Callable[[Sequence[str]], str], pictures: Mapping[int, Picture], options: Sequence[str]) -> list[Turn]:
    return [turn_with_pictures(words(options), pictures)]


def _prompt(prompt: str, question: str, tags: Mapping[str, str], options: Sequence[str]) -> str:
    prompt = prompt if options else prompt.replace("\n{options}", "")
    lines = "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))
    return prompt.format(question=question, options=lines, **tags)
