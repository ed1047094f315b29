"""lm-evaluation-harness, task gsm8k_platinum (version 3): as gsm8k, its examples drawn among the other rows that are asked."""

from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.row import Hub
from itemwise.cases.source import Source
from itemwise.protocols.lm_eval_tasks import DECODING, FLEXIBLE, MAX_NEW_TOKENS, STRICT_HASHES, cases_of, one_stream_of_others
from itemwise.protocols.protocol import Protocol

PLATINUM = Hub("madrylab/gsm8k-platinum", "main", split="test")


def gsm8k_platinum(source: Source, prompt: str) -> Iterator[Case]:
    """A row's question; the solution of an example is its whole answer."""
    return cases_of(source, prompt, ["Question:"], hub=PLATINUM, name="gsm8k_platinum")


PROTOCOL = Protocol(
    "lm-eval/gsm8k_platinum",
    "gsm8k_platinum",
    gsm8k_platinum,
    "Question: {question}\nAnswer:",
    Examples("test", shots=5, rule=one_stream_of_others, leave_one_out=True, before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    STRICT_HASHES,
    (FLEXIBLE,),
    DECODING,
)
