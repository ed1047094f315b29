"""MATH-Vision: competition problems with a picture, by five options or a free answer (Wang et al. 2024, arXiv:2402.14804).

A row, made up here in the dataset's form; without options the answer is a number or words, or a letter that the picture shows::

    {"id": "7", "question": "How many squares are in the figure?\\n<image1>", "options": ["3", "4", "5", "6", "7"], "answer": "C",
     "solution": null, "level": 2, "subject": "counting", "image": "images/7.jpg"}

The 304 rows of ``testmini`` and their pictures were read here, in the authors' repository (mathllm/MATH-V): ``--source`` takes a folder
with that file and ``images``. On the hub the pictures stand in ``decoded_image``, as a harness that reads them shows; no commit of it is
known here, so reports call it unpinned. One picture holds all that ``<image1>`` and others name. There are no made rows, and no published
number whose setting is known was found.
"""

from itemwise import Card, Case, Choices, Hub, Picture, Row, cases
from itemwise.extractors import stated_answer

VISION = Hub("MathLLMs/MathVision", split="testmini")
CARD = Card(
    version=1,
    measures="competition mathematics with a picture",
    hub=VISION,
    rows="304 (testmini)",
    licence="MIT",
    suites=("pictures", "quick"),
)
PROMPTS = {
    "boxed": "{question}\n{options}\n\nThink step by step. Put the answer in \\boxed{{}}: where there are options, the letter of one.",
    "short": "{question}\n{options}\n\nReply with the answer only: where there are options, with the letter of one.",
}


def picture_of(row: Row) -> Picture | None:
    return row.picture("decoded_image") or row.picture("image")


vision = Choices(
    *("math_vision", VISION, "question", "options", "answer"),
    tags={"subject": lambda row: row.text("subject"), "level": lambda row: str(row["level"])},
    picture=picture_of,
    free="answer",
)


@cases(vision, prompts=PROMPTS, extract=stated_answer, pictures=True, card=CARD)
def test_math_vision(case: Case, answer: str | None) -> None:
    assert answer == case.answer
