"""CMMLU: Chinese four-way choices in 67 subjects, behind 5 solved ones of the subject (Li et al. 2023, arXiv:2306.09212).

A row, made up here in the form of the authors' files, which are called for the subject (``test/astronomy.csv``)::

    {"Question": "离太阳最近的行星是", "A": "金星", "B": "水星", "C": "火星", "D": "地球", "Answer": "B"}

Source: ``haonan-li/cmmlu`` on the Hugging Face hub, whose loading script no library runs any longer; its authors' repository has the
files, 11,582 rows in ``data/test`` and 335 in ``data/dev``: ``--source CMMLU/data``. They were not read here. Licence: CC BY-NC 4.0. There
are no made rows. Published: no number whose setting is known here.
"""

from itemwise import Case, Choices, Examples, Hub, Row, cases
from itemwise.extractors import stated_choice

PROMPTS = {
    "letter": "{question}\n{options}\n\n只回复正确选项的字母。",
    "cot": "{question}\n{options}\n\n请一步一步思考。最后一行写“答案是”和正确选项的字母。",
    "qa": "{question}\n{options}\n答案：",  # for a base model, with --shots
}


def subject(row: Row) -> str:
    return row.file.stem if row.file else row.text("subject")


cmmlu = Choices(
    "cmmlu", Hub("haonan-li/cmmlu"), question="Question", options=("A", "B", "C", "D"), right="Answer", tags={"subject": subject}
)


@cases(cmmlu, prompts=PROMPTS, extract=stated_choice, examples=Examples("dev", by="subject", shots=5))
def test_cmmlu(case: Case, answer: str | None) -> None:
    assert answer == case.answer
