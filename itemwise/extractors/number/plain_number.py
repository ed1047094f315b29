"""The strict form of a number: a text that is one plain number from its first character to its last, as golds and answers are given.

The extractors search, this does not: an expression of which they might take a part is none here, so that a reply and a gold
can't agree by the same misreading.
"""

from __future__ import annotations

import re

from itemwise.extractors.number.markup import without_markup
from itemwise.extractors.number.numeral import NUMERAL, THOUSANDS_OR_NOT, canonical, opposite
from itemwise.extractors.number.terms import PRODUCTS
from itemwise.extractors.number.vocabulary import MONTHS
from itemwise.extractors.plain_characters import folded

_LONGEST = 1000  # characters
_WORDS = r"(?:[a-z]{2,20}|(?<=\ )[mghls]|[元个人岁米天斤千克只支本块]{1,2})(?:[ -][a-z]{2,20}){0,3}"
_UNIT = rf"\ ?(?:%|‰|°\ ?[cf]?|[€£¥₹₩₽]|{_WORDS}(?:\^[23]|[²³])?\.?)"
_PLAIN = re.compile(
    rf"(?P<open>\$?)\ ?(?P<sign>[-+]?)\ ?(?P<inside>\$\ ?-)?(?P<number>{NUMERAL})(?P<unit>{_UNIT})?\ ?\.?\ ?(?P<close>\$?)",
    re.VERBOSE,
)
_BOXED = re.compile(r"\$?\\(?:boxed|fbox)\{(.+)\}\$?\.?", re.DOTALL)
_BRACES = re.compile(r"(?<=[0-9} ])\{ ?([^{}0-9]{1,60})\}(?=(?:\^[23])?\.?$)")  # of "\text{ cm}"
# Words behind a number that make it another one, or more than one.
_NO_UNIT = re.compile(
    r"\b(?:and|or|to|than|plus|minus|times|over|divided|multiplied|squared|cubed|factorial|pi|half|halves|quarters?|thirds?|fourths?|fifths?"
    r"|sixths?|sevenths?|eighths?|ninths?|tenths?|hundredths?|thousandths?|dozens?|scores?|pairs?|hundred|thousand|million|billion|trillion"
    r"|mn|bn|mil|base|binary|octal|hexadecimal|am|pm|point|mod|sqrt|by|at|least|most|about|ish|remainder|root|log|sin|cos|tan|negative)\b"
)
_NO_PLAIN = ("code", "clock", "power", "braced", "superscript", "more", "money", "kilo", "capital", "places")


def plain_number(text: str) -> str | None:
    r"""The canonical text of the one plain number that the whole text is, with its currency and unit; None for all else.

    >>> plain_number(r"\$14,\!400"), plain_number("4 apples"), plain_number(r"1+\sqrt{2}"), plain_number("(46,2004)")
    ('14400', '4', None, None)
    """
    line = " ".join(folded(text).lower().split()) if len(text) <= _LONGEST else ""
    boxed = _BOXED.fullmatch(line)
    value = (boxed[1] if boxed else line).strip()
    clean = _BRACES.sub(r" \1", without_markup(value))
    match = _PLAIN.fullmatch(" ".join(clean.split()))
    if match is None or value.startswith("~") or any(match[part] for part in _NO_PLAIN):
        return None
    if THOUSANDS_OR_NOT.match(match.string, match.start("number")):
        return None
    if (match["sign"] and match["inside"]) or (match["close"] and not (match["open"] or match["dollar"])):
        return None
    unit = (match["unit"] or "").strip()
    if unit and (_NO_UNIT.search(unit) or match["scale"] or unit in PRODUCTS or MONTHS.intersection(unit.split())):
        return None
    number = canonical(match)
    negative = match["sign"] == "-" or match["inside"]
    return opposite(number) if number and negative else number
