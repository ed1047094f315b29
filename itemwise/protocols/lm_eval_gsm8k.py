"""lm-evaluation-harness, task gsm8k (version 3): 5 examples drawn anew for each row, the worked answers of train as they stand."""

from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.protocols.lm_eval_tasks import DECODING, FLEXIBLE, MAX_NEW_TOKENS, STRICT_HASHES, cases_of, one_stream
from itemwise.protocols.protocol import Protocol


def gsm8k(source: Source, prompt: str) -> Iterator[Case]:
    """A row's question; the solution of an example is its whole answer."""
    return cases_of(source, prompt, ["Question:"])


PROTOCOL = Protocol(
    "lm-eval/gsm8k",
    "gsm8k",
    gsm8k,
    "Question: {question}\nAnswer:",
    Examples("train", shots=5, rule=one_stream, before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    STRICT_HASHES,
    (FLEXIBLE,),
    DECODING,
)
