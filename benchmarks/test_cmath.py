"""CMATH: Chinese primary-school word problems by grade, 1 to 6 (Wei et al. 2023, arXiv:2306.16636).

A row, made up here in the dataset's form; its file in the authors' repository calls the question ``input``, the hub ``question``::

    {"grade": 2, "question": "小云有17颗糖，又买了25颗，她现在有多少颗糖？", "golden": "42", "reasoning_step": 1, "num_digits": 2}

The hub has 1,098 rows in ``test`` and 600 in ``validation``, of which these were read; no commit of it is known here, so reports call it
unpinned. There are no made rows. Golds are whole numbers, decimals and fractions. No published number whose setting is known was found.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Examples, Hub, Source, cases
from itemwise.extractors import last_number

CMATH = Hub("weitianwen/cmath", split="test")
CARD = Card(
    version=1,
    measures="Chinese primary-school word problems by grade",
    hub=CMATH,
    rows="1,098",
    licence="CC BY 4.0",
    suites=("maths", "quick"),
)

PROMPTS = {
    "cot": """\
{question}

请一步一步思考，每行写一个算式。最后一行写“答案是”和最后的数字。""",
    "boxed": """\
{question}

请逐步推理，并把最终答案放在 \\boxed{{}} 中。""",
    "qa": "问题：{question}\n答案：",  # for a base model, with --shots
}
TAGS = ("grade", "reasoning_step")


def cmath(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(CMATH):
        question = row.text("question" if "question" in row else "input")
        gold = row.number("golden")
        tags = {tag: str(row[tag]) for tag in TAGS}
        yield Case(f"cmath-{row.id}", prompt.format(question=question), gold, tags=tags, solution=f"答案是{gold}。")


@cases(cmath, prompts=PROMPTS, extract=last_number, examples=Examples("validation"), card=CARD)
def test_cmath(case: Case, answer: str | None) -> None:
    assert answer == case.answer
