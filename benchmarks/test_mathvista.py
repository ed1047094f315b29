"""MathVista: mathematics in charts, figures and photographs, by options, a number or a list (Lu et al. 2023, arXiv:2310.02255).

A row, made up here in the dataset's form; with options the answer is the text of one, and a decimal number counts to ``precision`` places::

    {"pid": "7", "question": "How tall is the bar of May?", "choices": null, "answer": "1.2", "unit": "cm", "precision": 1.0,
     "question_type": "free_form", "answer_type": "float", "metadata": {"task": "figure question answering"},
     "decoded_image": {"path": "7.png"}}

The 1,000 rows of ``testmini``; the commit is one that another project names. Schema and how answers are compared were read in two
harnesses, the rows here in the authors' repository, without their pictures; both harnesses have an answer of another form judged by a
model, which is not done here. There are no made rows, and no published number whose setting is known was found.
"""

from decimal import Decimal

from itemwise import ANSWER_PROMPTS, Card, Case, Choices, Hub, Row, cases
from itemwise.extractors import stated_answer

VISTA = Hub("AI4Math/MathVista", split="testmini", revision="2b6ad69445fbb5695c9b165475e8decdbeb97747")
CARD = Card(
    version=1,
    measures="mathematics in charts, figures and photographs",
    hub=VISTA,
    rows="1,000 (testmini)",
    licence="CC BY-SA 4.0",
    suites=("pictures", "quick"),
)


def question(row: Row) -> str:
    unit = row.text("unit", "")
    return row.text("question") + (f" (Unit: {unit})" if unit else "")


def options(row: Row) -> tuple[str, ...]:
    return row.options("choices") if row.get("choices") else ()


def right(row: Row) -> int:
    choices, answer = options(row), row.text("answer")
    if answer not in choices:
        raise row.error("answer", f"{answer!r} is none of the choices {', '.join(choices)}.")
    return choices.index(answer)


def places(row: Row) -> str:
    """To how many decimal places a number counts; of whole numbers and words nothing is rounded."""
    return str(int(row["precision"])) if row.get("answer_type") == "float" and row.get("precision") else "-"


vista = Choices(
    *("mathvista", VISTA, question, options, right),
    tags={"answer_type": lambda row: row.text("answer_type"), "task": lambda row: row["metadata"]["task"], "places": places},
    picture="decoded_image",
    free="answer",
)


def rounded(answer: str | None, places: str) -> str | None:
    """The number to so many places, where there are any; a fraction stays as it is."""
    if answer is None or places == "-" or "/" in answer:
        return answer
    return f"{Decimal(answer):.{places}f}"


@cases(vista, prompts=ANSWER_PROMPTS, extract=stated_answer, pictures=True, card=CARD)
def test_mathvista(case: Case, answer: str | None) -> None:
    places = case.tags["places"]
    assert rounded(answer, places) == rounded(case.answer, places)
