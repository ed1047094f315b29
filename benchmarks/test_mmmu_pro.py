"""MMMU-Pro: what of MMMU needs the pictures, with up to ten options (mmmu_pro-standard) or wholly within a picture (mmmu_pro-vision)
(Yue et al. 2024, arXiv:2409.02813).

A row, made up here in the dataset's form; those of ``vision`` have ``image`` in the place of a question, which that picture holds with its
options, so that their order cannot be shuffled::

    {"id": "test_Music_7", "question": "Which note does <image 1> show?", "options": "['C', 'D', 'E', 'F', 'G', 'A']", "answer": "D",
     "subject": "Music", "image_1": {"path": "1.png"}, "image_2": null}

Schema and configurations were read in two harnesses; all rows were read here in the replies that the authors' repository keeps, without
their pictures. No commit of the hub is known, so reports call it unpinned. Of the 1,730 rows 1,214 have ten options and one has twelve; one
has its options in a list within a list, which is read as they are. The ``vision`` rows' text holds no option, as one of the harnesses asks
them. There are no made rows.
"""

from collections.abc import Iterator

from itemwise import CHOICE_PROMPTS, Card, Case, Choices, Hub, Source, cases
from itemwise.extractors import stated_choice

PRO = {
    "standard": Hub("MMMU/MMMU_Pro", "standard (10 options)"),
    "vision": Hub("MMMU/MMMU_Pro", "vision"),
}
CARD = Card(
    version=1,
    measures="MMMU without what text alone answers",
    hub=PRO["standard"],
    rows="1,730 standard, 1,730 vision",
    licence="Apache-2.0",
    suites=("choices", "pictures", "quick"),
    macro="subject",
)
PROMPTS = {name: CHOICE_PROMPTS[name] for name in ("letter", "cot")}
IN_THE_PICTURE = "The picture shows a question and its options."

standard = Choices(
    *("mmmu_pro", PRO, "question", "options", "answer"),
    tags=("subject",),
    picture=[f"image_{number}" for number in range(1, 8)],
    key="id",
)


def mmmu_pro(source: Source, prompt: str, config: str) -> Iterator[Case]:
    if config == "standard":
        yield from standard(source, prompt, config=config)
        return
    asked = prompt.replace("\n{options}", "").format(question=IN_THE_PICTURE)
    for row in source.rows(PRO[config]):
        name, tags = f"mmmu_pro-vision-{row.text('id')}", {"subject": row.text("subject")}
        yield Case(name, asked, row.text("answer"), tags, row.picture("image"), row.spelled_options("options"))


@cases(mmmu_pro, prompts=PROMPTS, extract=stated_choice, pictures=True, configs=tuple(PRO), card=CARD)
def test_mmmu_pro(case: Case, answer: str | None) -> None:
    assert answer == case.answer
