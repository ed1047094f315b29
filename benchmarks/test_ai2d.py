"""AI2D: school science questions about a diagram, four options (Kembhavi et al. 2016, arXiv:1603.07396).

A row, made up here in the dataset's form; ``answer`` counts from 0, as text::

    {"question": "What eats the mouse?", "options": ["grass", "owl", "corn", "sun"], "answer": "1", "image": {"path": "7.png"}}

The schema was read in two harnesses, no row was read here; no commit is known, so reports call it unpinned. These rows show the diagram
with its labels; others circulate in which they are covered by letters. There are no made rows, and no published number whose setting is
known was found.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Hub, cases
from itemwise.extractors import stated_choice

AI2D = Hub("lmms-lab-encoder/ai2d")
CARD = Card(
    version=1,
    measures="school science from a diagram, four options",
    hub=AI2D,
    rows="3,088",
    licence="CC BY-SA 4.0, from memory",
    suites=("choices", "pictures", "quick"),
)
PROMPTS = {name: CHOICE_PROMPTS[name] for name in ("letter", "cot")}

ai2d = Choices("ai2d", AI2D, question="question", options="options", right="answer", picture="image")


@cases(ai2d, prompts=PROMPTS, extract=stated_choice, pictures=True, card=CARD)
def test_ai2d(case: Case, answer: str | None) -> None:
    assert answer == case.answer
