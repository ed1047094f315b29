r"""lm-evaluation-harness, task minerva_math500 (version 3.1): 4 examples of Minerva (Lewkowycz et al. 2022, arXiv:2206.14858).

Its tasks minerva_math_* ask the rows of all of MATH in the same words: ``--source FILE``. Its exact_match is followed; where that asks
sympy, ``same_expression`` tells here. Its other score, math_verify, is not.
"""

import re
from collections.abc import Iterable, Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.installed_words import installed_file, returned
from itemwise.protocols.lm_eval_tasks import DECODING, MAX_NEW_TOKENS, STOP
from itemwise.protocols.math_rows import is_same_expression, math_cases
from itemwise.protocols.protocol import Protocol

__all__ = ["final_answer", "is_same_answer", "minerva_text"]

_PROMPT = "Problem:\n{problem}\n\nSolution:"
_ANNOUNCED = re.compile(r"Final Answer: The final answer is(.*?). I hope it is correct.")  # a full stop is any character there
_END = "I hope it is correct."  # put behind a reply, which may have been cut there
_WORDS = (
    *("square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", "sue", "points", "feet", "minutes", "digits"),
    *("cents", "degrees", "cm", "gm", "pounds", "meters", "meals", "edges", "students", "childrentickets", "multiples"),
)
_REPLACED = (
    *(("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), ("\\ ", ""), (" ", ""), ("mbox", "text"), (",\\text{and}", ",")),
    *(("\\text{and}", ","), ("\\text{m}", "\\text{}")),
)
_SIGNS = (
    *("\\ldots", "\\text{s}", "\\text{.}", "\\text{\ns}", "\\text{}^2", "\\text{}^3", "\\text{\n}", "\\text{}", "\\mathrm{th}", "^\\circ"),
    *("^{\\circ}", "\\;", ",\\!", "{,}", '"', "\\dots"),
)


def minerva_math500(source: Source, prompt: str) -> Iterator[Case]:
    """A row's problem; its gold is as its solution has it."""
    return math_cases(source, lambda row: row.prompt(prompt), ["Problem:", *STOP])


def examples() -> Iterable[Case]:
    """Those of the task's own file. Raises RowsError where lm_eval is not installed."""
    file = installed_file("lm_eval", "tasks/minerva_math/utils.py", "lm_eval==0.4.13")
    for number, sample in enumerate(returned(file, "list_fewshot_samples")):
        problem, solution = sample["problem"], sample["solution"]
        yield Case(f"minerva-{number}", _PROMPT.replace("{problem}", problem), final_answer(solution) or solution, solution=solution)


def final_answer(text: str) -> str | None:
    """What stands in the first sentence that announces the final answer, in Minerva's words; None without one."""
    match = _ANNOUNCED.search(text + _END)
    return match[1].strip() if match else None


def is_same_answer(answer: str, expected: str) -> bool:
    """Whether both are one text once they are spelt alike, or have one value."""
    first, second = minerva_text(answer), minerva_text(expected)
    return bool(first) and (first == second or is_same_expression(first, second))


def minerva_text(text: str) -> str:
    """An answer as it is compared: what stands behind the last equals sign, without units, signs of space and what it is put in."""
    text = text.rpartition("=")[2]
    text = re.sub(rf"(?<!\\)\b(?:{'|'.join(_WORDS)})\b", "", text)
    for before, after in _REPLACED:
        text = text.replace(before, after)
    text = "".join(part if part.startswith("\\") else _without_words(part) for part in re.split(r"(\\[a-zA-Z]+)", text))
    for sign in _SIGNS:
        text = text.replace(sign, "")
    text = re.sub(r"(.*?)\$(.*?)\$(.*)", r"$\2$", text)
    for command in ("text", "textbf", "overline"):
        text = re.sub(rf"\\{command}\{{(.*?)\}}", r"\1", text)
    text = re.sub(r"\\boxed\{(.*)\}", r"\1", text)
    text = re.sub(r"frac([^{])(.)", r"frac{\1}{\2}", text)
    text = re.sub(r"sqrt(\[[^\]]*\])(\w)", r"sqrt\1{\2}", text)
    text = re.sub(r"sqrt(?!\[)([^{])", r"sqrt{\1}", text).replace("$", "")
    return text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) else text


def _without_words(text: str) -> str:
    for word in _WORDS:
        text = text.replace(word, "")
    return text


EXTRACTOR = NamedExtractor("lm-eval-minerva", final_answer, same=is_same_answer)
PROTOCOL = Protocol(
    "lm-eval/minerva_math500",
    "math500",
    minerva_math500,
    _PROMPT,
    Examples(examples, shots=4, before_solution=" ", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    EXTRACTOR,
    decoding=DECODING,
)
