"""WinoGrande: which of two names a sentence's blank stands for (Sakaguchi et al. 2019, arXiv:1907.10641).

A row, made up here in the dataset's form; ``answer`` is the right option's number, as a text::

    {"sentence": "The trophy did not fit into the bag because the _ was too small.", "option1": "trophy", "option2": "bag", "answer": "2"}

The split ``validation`` of ``winogrande_xl`` is asked, as ``test`` has no answers; its rows were read here, in two other
repositories. There are no made rows. Published numbers are by likelihood.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, Row, cases
from itemwise.extractors import stated_choice

WINOGRANDE = Hub("allenai/winogrande", "winogrande_xl", split="validation", revision="01e74176c63542e6b0bcb004dcdea22d94fb67b5")
CARD = Card(
    version=1,
    measures="what a blank in a sentence stands for, two options",
    hub=WINOGRANDE,
    rows="1,267",
    licence="CC BY",
    suites=("choices", "quick"),
)
PROMPTS = {name: f"What fits the blank?\n\n{text}" if name != "qa" else text for name, text in CHOICE_PROMPTS.items()}
NUMBERS = ("1", "2")


def right(row: Row) -> int:
    """The right option's place, from 0."""
    number = row.text("answer")
    if number not in NUMBERS:
        raise row.error("answer", f"{number!r} is the number of no option; give {' or '.join(NUMBERS)}.")
    return NUMBERS.index(number)


winogrande = Choices("winogrande", WINOGRANDE, question="sentence", options=("option1", "option2"), right=right)


@cases(winogrande, prompts=PROMPTS, extract=stated_choice, examples=Examples("train"), card=CARD)
def test_winogrande(case: Case, answer: str | None) -> None:
    assert answer == case.answer
