"""Qwen2.5-Math's gsm8k (evaluation/sh/eval.sh, prompt type qwen25-math-cot): no examples, a box for the answer, 2,048 tokens.

It writes Qwen's chat template out by hand, which is what a Qwen2.5 model is asked here; another model is asked in its own.
"""

from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.protocols.gsm8k_rows import gsm8k_cases
from itemwise.protocols.protocol import Protocol
from itemwise.protocols.qwen_math_extractor import QWEN_MATH

__all__ = ["STOP", "SYSTEM"]

SYSTEM = Turn("system", "Please reason step by step, and put your final answer within \\boxed{}.")
STOP = ("</s>", "<|im_end|>", "<|endoftext|>")


def gsm8k(source: Source) -> Iterator[Case]:
    """A row's question behind the system turn."""
    return gsm8k_cases(source, lambda row: [SYSTEM, Turn("user", row.text("question").strip())], stop=STOP)


PROTOCOL = Protocol("qwen2.5-math/gsm8k", "gsm8k", gsm8k, "{question}", Examples("train"), "turns", 2048, QWEN_MATH)
