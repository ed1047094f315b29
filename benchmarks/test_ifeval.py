"""IFEval: prompts with instructions that a program can check, such as at least 300 words (Zhou et al. 2023, arXiv:2311.07911).

A row, made up here in the dataset's form::

    {"key": 1, "prompt": "Write a note to a neighbour in at least 20 words. Use no commas.",
     "instruction_id_list": ["length_constraints:number_words", "punctuation:no_comma"],
     "kwargs": [{"relation": "at least", "num_words": 20}, {}]}

Right is a reply that follows all instructions (the published prompt-level accuracy, strict). ``score`` counts the instructions
(instruction level, strict); ``score.loose`` and ``score.prompt-loose`` are the same where a reply's asterisks, its first or its last line
are let pass. The 541 rows are the dataset's ``train``, its only split, so that there are no examples; all were read here. There are no
made rows. Published numbers allow a reply 1,280 tokens: ``--max-new-tokens 1280``. The checks are our own, with the verdicts of those of
lm-evaluation-harness (version 4 of its task) on the replies of GPT-4 and on made ones; they need the extra ``ifeval``.
"""

from collections.abc import Callable, Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.instructions import Instruction, followed, followed_scores, require_libraries

IFEVAL = Hub("google/IFEval", split="train", revision="966cd89545d6b6acfd7638bc708b98261ca58e84", only_split=True)
CARD = Card(
    version=1,
    measures="instructions on a reply's form",
    hub=IFEVAL,
    rows="541",
    licence="Apache-2.0",
    suites=("quick",),
    published=(
        "GPT-4 (November 2023) 76.9% of prompts and 83.6% of instructions, strict; 79.3% and 85.4%, loose (Zhou et al. 2023, table 3)",
    ),
)


def ifeval(source: Source) -> Iterator[Case]:
    for row in source.rows(IFEVAL):
        require_libraries()
        kinds, arguments = row["instruction_id_list"], row["kwargs"]
        asked = [
            Instruction(kind, {name: value for name, value in given.items() if value is not None})
            for kind, given in zip(kinds, arguments, strict=True)
        ]
        yield Case(f"ifeval-{row.id}", row.text("prompt"), "\n".join(map(str, asked)), tags={"instructions": str(len(asked))})


@cases(ifeval, extract=followed, card=CARD)
def test_ifeval(case: Case, answer: str | None, record_property: Callable[[str, object], None]) -> None:
    for name, score in followed_scores(case, answer).items():
        record_property(name, score)
    assert answer == case.answer
