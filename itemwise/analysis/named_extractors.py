"""Extractors that `--extractor` names: `last_number`, the stricter and blunter ones that published scores rest on, and the user's own."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from itemwise.extractors import last_number
from itemwise.extractors.visible_parts import read_visible
from itemwise.import_string import ImportStringError, load_function

__all__ = [
    "CHOICE_EXTRACTORS", "NUMBER_EXTRACTORS", "STRICT_JSON", "NamedExtractor",
    "bare_last_number", "first_capital", "llava_letter", "load_extractor", "extractor_names", "strict_hashes", "strict_json",
]  # fmt: skip

_BARE = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
_CAPITAL = re.compile(r"[A-Z]")
_HASHES = re.compile(r"#### (-?[0-9.,]+)")


class NamedExtractor(NamedTuple):
    """An extractor by its name: `extract` takes a text and gives the answer as text, or None where it reads nothing.

    Those that published scores rest on take the `whole` reply, thoughts and all; a user's own takes what is visible of it.
    """

    name: str
    extract: Callable[[str], Any]
    whole: bool = True

    def read(self, reply: str) -> Any:
        """What is read in the text of a reply."""
        return self.extract(reply) if self.whole else read_visible(self.extract, reply)


def strict_json(text: str) -> str | None:
    """The field ``answer`` of a reply that is one JSON object, or whose only fenced block is; nothing is repaired.

    Compared as strings, so that ``{"answer": 18.0}`` is not 18: the reading under which a 7B model first scored 12 %.
    """
    parts = text.split("```")
    body = parts[1].removeprefix("json") if len(parts) == 3 else text
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    answer = record.get("answer") if isinstance(record, dict) else None
    return None if answer is None or isinstance(answer, (dict, list)) else str(answer)


def bare_last_number(text: str) -> str | None:
    """The last digits with commas, sign and decimals, commas taken out: what a regular expression alone reads.

    >>> bare_last_number('{"answer": "1,430", "confidence": 0.95}')
    '0.95'
    """
    numbers = _BARE.findall(text)
    return numbers[-1].replace(",", "") if numbers else None


def strict_hashes(text: str) -> str | None:
    """The number behind the first ``#### ``, as lm-evaluation-harness's gsm8k task filters for strict-match.

    Like there, commas and a final full stop do not count (lm_eval/tasks/gsm8k/gsm8k.yaml).
    """
    match = _HASHES.search(text)
    return (match[1].replace(",", "").removesuffix(".") or None) if match else None


def first_capital(text: str) -> str | None:
    """The first capital letter: a bare regular expression for choices, under which "The answer is B" is T."""
    match = _CAPITAL.search(text)
    return match[0] if match else None


def llava_letter(text: str) -> str | None:
    """The letter as LLaVA reads it in replies to ScienceQA: the whole reply, or before ". " at its beginning, or in the only
    "The answer is X." (llava/eval/eval_science_qa.py)."""
    if begun := re.match(r"([A-E])(?:\. |$)", text):
        return begun[1]
    stated = re.findall(r"The answer is ([A-Z]).", text)
    return stated[0] if len(stated) == 1 else None


STRICT_JSON = NamedExtractor("strict-json", strict_json)
NUMBER_EXTRACTORS = (
    NamedExtractor("last-number", last_number),
    STRICT_JSON,
    NamedExtractor("regex-number", bare_last_number),
    NamedExtractor("strict-hashes", strict_hashes),
)
CHOICE_EXTRACTORS = (STRICT_JSON, NamedExtractor("first-capital", first_capital), NamedExtractor("llava-letter", llava_letter))
_OURS = {extractor.name: extractor for extractor in (*NUMBER_EXTRACTORS, *CHOICE_EXTRACTORS)}


def extractor_names() -> list[str]:
    """The extractors that come with the package."""
    return list(_OURS)


def load_extractor(text: str, folders: Sequence[Path] = ()) -> NamedExtractor:
    """The extractor that `text` names: one of the package's, or ``MODULE:FUNCTION`` of a module in `folders` or installed.

    Raises ImportStringError where there is none to be had.
    """
    if text in _OURS:
        return _OURS[text]
    if ":" not in text:
        names = ", ".join(extractor_names())
        raise ImportStringError(f"--extractor must be one of {names}, or MODULE:FUNCTION for one of your own, got {text!r}.")
    return NamedExtractor(text, load_function(text, "--extractor", folders), whole=False)
