"""Whether two expressions that were read have the same value: True, False, or None where that cannot be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial

from itemwise.expressions.expression import (
    FLIPPED,
    Based,
    Bracketed,
    Expression,
    ExpressionError,
    Listed,
    Matrix,
    Measured,
    Name,
    Number,
    Operation,
    Relation,
    Words,
    contains,
    label_of,
    mapped,
    variables_in,
)  # fmt: skip
from itemwise.expressions.expression_value import POINTS, Point, is_rounded, product, same_value, value
from itemwise.expressions.matrix_arithmetic import with_matrices_added
from itemwise.expressions.real_sets import real_set, same_real_set
from itemwise.expressions.units import unit_of
from itemwise.extractors import last_number
from itemwise.language import phrase

__all__ = ["numbers_said", "same"]

_MOST_ITEMS = 30
_NUMERAL = re.compile(r"\d{1,100}(?:,\d{3})*(?:\.\d{1,100})?")
_SETS = ("union", "intersection", "without")


def same(answer: Expression, gold: Expression) -> bool | None:
    """Whether all that the answer states is what the gold states. Raises ExpressionError where a value cannot be computed."""
    if answer == gold:
        return True
    match answer, gold:
        case Relation((one, inside), ("in",)), Relation((other, outside), ("in",)) if one != other:
            return None if same(inside, outside) is not False else False
    if (told := _same_by_names(answer, gold)) is not None:
        return told
    ours, golds = _stated(answer), _stated(gold)
    if isinstance(answer, Bracketed) or isinstance(gold, Bracketed) or all(isinstance(each, Bracketed) for each in ours + golds):
        ours, golds = list(dict.fromkeys(ours)), list(dict.fromkeys(golds))  # a set has no element twice
    if len(ours) == len(golds) == 1:
        return _same_single(ours[0], golds[0])
    for alone, several in ((ours, golds), (golds, ours)):
        if len(alone) == 1 and isinstance(point := alone[0], Bracketed):  # and the same numbers without brackets
            return None if _all(_same_each(point.items, several)) else False
    if len(golds) == 1 and any(isinstance(each, Words) and " " in each.text for each in ours):  # prose with commas
        return False if all(_told(_same_single, each, golds[0]) is False for each in ours) else None
    return _same_unordered(ours, golds)


def _same_by_names(answer: Expression, gold: Expression) -> bool | None:
    """Whether values are the same that stand behind names, ``x = 1, y = 2`` and ``(x, y) = (1, 2)``; None where that does not tell.

    A point beside them has its coordinates in the order of the names.
    """
    ours, golds = _named_values(answer), _named_values(gold)
    if ours and golds and ours.keys() == golds.keys():
        return _all(_told(same, ours[name], golds[name]) for name in golds)
    for named, other in ((ours, gold), (golds, answer)):
        if named and isinstance(other, Bracketed) and other.opening == "(" and [*named] == sorted(named):
            return _all(_same_each([*named.values()], other.items))
    return None


def _named_values(expression: Expression) -> dict[str, Expression]:
    """Several names with the value of each; empty where it says anything else."""
    match expression:
        case Relation((Bracketed(_, names), Bracketed(_, values)), ("=",)) if len(names) == len(values):
            pairs = [(label_of(name), value) for name, value in zip(names, values, strict=True)]
        case Listed(items) if all(isinstance(item, Relation) and item.signs == ("=",) for item in items):
            pairs = [(label_of(item.sides[0]), item.sides[1]) for item in items if isinstance(item, Relation)]
        case _:
            return {}
    found = dict(pairs)
    return found if len(found) == len(pairs) > 1 and all(found) else {}


def _stated(expression: Expression) -> list[Expression]:
    """The answers that it states: each of a list or a set, and both that a plus or minus stands for."""
    match expression:
        case Listed(items) | Bracketed("\\{", items):
            found = [stated for item in items for stated in _stated(item)]
        case Relation((Name(), inside), ("in",)):
            found = _stated(inside)
        case Relation((Name(), Bracketed("\\{") as inside), ("=",)):
            found = _stated(inside)
        case _ if contains(expression, _is_double):
            found = [mapped(expression, partial(_signed, signs)) for signs in ({"pm": "+", "mp": "-"}, {"pm": "-", "mp": "+"})]
        case _:
            found = [expression]
    if len(found) > _MOST_ITEMS:
        raise ExpressionError(phrase("there are more than {most} answers", most=_MOST_ITEMS))
    return found


def _is_double(part: Expression) -> bool:
    return isinstance(part, Operation) and part.name in ("pm", "mp")


def _signed(signs: Mapping[str, str], part: Expression) -> Expression:
    return Operation(signs[part.name], part.operands) if isinstance(part, Operation) and part.name in signs else part


def _all(told: Iterable[bool | None]) -> bool | None:
    """Whether all hold; None where none fails, but one cannot be told."""
    unknown = False
    for each in told:
        if each is False:
            return False
        unknown = unknown or each is None
    return None if unknown else True


def _same_each(answers: Sequence[Expression], golds: Sequence[Expression]) -> list[bool | None]:
    """Whether each is the gold in its place."""
    if len(answers) != len(golds):
        return [False]
    return [_told(same, *pair) for pair in zip(answers, golds, strict=True)]


def _told(compare: Callable[[Expression, Expression], bool | None], answer: Expression, gold: Expression) -> bool | None:
    """What a comparison tells; None where it cannot be made, as the rest may still differ."""
    try:
        return compare(answer, gold)
    except ExpressionError:
        return None


def _same_unordered(answers: Sequence[Expression], golds: Sequence[Expression]) -> bool | None:
    if len(answers) != len(golds):
        return False
    left, unknown = list(answers), False
    for gold in golds:
        told: list[bool | None] = []
        for each in left:
            told.append(_told(_same_single, each, gold))
            if told[-1]:
                break
        if not {True, None}.intersection(told):
            return False
        unknown = unknown or True not in told
        del left[told.index(True if True in told else None)]
    return None if unknown else True


def _same_single(answer: Expression, gold: Expression) -> bool | None:
    if answer == gold:
        return True
    answer, gold = with_matrices_added(answer), with_matrices_added(gold)
    if isinstance(answer, Relation) or isinstance(gold, Relation):
        return _same_relations(answer, gold)
    if isinstance(answer, Words) or isinstance(gold, Words):
        return _same_words(answer, gold)
    if isinstance(answer, Measured) or isinstance(gold, Measured):
        return _same_measures(answer, gold)
    match answer, gold:
        case Operation("negative", (one,)), Operation("negative", (other,)):
            return _same_single(one, other)
        case (Operation("negative", (Based(),)), _) | (_, Operation("negative", (Based(),))):
            return False
    if isinstance(answer, Based) or isinstance(gold, Based):
        return _same_numerals(answer, gold)
    if isinstance(answer, Matrix) or isinstance(gold, Matrix):
        return _same_matrices(answer, gold)
    if _is_ratio(answer) or _is_ratio(gold):
        return _same_ratios(answer, gold)
    if _is_several(answer) or _is_several(gold):
        return _same_brackets(answer, gold)
    return _same_values(answer, gold)


def _is_several(expression: Expression) -> bool:
    is_set = isinstance(expression, Operation) and expression.name in _SETS
    is_rest = isinstance(expression, Operation) and expression.name == "-" and isinstance(expression.operands[1], Bracketed)
    return is_set or is_rest or isinstance(expression, Bracketed) or expression == Name("set R")


def _is_ratio(expression: Expression) -> bool:
    return isinstance(expression, Bracketed) and expression.opening == ":"


def _same_values(answer: Expression, gold: Expression) -> bool | None:
    """Whether two numbers or formulas are the same at every point at which both have a value."""
    told = [_same_at(point, answer, gold) for point in _points(answer, gold)]
    known = {each for each in told if not isinstance(each, ExpressionError)}
    for each in told:
        if not known and isinstance(each, ExpressionError):
            raise each
    return known.pop() if len(known) == 1 else None


def _same_at(point: Point, answer: Expression, gold: Expression) -> bool | ExpressionError | None:
    """Whether they are the same at one point, None where one may be the other rounded; the error where one has no value there."""
    try:
        values = value(answer, point), value(gold, point)
        told = same_value(*values)
        return None if told is False and is_rounded(*values) else told
    except ExpressionError as error:
        return error


def _points(*expressions: Expression) -> Sequence[Point]:
    """The points that can make a difference."""
    varied = any(variables_in(each) or contains(each, _is_bare_logarithm) for each in expressions)
    return POINTS if varied else POINTS[:1]


def _is_bare_logarithm(part: Expression) -> bool:
    return isinstance(part, Operation) and part.name == "log" and len(part.operands) == 1


def _same_words(answer: Expression, gold: Expression) -> bool | None:
    """Words are only the same words; where they say a number besides, such as "at least 5", that may be what is meant."""
    if isinstance(answer, Words) and isinstance(gold, Words):
        return _plain_words(answer) == _plain_words(gold) or None
    words, other = (answer, gold) if isinstance(answer, Words) else (gold, answer)
    assert isinstance(words, Words)
    return None if any(_same_single(Number(number), other) is not False for number in numbers_said(words.text)) else False


def numbers_said(text: str) -> list[Fraction]:
    """The numbers in a text of words, in digits, and the one that it states in words."""
    return [Fraction(number.replace(",", "")) for number in (*_NUMERAL.findall(text)[:_MOST_ITEMS], last_number(text)) if number]


def _plain_words(words: Words) -> str:
    return "".join(character for character in words.text.lower() if character.isalnum())


def _same_measures(answer: Expression, gold: Expression) -> bool | None:
    if not (isinstance(answer, Measured) and isinstance(gold, Measured)):
        return _same_without_unit(*((answer, gold) if isinstance(answer, Measured) else (gold, answer)))
    one, other = unit_of(answer.unit), unit_of(gold.unit)
    if {one.unnamed, other.unnamed} == {2, 3}:
        return False  # square units and cubic units
    bare = _same_single(_scaled(answer), _scaled(gold))
    if one.dimensions == other.dimensions:
        return bare if one.size == other.size else _same_single(_times(_scaled(answer), one.size), _times(_scaled(gold), other.size))
    if not one.dimensions or not other.dimensions:
        return bare
    unclear = not (one.known and other.known) or {"radian", "angle"} == {kind for kind, _ in one.dimensions + other.dimensions}
    return (None if bare is not False else False) if unclear else False


def _same_without_unit(measured: Expression, other: Expression) -> bool | None:
    """Where only one has a unit, the unit may be left out; 15% may be said as 15 or 0.15, but of 0.5% and 0.5 it cannot be told."""
    assert isinstance(measured, Measured)
    bare = _same_single(_scaled(measured), other)
    dimensions = unit_of(measured.unit).dimensions
    if dimensions == (("percent", 1),):
        share = _same_single(_times(measured.value, Fraction(1, 100)), other)
        is_small = bare is True and isinstance(measured.value, Number) and abs(measured.value.value) < 1
        return share if bare is False else None if is_small and share is False else bare
    if bare is False and dimensions == (("angle", 1),):
        radians = Operation("*", (_times(measured.value, Fraction(1, 180)), Name("pi")))
        return False if _same_single(radians, other) is False else None
    return None if bare is False and variables_in(other) else bare  # a letter may be its unit


def _scaled(measured: Measured) -> Expression:
    """The value, times what a word such as "million" stands for."""
    scale = unit_of(measured.unit).scale
    return measured.value if scale == 1 else _times(measured.value, Fraction(scale))


def _times(expression: Expression, factor: Fraction) -> Expression:
    return Operation("*", (expression, Number(factor)))


def _same_numerals(answer: Expression, gold: Expression) -> bool | None:
    """Numerals with their bases; the base may be left out, but the same value in another base may not be what is asked."""
    match answer, gold:
        case (Based(digits), Number(_, plain)) | (Number(_, plain), Based(digits)) if digits == plain:
            return True
        case (Based(base=0), Number()) | (Number(), Based(base=0)):
            return False
        case Based(digits, base), Based(others, other) if base == other:
            ours, golds = (each.strip("0") if "." in each else each.lstrip("0") for each in (digits, others))
            return ours.rstrip(".") == golds.rstrip(".")
    return None if _same_values(answer, gold) is not False else False


def _same_matrices(answer: Expression, gold: Expression) -> bool | None:
    if isinstance(answer, Matrix) and isinstance(gold, Matrix):
        one, other = ([cell for row in each.rows for cell in row] for each in (answer, gold))
        shapes = [(len(each.rows), len(each.rows[0])) for each in (answer, gold)]
        told = _all(_same_each(one, other))
        is_turned = shapes[0] == shapes[1][::-1] and 1 in shapes[0]  # a row for a column
        return told if shapes[0] == shapes[1] else None if is_turned and told else False
    if not (isinstance(answer, Matrix) and isinstance(gold, Matrix)) and all(contains(each, _is_matrix) for each in (answer, gold)):
        return None  # a product of matrices
    matrix, other_kind = (answer, gold) if isinstance(answer, Matrix) else (gold, answer)
    if isinstance(other_kind, Bracketed) and isinstance(matrix, Matrix) and 1 in (len(matrix.rows), len(matrix.rows[0])):
        return False if _all(_same_each(other_kind.items, [cell for row in matrix.rows for cell in row])) is False else None
    return False


def _is_matrix(part: Expression) -> bool:
    return isinstance(part, Matrix)


def _same_ratios(answer: Expression, gold: Expression) -> bool | None:
    """Whether ratios, or times, have the same parts; where they only have the same proportion it is unclear."""
    ours, golds = (each.items if isinstance(each, Bracketed) else (each, Number(Fraction(1))) for each in (answer, gold))
    if isinstance(answer, Bracketed) and isinstance(gold, Bracketed) and _all(_same_each(ours, golds)):
        return True
    if len(ours) != len(golds):
        return False
    if not (isinstance(answer, Bracketed) and isinstance(gold, Bracketed)) and Number(Fraction(0), "00") in ours + golds:
        return None  # nine o'clock
    crossed = [
        _told(_same_values, Operation("*", (ours[0], other)), Operation("*", (golds[0], one)))
        for one, other in zip(ours[1:], golds[1:], strict=True)
    ]
    return False if False in crossed else None


def _same_brackets(answer: Expression, gold: Expression) -> bool | None:
    """Points, vectors, intervals and unions."""
    if isinstance(answer, Bracketed) and isinstance(gold, Bracketed):
        each = _all(_same_each(answer.items, gold.items))
        if (answer.opening, answer.closing) == (gold.opening, gold.closing):
            return each
        return False if len(gold.items) == 2 or not each else None
    if not (_is_several(answer) and _is_several(gold)):
        return False
    sets = [real_set(side) for side in (answer, gold)]
    if sets[0] is None or sets[1] is None:
        raise ExpressionError("such sets are not compared")
    return same_real_set(sets[0], sets[1])


def _same_relations(answer: Expression, gold: Expression) -> bool | None:
    if not (isinstance(answer, Relation) and isinstance(gold, Relation)):
        return _same_as_relation(answer, gold) if isinstance(gold, Relation) else _same_as_relation(gold, answer, is_gold=True)
    if {*answer.signs} == {*gold.signs} == {"="} and len(answer.sides) == len(gold.sides) == 2:
        return _same_equations(answer, gold)
    if "=" in answer.signs + gold.signs:
        return False if {*answer.signs} != {*gold.signs} else _all(_same_each(answer.sides, gold.sides))
    flipped = Relation(answer.sides[::-1], tuple(FLIPPED[sign] for sign in answer.signs[::-1]))
    for each in (answer, flipped):
        if each.signs == gold.signs and _all(_same_each(each.sides, gold.sides)):
            return True
    sets = [real_set(side) for side in (answer, gold)]
    if sets[0] is None or sets[1] is None:
        return None
    told = same_real_set(sets[0], sets[1])
    return told if variables_in(answer) == variables_in(gold) else (None if told is not False else False)


def _same_as_relation(other: Expression, relation: Expression, *, is_gold: bool = False) -> bool | None:
    """Whether a relation says what `other` is, which may be the gold: "x = 3" says 3, "x > 2" an interval."""
    assert isinstance(relation, Relation)
    if {*relation.signs} != {"="}:
        own, its = real_set(other), real_set(relation)
        return False if own is None else None if its is None else same_real_set(own, its)
    first, last = relation.sides[0], relation.sides[-1]
    if label_of(last) and not label_of(first):
        first, last = last, first
    if is_gold or label_of(first) or _is_of_figure(first):
        return same(last, other)
    difference = Operation("-", (first, last))
    return False if _told(same, difference, other) is False else None


def _is_of_figure(side: Expression) -> bool:
    r"""Whether it is made of the points of a figure, as ``|AB|`` and ``\frac{AB}{CD}`` are."""
    names = variables_in(side)
    return bool(names) and all(name[0].isupper() for name in names)


def _same_equations(answer: Relation, gold: Relation) -> bool | None:
    labels = [label_of(each.sides[0]) for each in (answer, gold)]
    if all(labels) and (labels[0] == labels[1] or not all(variables_in(each.sides[1]) for each in (answer, gold))):
        told = same(answer.sides[1], gold.sides[1])
        return told if labels[0] == labels[1] else (None if told is not False else False)
    if not variables_in(answer) or not variables_in(gold):
        return _all(_same_each(answer.sides, gold.sides))
    return _proportional(*(Operation("-", each.sides) for each in (answer, gold)))


def _proportional(answer: Expression, gold: Expression) -> bool | None:
    """Whether one is a multiple of the other, other than zero, so that both are zero at the same points."""
    values = [[value(each, point) for each in (answer, gold)] for point in POINTS]
    (one, other), *more = values
    told = [same_value(product(one, ours[1]), product(other, ours[0])) for ours in more]
    zeros = [same_value(each, Fraction(0)) for pair in values for each in pair]
    return None if None in told + zeros or True in zeros else all(told)
