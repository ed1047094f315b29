"""Elements of arithmetic in a text, and what the words around an operand make of it: its unit, or another value."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "LABELS", "LONGEST", "MOST_UNITS", "Element",
    "before_rate", "has_trailing_text", "mixes_units", "unit_alters_value", "words_alter_value",
]  # fmt: skip

LONGEST = 60  # operands and operators of one side, and elements in one pair of brackets


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LABELS = _words("day step week month year part case option person level round question problem example item group team box stage")
# right before a number these alter its value; a share does so from further off: "half of the 30"
_FACTORS = _words("of and plus minus times sqrt log ln sin cos tan hundred thousand million billion dozen")
_FACTORS |= _words("zero one two three four five six seven eight nine ten eleven twelve")
_SHARES = _words("half third thirds fourth quarter quarters fifth fifths tenth percent twice double triple multiplied divided root")
_SHARES |= _words("than average mean product difference")
_FACTOR_ENDS = tuple("加减減乘除以倍半之和与")
# right behind a number these alter its value
_SCALES = _words(
    "hundred thousand million billion trillion dozen dozens half halves k st nd rd th pair pairs couple factorial am pm o'clock"
)
_SCALE_STARTS = tuple("万千百亿萬億倍折成半多点")
_PROSE = _words("and or so then is are was were gives makes equals the we he she they it his her which that this has have if when as")
_PROSE |= _words("because since after before more less fewer but not of")
MOST_UNITS = 5  # words behind a number that still name its unit
_LONGEST_UNIT = 6  # Chinese characters of a unit

_DIMENSIONS = {
    "time": "second sec minute min hour hr day week month year mph kph rpm 秒 分钟 小时 天 周 星期 月 个月 年",
    "length": "inch inche foot feet ft yard yd mile mm cm km meter metre kilometer centimeter 厘米 米 千米 公里 分米 毫米",
    "weight": "gram kg mg kilogram pound lb lbs ounce oz ton 克 千克 公斤 斤 吨",
    "volume": "ml liter litre cup pint quart gallon teaspoon tablespoon 毫升 升",
    "money": "dollar cent ¢ quarter dime nickel penny pennie euro 元 角 分 块",
}
_DIMENSION = {unit: dimension for dimension, units in _DIMENSIONS.items() for unit in units.split()}


class Element(NamedTuple):
    """An operand with its units, an operator, an equals sign, or what else stands between them; `source` is the calculator's spelling."""

    kind: str
    source: str
    start: int
    end: int
    units: tuple[str, ...] = ()
    glued: bool = False  # no space between the number and its unit
    money: bool = False  # a currency sign before it
    labelled: bool = False  # "Day" before it
    spaced: bool = False  # a space behind the operator
    doubtful: bool = False


def unit_alters_value(operand: Element) -> bool:
    """Whether the word behind a number alters its value: an unknown (5x), a scale (5 million), a half."""
    first = operand.units[0] if operand.units else ""
    if first.startswith("\\"):
        return not first.lstrip("\\").startswith(("text", "mathrm", "mbox"))
    latin = first[:1].isascii() and first[:1].isalpha()
    letter = latin and len(first.partition("^")[0].rstrip("²³")) == 1 and (operand.glued or first != "a")
    unknown = letter or (latin and operand.glued and first != "per" and _singular(first) not in _DIMENSION)
    return unknown or not _SCALES.isdisjoint(operand.units) or (operand.glued and first.startswith(_SCALE_STARTS))


def has_trailing_text(operand: Element) -> bool:
    """Whether a number is followed by more words than a unit has."""
    prose = any(unit in _PROSE or (not unit.isascii() and len(unit) > _LONGEST_UNIT) for unit in operand.units)
    return prose or len(operand.units) > MOST_UNITS


def words_alter_value(words: Sequence[str]) -> bool:
    """Whether the words before a number alter its value ("half of 30", "sqrt 9"); "a total of" does not."""
    last, near = words[-1], words[-3:]
    joined = last in ("of", "and") and len(words) > 1
    changed = (last in _FACTORS and not joined) or not _SHARES.isdisjoint(near) or (words[0] == "of" and len(words) < 3)
    return changed or last.endswith(_FACTOR_ENDS) or last.startswith("\\")


def before_rate(units: tuple[str, ...]) -> tuple[str, ...]:
    """The units without "per week"."""
    return units[: next((index for index, unit in enumerate(units) if unit in ("per", "a", "an", "each", "every")), len(units))]


def mixes_units(operands: Sequence[Element]) -> bool:
    """Whether two units of one dimension meet, such as hours and minutes."""
    named = [unit for operand in operands for unit in map(_singular, operand.units)]
    named += ["dollar" for operand in operands if operand.money]
    units = {unit for unit in named if unit in _DIMENSION}
    return len(units) > len({_DIMENSION[unit] for unit in units})


def _singular(unit: str) -> str:
    return unit if unit in _DIMENSION else unit.removesuffix("s")
