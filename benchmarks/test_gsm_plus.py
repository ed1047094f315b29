"""GSM-Plus: each problem of GSM8K in eight variations, one of which cannot be solved (Li et al. 2024, arXiv:2402.19255).

A row, made up here in the dataset's form; ``answer`` is None where a premise was taken away (``critical thinking``)::

    {"question": "A baker fills some trays with 7 rolls each and eats 2 rolls. How many are left?", "answer": "None",
     "solution": "The number of trays is not given.\\n#### None", "perturbation_type": "critical thinking",
     "seed_question": "A baker fills 6 trays with 7 rolls each and eats 2 rolls. How many are left?", "seed_answer": "40"}

There to say that it cannot be told is the answer, ``unanswerable``; elsewhere it is a wrong one. ``cot`` tells the model so, ``plain``
does not. Intervals are over the problems that are varied. The 2,400 rows of ``testmini`` were read here, in the authors' repository
(qtli/GSM-Plus); no commit of the hub is known, so reports call it unpinned. There are no made rows, and no published number whose setting
is known was found.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.extractors import UNANSWERABLE, number_or_unanswerable

PLUS = Hub("qintongli/GSM-Plus")
CARD = Card(
    version=1,
    measures="GSM8K in eight variations, one unsolvable",
    hub=PLUS,
    rows="10,552",
    licence="CC BY-SA 4.0, from memory",
    suites=("maths", "quick"),
    cluster="seed",
)
PROMPTS = {
    "cot": """\
{question}

Think step by step, one calculation per line. End with a line "The answer is" and the number; where the problem lacks what it takes, with
"The answer is unanswerable".""",
    "plain": """\
{question}

Think step by step, one calculation per line. End with a line "The answer is" and the number.""",
}


def gsm_plus(source: Source, prompt: str) -> Iterator[Case]:
    seeds: dict[str, int] = {}
    for row in source.rows(PLUS):
        seed = seeds.setdefault(row.text("seed_question"), len(seeds))
        gold = UNANSWERABLE if row.text("answer") == "None" else row.number("answer")
        tags = {"variation": row.text("perturbation_type"), "seed": str(seed)}
        yield Case(f"gsm_plus-{row.id}", row.prompt(prompt), gold, tags=tags)


@cases(gsm_plus, prompts=PROMPTS, extract=number_or_unanswerable, card=CARD)
def test_gsm_plus(case: Case, answer: str | None) -> None:
    assert answer == case.answer
