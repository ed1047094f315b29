"""lm-evaluation-harness, task gsm8k_cot (version 3): the 8 chains of thought of Wei et al. (2022, arXiv:2201.11903)."""

from collections.abc import Iterable, Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.protocols.lm_eval_tasks import DECODING, FLEXIBLE, MAX_NEW_TOKENS, cases_of, examples_of_task, match_reader
from itemwise.protocols.protocol import Protocol

__all__ = ["READER", "after_hashes"]

READER = match_reader("lm-eval-answer-is", r"The answer is (\-?[0-9\.\,]+).")  # the last character of the match is any, even a digit


def gsm8k_cot(source: Source, prompt: str) -> Iterator[Case]:
    """A row's question; its gold is what follows the last ####."""
    return cases_of(source, prompt, ["Q:"], after_hashes)


def after_hashes(answer: str) -> str:
    """The reference in a row's answer."""
    return answer.split("####")[-1].strip()


def examples(prompt: str) -> Iterable[Case]:
    """Those of the task's own file."""
    return examples_of_task("gsm8k-cot.yaml", prompt)


PROTOCOL = Protocol(
    "lm-eval/gsm8k_cot",
    "gsm8k",
    gsm8k_cot,
    "Q: {question}\nA:",
    Examples(examples, shots=8, before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    READER,
    (FLEXIBLE,),
    DECODING,
)
