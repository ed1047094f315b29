"""CommonsenseQA: questions of everyday knowledge with five options (Talmor et al. 2019, arXiv:1811.00937).

A row, made up here in the dataset's form::

    {"id": "made", "question": "Where would you keep milk cold?", "question_concept": "milk", "answerKey": "C",
     "choices": {"label": ["A", "B", "C", "D", "E"], "text": ["oven", "shelf", "fridge", "garden", "car"]}}

The split ``validation`` is asked, as ``test`` has no answers. The schema was read in two harnesses; the 1,221 rows
were read here, in another repository and form. 24 have an option twice. There are no made rows.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

COMMONSENSE = Hub("tau/commonsense_qa", split="validation", revision="94630fe30dad47192a8546eb75f094926d47e155")
CARD = Card(
    version=1,
    measures="everyday knowledge, five options",
    hub=COMMONSENSE,
    rows="1,221",
    licence="MIT",
    suites=("choices", "quick"),
    published=("Llama-3.1-8B (base) 75.0%, 7 examples, by likelihood (Meta's model card)",),
)

commonsense = Choices("commonsense", COMMONSENSE, question="question", options="choices", right="answerKey")


@cases(commonsense, prompts=CHOICE_PROMPTS, extract=stated_choice, examples=Examples("train"), card=CARD)
def test_commonsense(case: Case, answer: str | None) -> None:
    assert answer == case.answer
