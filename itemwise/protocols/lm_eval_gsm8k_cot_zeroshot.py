"""lm-evaluation-harness, task gsm8k_cot_zeroshot (version 3): no examples, a request to think step by step."""

from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.protocols.lm_eval_gsm8k_cot import READER
from itemwise.protocols.lm_eval_tasks import DECODING, FLEXIBLE, MAX_NEW_TOKENS, cases_of
from itemwise.protocols.protocol import Protocol


def gsm8k_cot_zeroshot(source: Source, prompt: str) -> Iterator[Case]:
    """A row's question."""
    return cases_of(source, prompt, ["Q:"])


PROTOCOL = Protocol(
    "lm-eval/gsm8k_cot_zeroshot",
    "gsm8k",
    gsm8k_cot_zeroshot,
    "Q: {question}\nA: Let's think step by step.",
    Examples("train", before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    READER,
    (FLEXIBLE,),
    DECODING,
)
