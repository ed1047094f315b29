"""The causes "no JSON" and "broken JSON": why a reply is not the JSON that was asked for, in the parser's words."""

import json
import re

from itemwise.causes.cause import AROUND, BROKEN_JSON, NO_JSON, Cause, cause, quote
from itemwise.language import phrase

__all__ = ["json_error"]

_OPENS_OBJECT = re.compile(r"\{\s*[\"'“}]")
_LANGUAGE = re.compile(r"\A\s*(?:json|javascript|js)?\s*", re.IGNORECASE)


def json_error(text: str, *, truncated: bool) -> Cause | None:
    """What keeps the reply from being JSON; a reply that was cut off is not also broken."""
    if not _OPENS_OBJECT.search(text):
        begun = phrase("no object anywhere; the reply begins: {words}", words=quote(text, 0, AROUND))
        return cause(NO_JSON, begun if text.strip() else phrase("the reply is empty"))
    fault = None if truncated else _json_fault(text)
    return cause(BROKEN_JSON, fault) if fault else None


def _json_fault(text: str) -> str | None:
    """The parser's complaint, with what stands there; None where the reply or a fenced part of it is strict JSON."""
    fenced = [_LANGUAGE.sub("", part, count=1) for part in text.split("```")[1::2]]
    faults = [_fault(part) for part in (text, *fenced)]
    if None in faults:
        return None
    opening = _OPENS_OBJECT.search(text)
    return (opening and _fault(text, opening.start())) or faults[0]


def _fault(text: str, start: int | None = None) -> str | None:
    """What the parser says of the text, or of the one value that begins at `start`."""
    try:
        json.loads(text) if start is None else json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        return phrase("{fault} at: {words}", fault=error.msg.removesuffix(" at"), words=quote(text, error.pos, error.pos))
    except (ValueError, RecursionError):
        return phrase("larger than the parser takes: {words}", words=quote(text, start or 0, start or 0))
    return None
