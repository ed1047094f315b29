"""simple-evals' MGSM: no examples, an instruction in the row's language, the last number behind its word for the answer.

The instructions are read in inspect_evals' mgsm (MIT), which has simple-evals' own. simple-evals reads behind the word of the row's
language; here the last of any of the eleven counts. Its sampler has a temperature of 0.5; here the decoding is greedy.
"""

import re
from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.row import Hub, RowsError
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.installed_words import constant, installed_file
from itemwise.protocols.protocol import Protocol

_REVISION = "f52417ca77bd71e9888ddc29f92587660725d2b4"
_WORDS = ("Answer", "উত্তর", "Antwort", "Respuesta", "Réponse", "答え", "Ответ", "Jibu", "సమాధానం", "คำตอบ", "答案")
_BEHIND = re.compile(f".*(?:{'|'.join(_WORDS)})(.*)", re.DOTALL)
_NUMBER = re.compile(r"\d+\.?\d*")  # without its sign


def mgsm(source: Source, config: str) -> Iterator[Case]:
    """A row's question in the instruction of its language."""
    file = installed_file("inspect_evals", "mgsm/mgsm.py", "inspect_evals==0.28.0")
    instruction = constant(file, "LANG_TO_INSTRUCTIONS").get(config, "")
    if instruction.count("{prompt}") != 1:
        raise RowsError(f"{file.name} has no instruction for {config} in the form of inspect_evals 0.28.0; install that.")
    hub = Hub("juletxara/mgsm", config, revision=_REVISION, file=f"mgsm_{config}.tsv", columns=("question", "answer_number"))
    for row in source.rows(hub):
        yield Case(f"mgsm-{config}-{row.id}", instruction.replace("{prompt}", row.text("question")), row.number("answer_number"))


def number_behind_the_word(text: str) -> str | None:
    """The last number behind the last word for the answer, without commas, sign and zeros at the end of its decimals."""
    behind = _BEHIND.fullmatch(text)
    numbers = _NUMBER.findall(behind[1].replace(",", "")) if behind else []
    if not numbers:
        return None
    number: str = numbers[-1].rstrip(".")
    return number.rstrip("0").rstrip(".") if "." in number else number


EXTRACTOR = NamedExtractor("simple-evals-number", number_behind_the_word)
PROTOCOL = Protocol("simple-evals/mgsm", "mgsm", mgsm, "{question}", Examples(()), "turns", 2048, EXTRACTOR)
