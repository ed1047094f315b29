"""TruthfulQA, one true option (MC1): questions that people answer wrongly out of common beliefs (Lin et al. 2022, arXiv:2109.07958).

A row, made up here in the dataset's form; the true option is always the first, so options are asked in an order of each row's own::

    {"question": "Do goldfish forget everything within seconds?", "mc1_targets": {"labels": [1, 0, 0],
     "choices": ["No, they remember for months", "Yes, within three seconds", "Yes, within a minute"]}}

Source: ``truthfulqa/truthful_qa`` on the Hugging Face hub, configuration ``multiple_choice``, 817 rows in ``validation``. The schema was
read in two harnesses. Licence: Apache-2.0. There are no made rows, and no examples: all rows are asked. MC2, several true options, is not
asked by reply. Published numbers are by likelihood; none by reply whose setting is known here.
"""

from itemwise import CHOICE_PROMPTS, Case, Choices, Hub, Row, cases
from itemwise.extractors import stated_choice

TRUTHFULQA = Hub("truthfulqa/truthful_qa", "multiple_choice", split="validation", revision="741b8276f2d1982aa3d5b832d3ee81ed3b896490")


def options(row: Row) -> list[str]:
    return [str(choice) for choice in row["mc1_targets"]["choices"]]


def right(row: Row) -> int:
    labels: list[int] = row["mc1_targets"]["labels"]
    return labels.index(1)


truthfulqa = Choices("truthfulqa", TRUTHFULQA, question="question", options=options, right=right, shuffled=True)


@cases(truthfulqa, prompts=CHOICE_PROMPTS, extract=stated_choice)
def test_truthfulqa(case: Case, answer: str | None) -> None:
    assert answer == case.answer
