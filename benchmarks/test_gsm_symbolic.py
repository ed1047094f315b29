"""GSM-Symbolic: templates of GSM8K problems, 50 instances of each; gsm_symbolic-main, and harder p1 and p2 (Mirzadeh et al. 2024,
arXiv:2410.05229).

A row, made up here in the dataset's form; ``id`` is the template's::

    {"id": 3, "instance": 12, "question": "A baker fills 6 trays with 7 rolls each and eats 2 rolls. How many are left?",
     "answer": "6 * 7 = 42\\n42 - 2 = 40\\n#### 40", "original_id": 17}

Instances of one template are right and wrong together, so intervals and paired tests are over templates. The licence lets nobody pass on
changed rows: they are asked as they are. The 2,500 rows of p2 were read here, in the authors' repository (apple/ml-gsm-symbolic), where
each configuration is a file: ``-k gsm_symbolic-p2 --source GSM_p2.jsonl``. No commit of the hub is known, so reports call it unpinned.
There are no made rows, and no published number whose setting is known was found.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.extractors import last_number

SYMBOLIC = {config: Hub("apple/GSM-Symbolic", config) for config in ("main", "p1", "p2")}
CARD = Card(
    version=1,
    measures="instances of templates of GSM8K problems",
    hub=SYMBOLIC["main"],
    rows="5,000 main, 5,000 p1, 2,500 p2",
    licence="CC BY-NC-ND 4.0",
    suites=("maths", "quick"),
    cluster="template",
)
PROMPTS = {
    "cot": """\
{question}

Think step by step, one calculation per line. End with a line "The answer is" and the number.""",
    "boxed": "{question}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
    "question": "{question}",  # for a model whose own system prompt says how to reply
}


def gsm_symbolic(source: Source, prompt: str, config: str) -> Iterator[Case]:
    for row in source.rows(SYMBOLIC[config]):
        tags = {"template": str(row["id"])}
        yield Case(f"gsm_symbolic-{config}-{row.id}", row.prompt(prompt), row.number("answer"), tags=tags)


@cases(gsm_symbolic, prompts=PROMPTS, extract=last_number, configs=tuple(SYMBOLIC), card=CARD)
def test_gsm_symbolic(case: Case, answer: str | None) -> None:
    assert answer == case.answer
