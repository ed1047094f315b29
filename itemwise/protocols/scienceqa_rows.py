"""ScienceQA's rows with a picture for protocols: the picture, and a text made of hint, question and options."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source
from itemwise.synthetic import science_pictures

__all__ = ["scienceqa_cases"]

SCIENCEQA = Hub("derek-thomas/ScienceQA", split="test")


def scienceqa_cases(source: Source, text: Callable[[str, str, str], str]) -> Iterator[Case]:
    """A case for each row with a picture; `text` is given the hint, empty where there is none, the question and the lettered options."""
    for row in source.rows(SCIENCEQA, synthetic=science_pictures):
        if picture := row.picture("image"):
            choices = row.choices("choices")
            name = f"scienceqa-{row.get('pid', row.id)}"
            yield Case.choice(name, partial(_prompt, text, row), choices, row.place("answer", choices), picture=picture)


def _prompt(text: Callable[[str, str, str], str], row: Row, choices: Sequence[str]) -> str:
    options = "\n".join(f"{letter}. {choice}" for letter, choice in zip(LETTERS, choices, strict=False))
    return text(row.text("hint", ""), row.text("question"), options)
