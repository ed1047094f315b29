"""TruthfulQA, one true option (MC1): questions that people answer wrongly out of common beliefs (Lin et al. 2022, arXiv:2109.07958).

A row, made up here in the dataset's form; the true option is always the first, so options are asked in an order of each row's own::

    {"question": "Do goldfish forget everything within seconds?", "mc1_targets": {"labels": [1, 0, 0],
     "choices": ["No, they remember for months", "Yes, within three seconds", "Yes, within a minute"]}}

The split ``validation`` is asked, the only one, so that there are no examples. The schema was read in two harnesses; 200 of the 817 rows
were read here, in another repository: the first option is the true one in all, of 2 to 13. There are no made rows. MC2, of several true
options, is ``test_truthfulqa_mc2.py``. Published numbers are by likelihood; none by reply whose setting is known was found.
"""

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Hub, Row, cases
from itemwise.extractors import stated_choice

TRUTHFULQA = Hub("truthfulqa/truthful_qa", "multiple_choice", split="validation", revision="741b8276f2d1982aa3d5b832d3ee81ed3b896490")
CARD = Card(
    version=1,
    measures="common false beliefs, one option true",
    hub=TRUTHFULQA,
    rows="817",
    licence="Apache-2.0",
    suites=("choices", "quick"),
)


def options(row: Row) -> list[str]:
    return [str(choice) for choice in row["mc1_targets"]["choices"]]


def right(row: Row) -> int:
    labels: list[int] = row["mc1_targets"]["labels"]
    return labels.index(1)


truthfulqa = Choices("truthfulqa", TRUTHFULQA, question="question", options=options, right=right, shuffled=True)


@cases(truthfulqa, prompts=CHOICE_PROMPTS, extract=stated_choice, card=CARD)
def test_truthfulqa(case: Case, answer: str | None) -> None:
    assert answer == case.answer
