"""lm-evaluation-harness, tasks mmlu (version 1): the likeliest of four letters, behind a line on the subject and its 5 rows of dev."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.choices import Choices, subject_of
from itemwise.cases.examples import Examples
from itemwise.cases.row import Hub
from itemwise.cases.source import Source
from itemwise.protocols.lm_eval_choices import WHOLE_REPLY
from itemwise.protocols.lm_eval_tasks import DECODING, MAX_NEW_TOKENS, task_file
from itemwise.protocols.protocol import Protocol

MMLU = Hub("cais/mmlu", "all", revision="c30699e8356da336a370243923dbaf21066bb9fe")
_ROWS = Choices("mmlu", MMLU, question="question", options="choices", right="answer", tags={"subject": subject_of})


def mmlu(source: Source, prompt: str) -> Iterator[Case]:
    """A row's question behind the line on its subject, which stands once before all examples."""
    for case in _ROWS(source, prompt):
        described = partial(_described, case, _line_of(case.tags["subject"]))
        yield replace(case, prompt=described(case.choices), prompt_for=described)


@cache
def _line_of(subject: str) -> str:
    """The line on a subject. Raises RowsError where lm_eval is not installed, or has no such subject."""
    return str(task_file(f"mmlu_{subject}.yaml", "mmlu/default")["description"]).strip()


def _described(case: Case, line: str, options: Sequence[str]) -> Sequence[Turn]:
    assert case.prompt_for is not None
    return [Turn("system", line), Turn("user", str(case.prompt_for(options)))]


PROTOCOL = Protocol(
    "lm-eval/mmlu",
    "mmlu",
    mmlu,
    "{question}\n{options}\nAnswer:",
    Examples("dev", by="subject", shots=5, before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    WHOLE_REPLY,
    decoding=DECODING,
    strategy="likelihood",
)
