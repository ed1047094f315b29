r"""simple-evals' MATH: no examples, the answer on a line of its own behind "Answer:".

A model judges there whether two answers are equal; here ``same_expression`` does, and what it cannot tell is not right. Its sampler has a
temperature of 0.5; here the decoding is greedy.
"""

import re
from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.math_rows import is_same_expression, math_cases
from itemwise.protocols.protocol import Protocol

_PROMPT = """\
Solve the following math problem step by step. The last line of your response should be of the form Answer: $ANSWER (without quotes) \
where $ANSWER is the answer to the problem.

{problem}

Remember to put your answer on its own line after "Answer:", and you do not need to use a \\boxed command."""
_ANSWER = re.compile(r"Answer\s*:\s*([^\n]+)", re.IGNORECASE)


def math(source: Source, prompt: str) -> Iterator[Case]:
    """A row's problem between the two sentences."""
    return math_cases(source, lambda row: row.prompt(prompt), ())


def behind_the_word(text: str) -> str | None:
    """The rest of the line behind the first "Answer:"; None without one."""
    match = _ANSWER.search(text)
    return match[1] if match else None


EXTRACTOR = NamedExtractor("simple-evals-expression", behind_the_word, same=is_same_expression)
PROTOCOL = Protocol("simple-evals/math", "math500", math, _PROMPT, Examples(()), "turns", 2048, EXTRACTOR)
