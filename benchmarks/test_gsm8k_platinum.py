"""GSM8K-Platinum: GSM8K's test rows, wrong answers corrected and ambiguous questions taken out (Vendrow et al. 2025, arXiv:2502.03461).

A row has GSM8K's columns, and ``cleaning_status``, which says what became of it. The prompts are GSM8K's own, so that the two compare.

Source: ``madrylab/gsm8k-platinum`` on the Hugging Face hub, configuration ``main``, 1,209 rows in ``test``, its only split. No commit of
it could be confirmed, so reports call it unpinned. There are no made rows. Few-shot as published: ``--protocol lm-eval/gsm8k_platinum``.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.extractors import last_number

PLATINUM = Hub("madrylab/gsm8k-platinum", "main", split="test")
CARD = Card(
    version=1,
    measures="GSM8K without its wrong and ambiguous rows",
    hub=PLATINUM,
    rows="1,209",
    licence="CC BY-SA 4.0, from memory",
    suites=("maths", "quick"),
)

PROMPTS = {
    "cot": """\
{question}

Think step by step, one calculation per line. End with a line "The answer is" and the number.""",
    "boxed": """\
{question}

Please reason step by step, and put your final answer within \\boxed{{}}.""",
    "question": "{question}",  # for a model whose own system prompt says how to reply
}


def gsm8k_platinum(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(PLATINUM):
        tags = {"cleaning_status": row.text("cleaning_status")} if "cleaning_status" in row else {}
        yield Case(f"gsm8k_platinum-{row.id}", row.prompt(prompt), row.number("answer"), tags=tags)


@cases(gsm8k_platinum, prompts=PROMPTS, extract=last_number, card=CARD)
def test_gsm8k_platinum(case: Case, answer: str | None) -> None:
    assert answer == case.answer
