"""SVAMP: one-step word problems, told so that a reader who only looks for numbers goes wrong (Patel et al. 2021, arXiv:2103.07191).

A row, made up here in the dataset's form::

    {"ID": "chal-1", "Body": "Mia has 9 pens and 5 books. She gives 2 pens away", "Question": "How many pens has she left?",
     "Equation": "( 9.0 - 2.0 )", "Answer": 7.0, "Type": "Subtraction"}

The hub has 300 rows in ``test`` and 700 in ``train``; others ask all 1,000, which were read here. There are no made rows.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Examples, Hub, Source, cases
from itemwise.extractors import last_number

SVAMP = Hub("ChilleD/SVAMP", split="test", revision="5e0bf1e5e7c0e9c4bc39180d224f41f3f801b7ef")
CARD = Card(
    version=1,
    measures="one-step word problems with numbers that are not needed",
    hub=SVAMP,
    rows="300",
    licence="MIT",
    suites=("maths", "quick"),
    published=("Qwen2.5-7B-Instruct 85.4%, zero-shot chain of thought (SLM-MATRIX, npj Computational Materials 2025, table 1)",),
)

PROMPTS = {
    "cot": """\
{body} {Question}

Think step by step, one calculation per line. End with a line "The answer is" and the number.""",
    "boxed": """\
{body} {Question}

Please reason step by step, and put your final answer within \\boxed{{}}.""",
    "qa": "Question: {body} {Question}\nAnswer:",  # for a base model, with --shots
}


def svamp(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(SVAMP):
        body = row.text("Body").strip()
        body += "" if body.endswith((".", "?", "!")) else "."  # a third of them lack it
        kind = row.text("Type").replace("Divison", "Division")  # as some rows spell it
        gold = row.number("Answer")
        yield Case(f"svamp-{row.id}", row.prompt(prompt, body=body), gold, tags={"type": kind}, solution=f"The answer is {gold}.")


@cases(svamp, prompts=PROMPTS, extract=last_number, examples=Examples("train"), card=CARD)
def test_svamp(case: Case, answer: str | None) -> None:
    assert answer == case.answer
