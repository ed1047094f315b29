r"""MATH-500: 500 of the competition problems of MATH, answered with an expression (Lightman et al. 2023, arXiv:2305.20050).

A row, made up here in the dataset's form::

    {"problem": "What is $\\frac{1}{2}$ of $3\\sqrt{5}$?", "solution": "Half of it is $\\boxed{\\frac{3\\sqrt{5}}{2}}$.",
     "answer": "\\frac{3\\sqrt{5}}{2}", "subject": "Prealgebra", "level": 1, "unique_id": "test/prealgebra/1.json"}

An answer is right where it has the gold's value, however it is written (``same_expression``); what that cannot tell is undecided, and is
counted apart. The commit was read in harnesses that pin it; the 500 rows were read here in another file. All of MATH is asked with
``--source FILE``: a row without ``answer`` has it in the last box of its ``solution``. There are no made rows.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.expressions import same_expression
from itemwise.extractors import stated_expression

MATH500 = Hub("HuggingFaceH4/MATH-500", revision="6e4ed1a2a79af7d8630a6b768ec859cb5af4d3be")
CARD = Card(
    version=2,
    measures="competition mathematics, expressions",
    hub=MATH500,
    rows="500",
    licence="MIT",
    suites=("maths", "quick"),
)
PROMPTS = {
    "boxed": "{problem}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
    "question": "{problem}",  # for a model whose own system prompt says how to reply
}


def math500(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(MATH500):
        answer = row.text("answer", "") or stated_expression(row.text("solution"))
        if not answer:
            raise row.error("solution", "it states no answer; give the column answer.")
        tags = {"subject": row.text("subject" if "subject" in row else "type"), "level": str(row["level"]).removeprefix("Level ")}
        yield Case(f"math500-{row.id}", row.prompt(prompt), str(answer), tags=tags, solution=row.text("solution", ""))


@cases(math500, prompts=PROMPTS, extract=stated_expression, card=CARD)
def test_math500(case: Case, answer: str | None) -> None:
    assert same_expression(answer, case.answer)
