"""The number a maths reply states as its final answer."""

from __future__ import annotations

from typing import NamedTuple

from itemwise.extractors.conclusion import concluded_number
from itemwise.extractors.field import Field, answer_field, object_end
from itemwise.extractors.pattern import pattern
from itemwise.extractors.phrase import Stated, opens_with_number, stated_number, told_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.statement import CORRECTION, Statement, announces, corrections, statements
from itemwise.extractors.visible import folded, turns, without_thoughts

_PLAIN = pattern("-?[1-9][0-9]{0,17}")
_DECLINES = pattern(
    r"not enough|insufficient|cannot|can't|can not|unable|unknown|undefined|undetermined|indeterminate|impossible"
    r"|no solution|no such|\bnone\b|not exist|not possible|infinite|null|n/a|不存在|无解|无法|不能"
)
_DISOWNS = pattern(r"incorrect|wrong|not correct|mistake|\?\s*$")
_JOINED = pattern(r"[\s})$.]*(?:and|or|,|;|&|和|或)[\s({$\\]*")
_HEADING = pattern(r"\s*(?:step|part|[0-9]+[.)]\s*[^\s0-9])")


class _Found(NamedTuple):
    stated: Stated
    rule: str


def last_number(text: str) -> Reading | None:
    r"""The number that the reply states as its answer, as canonical text; None where it states none.

    `18.00` is 18, `$1,430.` is 1430, `\frac{250}{21}` is 250/21 and `35%` is 35. An announced answer (JSON field,
    `####`, `\boxed{}`, "the answer is") comes before a concluding sentence, and that before the last number, which
    alone is marked `stated=False`. Announced words that are no single number ("3x + 4", "12 or 14", "unknown") give
    None, not the nearest digits. Thoughts and whatever follows the next question are not read.

    >>> last_number('{"steps": ["48/2=24", "48+24=72"], "answer": 72}')
    Reading('72', start=45, end=47, rule='json field answer')
    """
    seen = without_thoughts(folded(text))
    for start, end in turns(seen.lower()):
        part = seen[start:end] if end - start < len(seen) else seen
        found = _read(part, part.lower())
        if found is not None:
            return _reading(found, start)
    return None


def _reading(found: _Found, offset: int) -> Reading | None:
    (number, start, end), rule = found
    if number is None:
        return None
    return Reading(number, start=start + offset, end=end + offset, rule=rule, stated=rule != "last number")


def _read(part: str, lower: str) -> _Found | None:
    field = answer_field(part, lower)
    if field:
        later = _announced(lower, object_end(lower, field)) if announces(lower, field.end) else None
        return _settled(_read_field(field), later, lower)
    announced = _announced(lower, 0)
    if announced:
        return _corrected(announced, lower)
    concluded = concluded_number(lower)
    return _Found(*concluded) if concluded else None


def _read_field(field: Field) -> _Found:
    rule = "json field answer"
    if _PLAIN.fullmatch(field.text):
        return _Found(Stated(field.text, field.start, field.end), rule)
    said = field.text.lower()
    stated = stated_number(said) if opens_with_number(said) else told_number(said)
    if stated is None or stated.number is None:
        return _Found(Stated(None, field.start, field.end), rule)
    return _Found(_shifted(stated, field.start), rule)


def _settled(field: _Found, later: _Found | None, lower: str) -> _Found:
    """The field, unless an announcement behind it says otherwise: a correction replaces it, a contradiction voids both."""
    if later is None or later.stated.number in (None, field.stated.number):
        return field
    if field.stated.number is None or CORRECTION.search(lower, field.stated.end, later.stated.start):
        return later
    return field if later.rule == "answer:" else _Found(later.stated._replace(number=None), later.rule)


def _announced(lower: str, after: int) -> _Found | None:
    """The last announcement that says something; two boxes joined by "and" or "or" announce no single number."""
    found = [statement for statement in statements(lower) if statement.at >= after]
    for place in reversed(range(len(found))):
        stated = _read_statement(found[place], lower)
        if stated:
            joined = place > 0 and _contradicts(found[place - 1], found[place], stated, lower)
            return _Found(stated._replace(number=None) if joined else stated, found[place].rule)
    return None


def _contradicts(before: Statement, statement: Statement, stated: Stated, lower: str) -> bool:
    """Whether the box before, joined by an "and" or "or", holds another number."""
    if not before.rule == statement.rule == "boxed" or not _JOINED.fullmatch(lower, before.end, statement.at):
        return False
    other = _read_statement(before, lower)
    return other is not None and other.number != stated.number


def _read_statement(statement: Statement, lower: str) -> Stated | None:
    words = lower[statement.start : statement.end]
    if statement.rule == "####" and _HEADING.match(words) and "=" not in words:
        return None
    if statement.rule == "answer:" and _is_working(words, lower[statement.end : statement.end + 400]):
        return None
    stated = stated_number(words)
    if stated is None:
        return Stated(None, statement.start, statement.end) if _DECLINES.search(words) else None
    return None if _DISOWNS.search(words) else _shifted(stated, statement.start)


def _is_working(words: str, behind: str) -> bool:
    """Whether "Answer:" only opens a working in sentences that goes on in the same paragraph."""
    paragraph = behind.partition("\n\n")[0]
    return any(map(str.isdigit, paragraph)) and not opens_with_number(words) and "=" in words


def _shifted(stated: Stated, offset: int) -> Stated:
    return Stated(stated.number, stated.start + offset, stated.end + offset)


def _corrected(announced: _Found, lower: str) -> _Found:
    """The announcement, or the number of a later sentence that takes it back: "wait, no: 14"."""
    for start, end in corrections(lower, announced.stated.end):
        stated = stated_number(lower[start:end])
        if stated and stated.number:
            return _Found(_shifted(stated, start), "correction")
    return announced
