r"""From a text to its expression: several answers, relations, unions of sets, and values with their units."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import reduce

from itemwise.expressions.expression import (
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
    variables_in,
)  # fmt: skip
from itemwise.expressions.formula_parser import FormulaParser
from itemwise.expressions.latex_tokens import Token, latex_tokens
from itemwise.expressions.token_reader import END
from itemwise.expressions.units import unit_of
from itemwise.extractors import last_number

__all__ = ["parsed"]

_BASE = re.compile(r"\(?base (\w+)\)?")
_HEDGES = ("exactly", "approximately", "roughly", "about", "positive")
_MEANINGS: dict[str, Expression] = {
    **dict.fromkeys(("real numbers", "all real numbers", "all reals", "any real number", "all real values"), Name("set R")),
    **dict.fromkeys(("empty set", "the empty set"), Bracketed("\\{", (), "\\}")),
}
_RELATIONS = ("=", "<", ">", "<=", ">=", "!=", "in", "~=")


def parsed(text: str) -> Expression:
    r"""The expression that a text writes, in LaTeX or plainly. Raises ExpressionError for what is none, or is not understood.

    >>> parsed(r"\frac43")
    Operation(name='/', operands=(Number(value=Fraction(4, 1), digits='4'), Number(value=Fraction(3, 1), digits='3')))
    """
    parser = _AnswerParser(latex_tokens(text))
    found = parser.answers()
    parser.require_end()
    return found


class _AnswerParser(FormulaParser):
    """Each method takes what its name says, and leaves what follows."""

    _conjunction = ""  # the last "and" or "or"

    def answers(self) -> Expression:
        """Everything up to a closing bracket or the end: one answer, or several with commas, "and" or "or" between them."""
        items = self.items()
        if not items:
            raise ExpressionError("nothing is there")
        if self._conjunction and len(items) > 1 and _are_conditions(items):
            name = "union" if self._conjunction == "or" else "intersection"
            return reduce(lambda first, second: Operation(name, (first, second)), items)
        return items[0] if len(items) == 1 else Listed(tuple(items))

    def items(self) -> list[Expression]:
        items: list[Expression] = []
        while not (self._next is END or self._is_closing()):
            items.append(self._relation())
            if not self._is_separated():
                break
        return items

    def _is_closing(self) -> bool:
        return self._next.text in (")", "]", "\\}", "}", "rangle") and self._next.kind in ("symbol", "command")

    def _is_separated(self) -> bool:
        """Whether a comma, "and" or "or" follows, which are taken."""
        start = self._at
        while self._takes(",", ";") or self._is_conjunction():
            if self._is_conjunction():
                self._conjunction = self._take().text.strip(" ,")
        return self._at > start

    def _is_conjunction(self) -> bool:
        return self._next.kind == "words" and self._next.text.strip(" ,") in ("and", "or", "")

    def _relation(self) -> Expression:
        self._takes("=")  # of a chain whose beginning stands elsewhere
        sides, signs = [self.union()], list[str]()
        while self._next.kind == "symbol" and self._next.text in _RELATIONS:
            sign = self._take().text
            side = self.union()
            if sign == "~=" and (signs or not isinstance(sides[0], Name)):
                continue  # what follows is only about what stands before
            signs.append("=" if sign == "~=" else sign)
            sides.append(side)
        return Relation(tuple(sides), tuple(signs)) if signs else sides[0]

    def union(self) -> Expression:
        found = self._measured()
        for _ in self._tokens:
            if self._takes("cup"):
                found = Operation("union", (found, self._measured()))
            elif self._takes("cap"):
                found = Operation("intersection", (found, self._measured()))
            elif self._takes("setminus"):
                found = Operation("without", (found, self._measured()))
            else:
                break
        return found

    def _measured(self) -> Expression:
        """A sum with its unit, or words."""
        unit = [self._take().text] if self._next.kind == "currency" else []
        if self._next.kind == "words":
            return self._in_words()
        negative = not unit and self._next.text == "-" and self._tokens[self._at + 1 : self._at + 2] == [Token("currency", "dollar")]
        if negative:
            self._at += 2
            return Measured(Operation("negative", (self.sum(),)), "dollar")
        found = self._ratio(self.sum())
        if isinstance(found, Measured):  # a degree or a percent sign
            return found
        unit += [self._words()] if self._next.kind in ("words", "currency") and not self._is_conjunction() else []
        if isinstance(found, Number) and (base := _BASE.fullmatch(" ".join(unit))):
            return self.based(found, base[1])
        if unit and not unit_of(" ".join(unit)).known and not contains(found, lambda part: isinstance(part, (Number, Bracketed, Matrix))):
            return Words(" ".join([*sorted(variables_in(found)), *unit]))  # prose that begins with short words
        return Measured(found, " ".join(unit)) if unit else found

    def _ratio(self, first: Expression) -> Expression:
        """A ratio or the time of a clock; in a set a colon behind a name says what it is."""
        parts = [first]
        while self._next.text == ":" and self._next.kind == "symbol" and not isinstance(first, Name):
            self._at += 1
            parts.append(self.sum())
        return Bracketed(":", tuple(parts), ":") if len(parts) > 1 else first

    def _in_words(self) -> Expression:
        """What words say: a sign, a number, a set; else they stand for themselves."""
        sign = self._next.text.lower()
        if sign in ("negative", "minus", *_HEDGES) and self._at + 1 < len(self._tokens):
            self._at += 1
            inner = self._measured()
            if sign in _HEDGES:
                return inner
            if isinstance(inner, Measured):
                return Measured(Operation("negative", (inner.value,)), inner.unit)
            return Operation("negative", (inner,))
        text = self._words()
        number = None if " " in text or self._depth else last_number(text)
        return Number(Fraction(number)) if number else _MEANINGS.get(text.lower(), Words(text))

    def _words(self) -> str:
        """Words up to the next that is none, with the powers of units and what is between them."""
        words = list[str]()
        while (self._next.kind in ("words", "currency") and not self._is_conjunction()) or (
            words and self._next.kind in ("number", "letter")
        ):
            words.append(self._take().text)
            if self._next.text == "^":
                self._at += 1
                words[-1] += f"^{self._plain_argument()}"
            if self._takes("/"):
                words[-1] += "/"
        return " ".join(words)


def _are_conditions(items: list[Expression]) -> bool:
    """Whether each is a relation of one and the same variable, and one at least an inequality."""
    relations = [item for item in items if isinstance(item, Relation)]
    if len(relations) < len(items) or all({*item.signs} == {"="} for item in relations):
        return False
    return len(frozenset[str]().union(*map(variables_in, items))) == 1
