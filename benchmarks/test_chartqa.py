"""ChartQA: questions about charts, answered by a number, of which 5% is allowed, or by words (Masry et al. 2022, arXiv:2203.10244).

A row, made up here in the dataset's form; ``type`` says whether a person asked or a program::

    {"question": "How much rice was sold in May?", "answer": "120", "type": "human_test", "image": {"path": "7.png"}}

A number is right within 5% of the gold, as the paper has it; for a year that forgives almost any, and a gold of 0 nothing. Words must be
the same, whatever their case. The percent sign is left out on both sides, where harnesses take 35% for 0.35. The schema and how answers are
compared were read in two harnesses, no row was read here; no commit is known, so reports call it unpinned. There are no made rows, and no
published number whose setting is known was found.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases, gold_answer
from itemwise.extractors import relaxed, stated_answer

CHARTS = Hub("lmms-lab-encoder/ChartQA")
CARD = Card(
    version=1,
    measures="reading charts, numbers within 5%",
    hub=CHARTS,
    rows="2,500",
    licence="GPL-3.0",
    suites=("pictures", "quick"),
)
PROMPTS = {
    "short": "{question}\n\nReply with a single word, name or number only.",
    "cot": '{question}\n\nThink step by step. End with a line "The answer is" and a single word, name or number.',
}


def chartqa(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(CHARTS):
        gold, tags = gold_answer(row.text("answer")), {"type": row.text("type")}
        yield Case(f"chartqa-{row.id}", row.prompt(prompt), gold, tags, row.picture("image"))


@cases(chartqa, prompts=PROMPTS, extract=stated_answer, pictures=True, card=CARD)
def test_chartqa(case: Case, answer: str | None) -> None:
    assert relaxed(answer, case.answer)
