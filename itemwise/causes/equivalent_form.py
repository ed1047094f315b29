"""The cause "right value in another form": notation, a percentage, another unit, rounding, or a form the extractor does not take."""

import re
from collections.abc import Iterator
from fractions import Fraction

from itemwise.causes.cause import OTHER_FORM, Cause, cause, quote
from itemwise.causes.numeric_reply import NumericReply, parse_number
from itemwise.extractors import last_number
from itemwise.language import phrase
from itemwise.strategies.calculator import number_text

__all__ = ["UNIT_WORDS", "equivalent_form", "rounded_answer", "stated_in_other_form"]

UNIT_WORDS = {
    "seconds": r"\bsec(?:ond)?s?\b|秒",
    "minutes": r"\bmin(?:ute)?s?\b|分钟",
    "hours": r"\bh(?:ou)?rs?\b|\bhourly\b|小时",
    "days": r"\bdays?\b|\bdaily\b|天",
    "weeks": r"\bweeks?\b|\bweekly\b|周|星期",
    "months": r"\bmonths?\b|\bmonthly\b|月",
    "years": r"\byears?\b|\byearly\b|年",
    "inches": r"\binch(?:es)?\b",
    "feet": r"\b(?:foot|feet|ft)\b",
    "single ones": "",
    "dozens": r"\bdozens?\b",
    "cents": r"\bcents?\b|¢",
    "dollars": "",
    "cm": r"\b(?:cm|centimet(?:er|re)s?)\b|厘米",
    "m": r"\b(?:m|met(?:er|re)s?)\b|米",
    "km": r"\b(?:km|kilomet(?:er|re)s?)\b|千米|公里",
    "g": r"\b(?:g|grams?)\b|克",
    "kg": r"\b(?:kgs?|kilograms?|kilos?)\b|千克|公斤",
    "ml": r"\b(?:ml|millilit(?:er|re)s?)\b|毫升",
    "liters": r"\b(?:l|lit(?:er|re)s?)\b|升",
}  # by name, the words that speak of it; cents and dozens say themselves what they are parts of
_CONVERSIONS = (
    (60, "seconds", "minutes"), (3600, "seconds", "hours"), (60, "minutes", "hours"), (24, "hours", "days"), (7, "days", "weeks"),
    (12, "months", "years"), (12, "inches", "feet"), (12, "single ones", "dozens"), (100, "cents", "dollars"),
    (100, "cm", "m"), (1000, "m", "km"), (1000, "g", "kg"), (1000, "ml", "liters"),
)  # fmt: skip
_BY_SHARE: dict[Fraction, list[tuple[str, str]]] = {}  # by what a number is multiplied with: the units given and wanted, in order
for _factor, _small, _large in _CONVERSIONS:
    _BY_SHARE.setdefault(Fraction(_factor), []).append((_large, _small))
    _BY_SHARE.setdefault(Fraction(1, _factor), []).append((_small, _large))
_PERCENT = re.compile(r"%|percent|per cent")


def equivalent_form(reply: NumericReply) -> Cause | None:
    """The answer is the expected value, written otherwise, as a percentage or in another unit."""
    if reply.answer is None:
        return None
    expected = number_text(reply.expected)
    if reply.answer == reply.expected:
        return cause(OTHER_FORM, phrase("{words!r} is {expected}, written otherwise", words=reply.written, expected=expected))
    if _PERCENT.search(reply.words) and reply.expected != 0:
        if reply.answer * 100 == reply.expected:
            return cause(OTHER_FORM, phrase("{answer} is {expected}%", answer=number_text(reply.answer), expected=expected))
        if reply.answer == reply.expected * 100:
            return cause(OTHER_FORM, phrase("{answer}% is {expected}", answer=number_text(reply.answer), expected=expected))
    return next(_conversions(reply), None)


def _conversions(reply: NumericReply) -> Iterator[Cause]:
    if not reply.answer:
        return
    for given, wanted in _BY_SHARE.get(reply.expected / reply.answer, ()):
        if _is_measured(reply, given, wanted):
            values = {"answer": number_text(reply.answer), "expected": number_text(reply.expected)}
            yield cause(OTHER_FORM, phrase("{answer} {unit} are {expected} {other_unit}", unit=given, other_unit=wanted, **values))


def _is_measured(reply: NumericReply, given: str, wanted: str) -> bool:
    """Whether prompt or reply speak of both units, and the reply gives the one or the prompt wants the other."""
    words = reply.words
    if not (re.search(UNIT_WORDS[given], words) and re.search(UNIT_WORDS[wanted], words)):
        return False
    if UNIT_WORDS[wanted] and re.search(rf"(?:how (?:many|much)|\bin|多少|几) ?(?:{UNIT_WORDS[wanted]})", words):
        return True
    number = re.escape(number_text(reply.answer or Fraction(0)))
    return bool(UNIT_WORDS[given]) and re.search(rf"(?<![0-9.,]){number} ?(?:{UNIT_WORDS[given]})", words) is not None


def stated_in_other_form(reply: NumericReply, json_cause: Cause | None) -> Cause | None:
    """Nothing was extracted, though the reply states the expected value: not in the form that the extractor takes."""
    if reply.answer is not None or json_cause:
        return None
    reading = last_number(reply.text)
    if reading is None or not reading.stated or parse_number(reading) != reply.expected:
        return None
    return cause(OTHER_FORM, phrase("stated, but not as asked: {words}", words=quote(reply.text, reading.start, reading.end)))


def rounded_answer(reply: NumericReply) -> Cause | None:
    """The answer rounds to the expected value, or the other way round."""
    if reply.answer is None or abs(reply.answer - reply.expected) * 2 > 1:
        return None
    whole = [number for number in (reply.expected, reply.answer) if number.denominator == 1]
    if not whole:
        return None
    exact = reply.answer if whole[0] == reply.expected else reply.expected
    return cause(OTHER_FORM, phrase("{exact} rounds to {whole}", exact=number_text(exact), whole=number_text(whole[0])))
