"""CMMLU: Chinese four-way choices in 67 subjects, behind 5 solved ones of the subject (Li et al. 2023, arXiv:2306.09212).

A row, made up here in the form of the authors' files, which are called for the subject (``test/astronomy.csv``)::

    {"Question": "离太阳最近的行星是", "A": "金星", "B": "水星", "C": "火星", "D": "地球", "Answer": "B"}

The hub has a loading script, which no library runs any longer; its authors' repository has the files in ``data/test`` and ``data/dev``:
``--source CMMLU/data``. All were read here, 11,582 and 335; no commit is known, so reports call it unpinned. Examples are those of ``dev``,
5 of each subject. There are no made rows. No published number whose setting is known was found.
"""

from itemwise import Card, Case, Choices, Examples, Hub, cases, subject_of
from itemwise.extractors import stated_choice

CMMLU = Hub("haonan-li/cmmlu")
CARD = Card(
    version=1,
    measures="Chinese knowledge of 67 subjects, four options",
    hub=CMMLU,
    rows="11,582",
    licence="CC BY-NC 4.0",
    suites=("choices", "quick"),
    macro="subject",
)
PROMPTS = {
    "letter": "{question}\n{options}\n\n只回复正确选项的字母。",
    "cot": "{question}\n{options}\n\n请一步一步思考。最后一行写“答案是”和正确选项的字母。",
    "qa": "{question}\n{options}\n答案：",  # for a base model, with --shots
}


cmmlu = Choices("cmmlu", CMMLU, question="Question", options=("A", "B", "C", "D"), right="Answer", tags={"subject": subject_of})


@cases(cmmlu, prompts=PROMPTS, extract=stated_choice, examples=Examples("dev", by="subject", shots=5), card=CARD)
def test_cmmlu(case: Case, answer: str | None) -> None:
    assert answer == case.answer
