"""HellaSwag: how a described scene goes on, of four endings (Zellers et al. 2019, arXiv:1905.07830).

A row, made up here in the dataset's form; ``label`` is the right ending's place from 0, as a text::

    {"ind": 1, "activity_label": "Baking bread", "ctx_a": "A woman kneads dough.", "ctx_b": "she", "label": "2", "split": "val",
     "endings": ["throws it at a car.", "sings to the flour.", "puts it into a bowl.", "reads it the news."]}

The split ``validation`` is asked, as ``test`` has no labels. The schema was read in two harnesses; 1,000 of the 10,042 rows were read here,
in another repository: 87 are of WikiHow, with ``[header]`` and ``[step]`` in their text and nothing in ``ctx_b``. There are no made rows.
Published numbers are by likelihood; none by reply whose setting is known was found.
"""

import re

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, Row, cases
from itemwise.extractors import stated_choice

HELLASWAG = Hub("Rowan/hellaswag", split="validation", revision="218ec52e09a7e7462a5400043bb9a69a41d06b76")
CARD = Card(
    version=1,
    measures="how an everyday scene goes on, four endings",
    hub=HELLASWAG,
    rows="10,042",
    licence="MIT",
    suites=("choices", "quick"),
)
PROMPTS = {name: f"Which ending fits?\n\n{text}" if name != "qa" else text for name, text in CHOICE_PROMPTS.items()}


def plain(text: str) -> str:
    """The text without the marks of the web pages it comes from."""
    return re.sub(r" {2,}", " ", re.sub(r"\[.*?\]", "", text.strip().replace(" [title]", ". ")))


def scene(row: Row) -> str:
    begun = row.text("ctx_b", "").capitalize()
    return plain(f"{row.text('activity_label')}: {row.text('ctx_a')} {begun}")


def endings(row: Row) -> list[str]:
    return [plain(ending) for ending in row.options("endings")]


hellaswag = Choices("hellaswag", HELLASWAG, question=scene, options=endings, right="label")


@cases(hellaswag, prompts=PROMPTS, extract=stated_choice, examples=Examples("train"), card=CARD)
def test_hellaswag(case: Case, answer: str | None) -> None:
    assert answer == case.answer
