"""OpenCompass' gsm8k_gen (configuration 1d7fe4, its default): a dialogue of four worked examples, read by its last number.

Its words are read in the installed package (Apache-2.0). Asked as a dialogue, as it asks chat models.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.extractors.last_match import last_match
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.gsm8k_rows import gsm8k_cases
from itemwise.protocols.installed_words import calls_of_dict, installed_file
from itemwise.protocols.protocol import Protocol

__all__ = ["LAST_NUMBER"]

_NUMBER, _RUN = re.compile(r"\-?\d+\.\d+|\-?\d+"), re.compile(r"[-\d.]+")  # a comma ends one


def gsm8k(source: Source) -> Iterator[Case]:
    """A row's question in the words of the last turn."""
    template = _turns()[-1]
    return gsm8k_cases(source, lambda row: template.replace("{question}", row.text("question")))


def examples() -> Iterator[Case]:
    """The turns before it, each question with its reply."""
    *turns, _ = _turns()
    for number, (question, reply) in enumerate(zip(turns[::2], turns[1::2], strict=True)):
        yield Case(f"opencompass-{number}", question, last_number_of(reply) or "", solution=reply)


def _turns() -> list[str]:
    file = installed_file("opencompass", "configs/datasets/gsm8k/gsm8k_gen_1d7fe4.py", "opencompass==0.5.4")
    turns = calls_of_dict(file, "role", "prompt")
    if [turn["role"] for turn in turns] != ["HUMAN", "BOT"] * 4 + ["HUMAN"] or turns[-1]["prompt"].count("{question}") != 1:
        raise RowsError(f"{Path(file).name} asks in another form than that of opencompass 0.5.4; install that.")
    return [turn["prompt"] for turn in turns]


def last_number_of(text: str) -> str | None:
    """The last digits before the text ``Question:``, decimals among them; a comma in a number ends it."""
    return last_match(_NUMBER, _RUN, text.split("Question:")[0])


def within_a_millionth(answer: str, expected: str) -> bool:
    """Whether the answer is the whole number that is expected, to a millionth."""
    try:
        return abs(float(answer) - int(expected)) < 1e-6
    except ValueError:
        return False


LAST_NUMBER = NamedExtractor("opencompass-number", last_number_of, same=within_a_millionth)
PROTOCOL = Protocol(
    "opencompass/gsm8k_gen",
    "gsm8k",
    gsm8k,
    "{question}",
    Examples(examples, shots=4, before_solution="\n", between="\n"),
    "turns",
    512,
    LAST_NUMBER,
)
