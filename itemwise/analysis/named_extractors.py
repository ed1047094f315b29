"""Extractors that `--extractor` names: `last_number`, the stricter and blunter ones, those of protocols, and the user's own."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from itemwise.extractors import last_number
from itemwise.extractors.last_match import last_match
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.import_string import ImportStringError, load_function
from itemwise.protocols import extractors_of_protocols
from itemwise.protocols.llava_scienceqa import LLAVA_LETTER
from itemwise.protocols.lm_eval_tasks import STRICT_HASHES

__all__ = [
    "CHOICE_EXTRACTORS", "NUMBER_EXTRACTORS", "STRICT_JSON",
    "bare_last_number", "first_capital", "load_extractor", "extractor_names", "strict_json",
]  # fmt: skip

_BARE, _RUN = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?"), re.compile("[-0-9,.]+")
_CAPITAL = re.compile(r"[A-Z]")


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
    number = last_match(_BARE, _RUN, text)
    return number and number.replace(",", "")


def first_capital(text: str) -> str | None:
    """The first capital letter: a bare regular expression for choices, under which "The answer is B" is T."""
    match = _CAPITAL.search(text)
    return match[0] if match else None


STRICT_JSON = NamedExtractor("strict-json", strict_json)
NUMBER_EXTRACTORS = (
    NamedExtractor("last-number", last_number),
    STRICT_JSON,
    NamedExtractor("regex-number", bare_last_number),
    STRICT_HASHES,
)
CHOICE_EXTRACTORS = (STRICT_JSON, NamedExtractor("first-capital", first_capital), LLAVA_LETTER)


@cache
def _of_the_package() -> Mapping[str, NamedExtractor]:
    found = (*NUMBER_EXTRACTORS, *CHOICE_EXTRACTORS, *extractors_of_protocols())
    return {extractor.name: extractor for extractor in found}


def extractor_names() -> list[str]:
    """The extractors that come with the package, those of its protocols last."""
    return list(_of_the_package())


def load_extractor(text: str, folders: Sequence[Path] = ()) -> NamedExtractor:
    """The extractor that `text` names: one of the package's, or ``MODULE:FUNCTION`` of a module in `folders` or installed.

    Raises ImportStringError where there is none to be had.
    """
    if text in _of_the_package():
        return _of_the_package()[text]
    if ":" not in text:
        names = ", ".join(extractor_names())
        raise ImportStringError(f"--extractor must be one of {names}, or MODULE:FUNCTION for one of your own, got {text!r}.")
    return NamedExtractor(text, load_function(text, "--extractor", folders), whole=False)
