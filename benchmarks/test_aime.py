"""AIME: 30 competition problems a year, whose answer is a whole number from 0 to 999; aime-24, aime-25 and aime-26.

A row, made up here in the form of 2025 and 2026; that of 2024 has ``Problem`` and ``Answer``, in its split ``train``::

    {"id": "1", "problem": "Find the least positive integer with exactly 12 divisors.", "answer": "60"}

Thirty problems tell little: repeat each (``--repeats 16``), with a token limit that lets a model think (``--max-new-tokens 16384``). The
schemas were read in a harness that pins these commits; the 90 rows were read here, in other files. ``--source aime`` takes a folder of the
folders ``24``, ``25`` and ``26``. There are no made rows, and no examples. Published numbers are means over many samples with settings of
their own; none whose setting is fully known was found.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.extractors import last_number

AIME = {
    "24": Hub("Maxwell-Jia/AIME_2024", split="train", revision="8d88b2876a82a080e2f172cc9b25d0d9d2cb4792", only_split=True),
    "25": Hub("math-ai/aime25", revision="563bb8404243c5f09de6ec262f2db674fe5bce9b"),
    "26": Hub("math-ai/aime26", revision="79037aebdb6580008fb960d17cb21fd3099083e3"),
}
CARD = Card(
    version=1,
    measures="competition mathematics, whole numbers",
    hub=AIME["26"],
    rows="3 x 30",
    licence="the problems are the MAA's; for checks only",
    suites=("maths", "quick"),
)
PROMPTS = {
    "boxed": "{question}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
    "question": "{question}",  # for a model whose own system prompt says how to reply
}


def aime(source: Source, prompt: str, config: str) -> Iterator[Case]:
    for row in source.rows(AIME[config]):
        question, answer = ("Problem", "Answer") if "Problem" in row else ("problem", "answer")
        yield Case(f"aime-{config}-{row.id}", prompt.format(question=row.text(question)), row.number(answer))


@cases(aime, prompts=PROMPTS, extract=last_number, configs=tuple(AIME), card=CARD)
def test_aime(case: Case, answer: str | None) -> None:
    assert answer == case.answer
