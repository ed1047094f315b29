"""MMLU-Pro: harder choices of up to ten options in 14 categories, by chain of thought (Wang et al. 2024, arXiv:2406.01574).

A row, made up here in the dataset's form; ``answer_index`` counts from 0, and ``cot_content`` is empty but in ``validation``::

    {"question_id": 7, "question": "Which number is prime?", "options": ["21", "27", "29", "33", "39", "49", "51", "57", "63", "69"],
     "answer": "C", "answer_index": 2, "cot_content": "", "category": "math", "src": "made"}

Source: ``TIGER-Lab/MMLU-Pro`` on the Hugging Face hub, 12,032 rows in ``test`` and 70 in ``validation``. Licence: MIT by the hub,
Apache-2.0 by its repository. There are no made rows. Five rows have one option, two have two. Published: Llama-3.1-8B-Instruct 48.3%,
chain of thought behind 5 examples, the mean of the categories (Meta's model card); 44.2% by the verdicts that the dataset's repository
keeps.
"""

from itemwise import CHOICE_PROMPTS, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

PRO = Hub("TIGER-Lab/MMLU-Pro", revision="527feea0afed1de15a8c115abf7be4c912123315")
PROMPTS = {name: CHOICE_PROMPTS[name] for name in ("cot", "letter", "qa")}

pro = Choices("mmlu_pro", PRO, question="question", options="options", right="answer", tags=("category",), worked="cot_content")


@cases(pro, prompts=PROMPTS, extract=stated_choice, examples=Examples("validation", by="category"))
def test_mmlu_pro(case: Case, answer: str | None) -> None:
    assert answer == case.answer
