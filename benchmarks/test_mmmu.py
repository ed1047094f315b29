"""MMMU: college questions of 30 subjects with up to seven pictures, by options or a free answer (Yue et al. 2023, arXiv:2311.16502).

A row, made up here in the dataset's form; ``options`` is the text of a Python list, read as a literal, and pictures are null where a row
has fewer. A free answer may be the text of a list of answers of which each is right::

    {"id": "validation_Music_7", "question": "Which note does <image 1> show?", "options": "['C', 'F', '<image 2>']", "answer": "B",
     "question_type": "multiple-choice", "image_1": {"path": "1.png"}, "image_2": {"path": "2.png"}, "image_3": null}

The hub has a configuration for each subject, which are read one after another; the commit is one that another project names. Schema and
placing of pictures were read in three harnesses; of the 900 rows options and answers were read here in the authors' repository (847 with
options, three answers that are lists), neither questions nor pictures. There are no made rows.
"""

from itemwise import ANSWER_PROMPTS, Card, Case, Choices, Hub, Row, cases
from itemwise.extractors import OR, stated_answer

SUBJECTS = (
    *("Accounting", "Agriculture", "Architecture_and_Engineering", "Art", "Art_Theory", "Basic_Medical_Science", "Biology", "Chemistry"),
    *("Clinical_Medicine", "Computer_Science", "Design", "Diagnostics_and_Laboratory_Medicine", "Economics", "Electronics"),
    *("Energy_and_Power", "Finance", "Geography", "History", "Literature", "Manage", "Marketing", "Materials", "Math"),
    *("Mechanical_Engineering", "Music", "Pharmacy", "Physics", "Psychology", "Public_Health", "Sociology"),
)
REVISION = "171b0ef74cd1704464e6940860968009d8cdd59a"
MMMU = [Hub("MMMU/MMMU", subject, "validation", REVISION) for subject in SUBJECTS]
CARD = Card(
    version=1,
    measures="college knowledge of 30 subjects with pictures",
    hub=MMMU[0],
    rows="900 (validation)",
    licence="Apache-2.0",
    suites=("pictures", "quick"),
    macro="subject",
)


def subject(row: Row) -> str:
    return row.text("id").split("_", 1)[-1].rpartition("_")[0]


def free_answer(row: Row) -> str:
    answer = row.text("answer")
    return OR.join(row.spelled_options("answer")) if answer.startswith("[") else answer


mmmu = Choices(
    *("mmmu", MMMU, "question", "options", "answer"),
    tags={"subject": subject},
    picture=[f"image_{number}" for number in range(1, 8)],
    key="id",
    free=free_answer,
)


@cases(mmmu, prompts=ANSWER_PROMPTS, extract=stated_answer, pictures=True, card=CARD)
def test_mmmu(case: Case, answer: str | None) -> None:
    assert answer == case.answer
