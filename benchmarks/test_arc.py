"""ARC: school science questions, which simple methods answer (arc-easy) or do not (arc-challenge) (Clark et al. 2018, arXiv:1803.05457).

A row, made up here in the dataset's form; some rows have the labels 1 to 4::

    {"id": "Made_1", "question": "Which of these is a metal?", "answerKey": "B",
     "choices": {"text": ["wood", "iron", "glass", "wool"], "label": ["A", "B", "C", "D"]}}

The schema was read in two harnesses; all rows of both ``test`` splits were read here, in other repositories. Of challenge four have three
options and three have five, all labelled by letters there. There are no made rows.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

REVISION = "210d026faf9955653af8916fad021475a3f00453"
ARC = {name.lower(): Hub("allenai/ai2_arc", f"ARC-{name}", revision=REVISION) for name in ("Easy", "Challenge")}
CARD = Card(
    version=1,
    measures="school science, four options",
    hub=Hub("allenai/ai2_arc", revision=REVISION),
    rows="2,376 easy, 1,172 challenge",
    licence="CC BY-SA 4.0",
    suites=("choices", "quick"),
    published=("Llama-3.1-8B-Instruct 83.4% of challenge, no examples (Meta's model card)",),
)

arc = Choices("arc", ARC, question="question", options="choices", right="answerKey")


@cases(arc, prompts=CHOICE_PROMPTS, extract=stated_choice, examples=Examples("train"), configs=tuple(ARC), card=CARD)
def test_arc(case: Case, answer: str | None) -> None:
    assert answer == case.answer
