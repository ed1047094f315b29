"""HallusionBench: yes or no about charts, maps and illusions, each question about several figures (Guan et al. 2023, arXiv:2310.14566).

A row, made up here in the dataset's form; ``gt_answer`` is 1 for yes, and figures of one set are changed so that the answer changes::

    {"category": "VS", "subcategory": "chart", "set_id": "3", "figure_id": "1", "question_id": "0", "visual_input": "1",
     "question": "Is the bar of May the tallest?", "gt_answer": "1", "filename": "7.png", "image": {"path": "7.png"}}

Under "Means" stand the shares of questions that are right about all their figures (the field's qAcc) and of figures that are right in all
their questions (fAcc), where the whole split is asked (``--sample all``); the accuracy of the cases is its aAcc. Beside it stands what
always saying yes, or no, would score. Intervals are over sets. Here a word decides; the published numbers were judged by GPT-4. Schema and
groups were read in two harnesses; the 951 rows (401 of them yes, 167 sets) were read here in the authors' repository, without their
figures. No commit of the hub is known, so reports call it unpinned. There are no made rows.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Row, Source, cases
from itemwise.extractors import stated_yes_no

HALLUSION = Hub("lmms-lab-encoder/HallusionBench", split="image")
ANSWERS = {"0": "no", "1": "yes"}
CARD = Card(
    version=1,
    measures="illusions and changed figures, yes or no",
    hub=HALLUSION,
    rows="951 (image)",
    licence="BSD-3-Clause, from memory",
    suites=("pictures", "quick"),
    cluster="set",
    whole=("question", "figure"),
)
PROMPTS = {
    "short": "{question}\n\nReply with yes or no only.",
    "cot": '{question}\n\nThink step by step. End with a line "The answer is" and yes or no.',
}


def hallusion_bench(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(HALLUSION):
        if (answer := ANSWERS.get(str(row["gt_answer"]))) is None:
            raise row.error("gt_answer", f"{row['gt_answer']!r} is no answer; give 1 for yes or 0 for no.")
        yield Case(f"hallusion_bench-{row.id}", row.prompt(prompt), answer, groups(row), row.picture("image"))


def groups(row: Row) -> dict[str, str]:
    kind = {"category": row.text("category"), "subcategory": row.text("subcategory")}
    of = "-".join([*kind.values(), str(row["set_id"])])
    return {**kind, "set": of, "question": f"{of}-{row['question_id']}", "figure": f"{of}-{row['figure_id']}"}


@cases(hallusion_bench, prompts=PROMPTS, extract=stated_yes_no, pictures=True, card=CARD)
def test_hallusion_bench(case: Case, answer: str | None) -> None:
    assert answer == case.answer
