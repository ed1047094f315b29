"""MMStar: questions of six abilities that text alone does not answer, four options (Chen et al. 2024, arXiv:2403.20330).

A row, made up here in the dataset's form; the options stand in the question::

    {"index": 7, "question": "What is on the table?\\nOptions: A: a cup, B: a pen, C: a book, D: a key", "answer": "B",
     "category": "fine-grained perception", "l2_category": "recognition", "image": {"path": "7.png"}}

Schema and the spelling of one row's options were seen in two harnesses, no other row was read here: one whose options cannot be told from
its question is asked as it stands, with the letters A to D. No commit is known, so reports call it unpinned. There are no made rows, and no
published number whose setting is known was found.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Hub, Row, cases, inline_options
from itemwise.extractors import stated_choice

STAR = Hub("Lin-Chen/MMStar", split="val")
CARD = Card(
    version=1,
    measures="six abilities of seeing and reasoning, four options",
    hub=STAR,
    rows="1,500",
    licence="none stated",
    suites=("choices", "pictures", "quick"),
    macro="category",
)
PROMPTS = {name: CHOICE_PROMPTS[name] for name in ("letter", "cot")}


def question(row: Row) -> str:
    return inline_options(row.text("question")).question


def options(row: Row) -> tuple[str, ...]:
    return inline_options(row.text("question")).options or tuple("ABCD")


mmstar = Choices("mmstar", STAR, question, options, right="answer", tags=("category", "l2_category"), picture="image")


@cases(mmstar, prompts=PROMPTS, extract=stated_choice, pictures=True, card=CARD)
def test_mmstar(case: Case, answer: str | None) -> None:
    assert answer == case.answer
