"""The readers of the panel: ours, and the stricter or blunter ones that scores elsewhere rest on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from extractors import last_number
from itemwise.commands import CommandError

__all__ = ["NUMBER_READERS", "STRICT_JSON", "Reader", "bare_last_number", "reader_named", "strict_hashes", "strict_json"]

_BARE = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
_HASHES = re.compile(r"#### (-?[0-9.,]+)")


class Reader(NamedTuple):
    """A way of reading a reply: `read` takes its text and gives the answer as text, or None where it reads nothing."""

    name: str
    read: Callable[[str], object]


def strict_json(text: str) -> str | None:
    """The field ``answer`` of a reply that is one JSON object, or whose only fenced block is; nothing is repaired.

    Compared as strings, so that ``{"answer": 18.0}`` is not 18: the reading under which a 7B model first scored 12 %.
    """
    parts = text.split("```")
    body = parts[1].removeprefix("json") if len(parts) == 3 else text
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    answer = found.get("answer") if isinstance(found, dict) else None
    return None if answer is None or isinstance(answer, (dict, list)) else _plain(answer)


def bare_last_number(text: str) -> str | None:
    """The last digits with commas, sign and decimals, commas taken out: what a regular expression alone reads.

    >>> bare_last_number('{"answer": "1,430", "confidence": 0.95}')
    '0.95'
    """
    found = _BARE.findall(text)
    return found[-1].replace(",", "") if found else None


def strict_hashes(text: str) -> str | None:
    """The number behind the first ``#### ``, as lm-evaluation-harness's gsm8k task filters for strict-match.

    Like there, commas and a final full stop do not count (lm_eval/tasks/gsm8k/gsm8k.yaml).
    """
    found = _HASHES.search(text)
    return (found[1].replace(",", "").removesuffix(".") or None) if found else None


STRICT_JSON = Reader("strict json", strict_json)
NUMBER_READERS = (
    Reader("last_number (ours)", last_number),
    STRICT_JSON,
    Reader("last number by regex", bare_last_number),
    Reader("strict ####", strict_hashes),
)


def reader_named(text: str) -> Reader:
    """The reader that ``module:function`` names, imported. Raises CommandError where there is none to be had."""
    module_name, colon, function = text.partition(":")
    if not (module_name and colon and function):
        raise CommandError(f"--reader must be MODULE:FUNCTION, such as my_readers:boxed, got {text!r}.")
    try:
        found = getattr(import_module(module_name), function, None)
    except Exception as error:  # whatever the user's module raises
        raise CommandError(f"--reader {text}: {module_name} cannot be imported ({type(error).__name__}: {error}).") from None
    if not callable(found):
        raise CommandError(f"--reader {text}: {module_name} has no function {function}.")
    return Reader(text, found)


def _plain(answer: object) -> str | None:
    try:
        return str(answer)
    except ValueError:  # Python writes no integer beyond its limit of digits
        return None
