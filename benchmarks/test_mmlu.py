"""MMLU: four-way choices in 57 subjects, behind 5 solved ones of the subject (Hendrycks et al. 2021, arXiv:2009.03300).

A row, made up here in the dataset's form; ``answer`` counts from 0::

    {"question": "Which planet is nearest to the sun?", "subject": "astronomy",
     "choices": ["Venus", "Mercury", "Mars", "Earth"], "answer": 1}

Source: ``cais/mmlu`` on the Hugging Face hub, configuration ``all``, 14,042 rows in ``test`` and 285 in ``dev``. Licence: MIT. There are
no made rows. Nine rows have an option twice, in four of them the right one. Published: Llama-3.1-8B-Instruct 69.4%, 5 examples, the mean
of the subjects, and 73.0% by chain of thought without examples (Meta's model card).
"""

from itemwise import CHOICE_PROMPTS, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

MMLU = Hub("cais/mmlu", "all", revision="c30699e8356da336a370243923dbaf21066bb9fe")

mmlu = Choices("mmlu", MMLU, question="question", options="choices", right="answer", tags=("subject",))


@cases(mmlu, prompts=CHOICE_PROMPTS, extract=stated_choice, examples=Examples("dev", by="subject", shots=5))
def test_mmlu(case: Case, answer: str | None) -> None:
    assert answer == case.answer
