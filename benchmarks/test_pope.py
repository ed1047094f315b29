"""POPE: is there such an object in the photograph? Half of the answers are yes (Li et al. 2023, arXiv:2305.10355).

A row, made up here in the dataset's form; ``category`` says how the objects that are not there were chosen::

    {"id": "7", "question_id": "7", "question": "Is there a kite in the image?", "answer": "yes", "category": "adversarial",
     "image_source": "made_000007", "image": {"path": "7.png"}}

Beside the accuracy stands what always saying yes, or no, would score; under "Yes or no" precision, recall, F1 and the share of yes, of all
and of each category. Several questions ask about one photograph, so intervals are over photographs. A reply that describes and says neither
yes nor no has no answer; harnesses that take such a reply for a no score it. The schema was read in two harnesses; the questions were read
here in the authors' repository, without the photographs: 9,000 on 500 of them, 1,500 of each answer in each category. No commit of the hub
is known, so reports call it unpinned. There are no made rows, and no published number whose setting is known was found.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases, gold_answer
from itemwise.extractors import stated_yes_no

POPE = Hub("lmms-lab-encoder/POPE")
CARD = Card(
    version=1,
    measures="objects that are not there, yes or no",
    hub=POPE,
    rows="9,000",
    licence="MIT; the photographs are COCO's",
    suites=("pictures", "quick"),
    cluster="photograph",
)
PROMPTS = {
    "short": "{question}\n\nReply with yes or no only.",
    "cot": '{question}\n\nThink step by step. End with a line "The answer is" and yes or no.',
}


def pope(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(POPE):
        tags = {"category": row.text("category"), "photograph": row.text("image_source")}
        yield Case(f"pope-{row.id}", row.prompt(prompt), gold_answer(row.text("answer")), tags, row.picture("image"))


@cases(pope, prompts=PROMPTS, extract=stated_yes_no, pictures=True, card=CARD)
def test_pope(case: Case, answer: str | None) -> None:
    assert answer == case.answer
