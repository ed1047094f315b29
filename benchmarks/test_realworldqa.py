"""RealWorldQA: questions about photographs, many taken from a car, answered by a letter, a word or a number (xAI 2024).

A row, made up here in the dataset's form; the options stand in the question, and behind them how to reply, which the prompt says instead::

    {"question": "What must the driver do?\\nA. Stop.\\nB. Turn left.\\nC. Go on.\\nPlease answer with the letter of the right option.",
     "answer": "A", "image": {"path": "7.webp"}}

The schema and how answers are compared were seen in two harnesses; the 765 rows were read here in another repository, which keeps the
options apart and no pictures: 438 have options, one of them without the dot behind a letter and one with the right option's text for its
letter, which are read as they are meant. No commit of the hub is known, so reports call it unpinned. There are no made rows, and no
published number whose setting is known was found.
"""

import re

from itemwise import ANSWER_PROMPTS, Card, Case, Choices, Hub, Row, cases, inline_options
from itemwise.extractors import stated_answer

HOW_TO_REPLY = re.compile(r"\s*\bPlease answer directly with [^\n]*\Z")
REAL = Hub("lmms-lab-encoder/RealWorldQA")
CARD = Card(
    version=2,
    measures="space and traffic in photographs",
    hub=REAL,
    rows="765",
    licence="CC BY-ND 4.0",
    suites=("pictures", "quick"),
)


def question(row: Row) -> str:
    return HOW_TO_REPLY.sub("", inline_options(row.text("question")).question)


def options(row: Row) -> tuple[str, ...]:
    return inline_options(row.text("question")).options


real = Choices("realworldqa", REAL, question, options, right="answer", picture="image", free="answer")


@cases(real, prompts=ANSWER_PROMPTS, extract=stated_answer, pictures=True, card=CARD)
def test_realworldqa(case: Case, answer: str | None) -> None:
    assert answer == case.answer
