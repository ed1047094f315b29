"""MMLU: four-way choices in 57 subjects, behind 5 solved ones of the subject (Hendrycks et al. 2021, arXiv:2009.03300).

A row, made up here in the dataset's form; ``answer`` counts from 0::

    {"question": "Which planet is nearest to the sun?", "subject": "astronomy",
     "choices": ["Venus", "Mercury", "Mars", "Earth"], "answer": 1}

Examples are those of ``dev``, 5 of each subject. There are no made rows. Nine rows have an option twice, in four of them the right one.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, cases, subject_of
from itemwise.extractors import stated_choice

MMLU = Hub("cais/mmlu", "all", revision="c30699e8356da336a370243923dbaf21066bb9fe")
CARD = Card(
    version=1,
    measures="knowledge of 57 subjects, four options",
    hub=MMLU,
    rows="14,042",
    licence="MIT",
    suites=("choices", "quick"),
    macro="subject",
    published=(
        "Llama-3.1-8B-Instruct 69.4%, 5 examples, mean of the subjects (Meta's model card)",
        "the same 73.0%, zero-shot chain of thought, mean of the subjects (the same)",
    ),
)

mmlu = Choices("mmlu", MMLU, question="question", options="choices", right="answer", tags={"subject": subject_of})


@cases(mmlu, prompts=CHOICE_PROMPTS, extract=stated_choice, examples=Examples("dev", by="subject", shots=5), card=CARD)
def test_mmlu(case: Case, answer: str | None) -> None:
    assert answer == case.answer
