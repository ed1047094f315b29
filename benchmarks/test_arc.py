"""ARC: school science questions, which simple methods answer (arc-easy) or do not (arc-challenge) (Clark et al. 2018, arXiv:1803.05457).

A row, made up here in the dataset's form; some rows have the labels 1 to 4::

    {"id": "Made_1", "question": "Which of these is a metal?", "answerKey": "B",
     "choices": {"text": ["wood", "iron", "glass", "wool"], "label": ["A", "B", "C", "D"]}}

Source: ``allenai/ai2_arc`` on the Hugging Face hub, 2,376 rows (easy) and 1,172 (challenge) in ``test``; the schema was read in two
harnesses. Licence: CC BY-SA 4.0. There are no made rows. Published: Llama-3.1-8B-Instruct 83.4% of challenge, no examples (Meta's model
card).
"""

from itemwise import CHOICE_PROMPTS, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

REVISION = "210d026faf9955653af8916fad021475a3f00453"
ARC = {name.lower(): Hub("allenai/ai2_arc", f"ARC-{name}", revision=REVISION) for name in ("Easy", "Challenge")}

arc = Choices("arc", ARC, question="question", options="choices", right="answerKey")


@cases(arc, prompts=CHOICE_PROMPTS, extract=stated_choice, examples=Examples("train"), configs=tuple(ARC))
def test_arc(case: Case, answer: str | None) -> None:
    assert answer == case.answer
