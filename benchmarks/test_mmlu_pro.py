"""MMLU-Pro: harder choices of up to ten options in 14 categories, by chain of thought (Wang et al. 2024, arXiv:2406.01574).

A row, made up here in the dataset's form; ``answer_index`` counts from 0, and ``cot_content`` is empty but in ``validation``::

    {"question_id": 7, "question": "Which number is prime?", "options": ["21", "27", "29", "33", "39", "49", "51", "57", "63", "69"],
     "answer": "C", "answer_index": 2, "cot_content": "", "category": "math", "src": "made"}

Examples are those of ``validation``, 5 of each category, with chains of thought. There are no made rows. Five rows have one option, two
have two.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Examples, Hub, cases
from itemwise.extractors import stated_choice

PRO = Hub("TIGER-Lab/MMLU-Pro", revision="527feea0afed1de15a8c115abf7be4c912123315")
CARD = Card(
    version=1,
    measures="harder knowledge and reasoning, up to ten options",
    hub=PRO,
    rows="12,032",
    licence="MIT by the hub, Apache-2.0 by its repository",
    suites=("choices", "quick"),
    macro="category",
    published=(
        "Llama-3.1-8B-Instruct 48.3%, chain of thought behind 5 examples, mean of the categories (Meta's model card)",
        "the same 44.2%, by the verdicts that the dataset's repository keeps",
    ),
)
PROMPTS = {name: CHOICE_PROMPTS[name] for name in ("cot", "letter", "qa")}

pro = Choices("mmlu_pro", PRO, question="question", options="options", right="answer", tags=("category",), worked="cot_content")


@cases(pro, prompts=PROMPTS, extract=stated_choice, examples=Examples("validation", by="category"), card=CARD)
def test_mmlu_pro(case: Case, answer: str | None) -> None:
    assert answer == case.answer
