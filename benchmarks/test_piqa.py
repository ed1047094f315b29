"""PIQA: which of two ways reaches a goal of everyday life (Bisk et al. 2020, arXiv:1911.11641).

A row, made up here in the dataset's form; ``label`` counts from 0::

    {"goal": "To keep bread fresh for longer,", "sol1": "store it in a closed box.", "sol2": "store it in a bucket of water.", "label": 0}

The split ``validation`` is asked, as ``test`` has no labels; its rows were read here, in another repository. There are no made rows.
Published numbers are by likelihood.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

PIQA = Hub("baber/piqa", split="validation", revision="142f6d7367fd9877f0fb3b5734ea6a545f54cdd1")
CARD = Card(
    version=1,
    measures="everyday physics, two options",
    hub=PIQA,
    rows="1,838",
    licence="AFL 3.0",
    suites=("choices", "quick"),
)

piqa = Choices("piqa", PIQA, question="goal", options=("sol1", "sol2"), right="label")


@cases(piqa, prompts=CHOICE_PROMPTS, extract=stated_choice, examples=Examples("train"), card=CARD)
def test_piqa(case: Case, answer: str | None) -> None:
    assert answer == case.answer
