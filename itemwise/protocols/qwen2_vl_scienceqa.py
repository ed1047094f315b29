"""Qwen2-VL's ScienceQA, as its wrapper in VLMEvalKit (e8e78f05) asks choices: in Chinese where there is Chinese, no blank at the end.

It samples at a temperature of 0.01 from the likeliest token alone, which is greedy decoding.
"""

import re
from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.protocols.protocol import Protocol
from itemwise.protocols.scienceqa_rows import scienceqa_cases
from itemwise.protocols.vlmevalkit_scienceqa import MATCHING, MAX_NEW_TOKENS, REQUEST, hint_first


def scienceqa(source: Source) -> Iterator[Case]:
    """A row with its picture."""
    return scienceqa_cases(source, _text)


def _text(hint: str, question: str, options: str) -> str:
    lines = hint_first(hint, question, options)
    return lines + ("请直接回答选项字母。" if re.search("[\u4e00-\u9fff]", lines) else REQUEST)


PROTOCOL = Protocol("qwen2-vl/scienceqa", "scienceqa", scienceqa, "{question}", Examples(()), "turns", MAX_NEW_TOKENS, MATCHING)
