r"""From a text to its expression: several answers, relations, unions of sets, and values with their units."""

from __future__ import annotations

from functools import reduce

from itemwise.expressions.expression import Expression, ExpressionError, Listed, Measured, Name, Operation, Relation, Words
from itemwise.expressions.formula_parser import FormulaParser
from itemwise.expressions.latex_tokens import Token, latex_tokens
from itemwise.expressions.token_reader import END

__all__ = ["parsed"]

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

    _are_alternatives = False  # whether the last conjunction is "or"

    def answers(self) -> Expression:
        """Everything up to a closing bracket or the end: one answer, or several with commas, "and" or "or" between them."""
        items = self.items()
        if not items:
            raise ExpressionError("nothing is there")
        if self._are_alternatives and all(isinstance(item, Relation) and "=" not in item.signs for item in items):
            return reduce(lambda first, second: Operation("union", (first, second)), items)
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
                self._are_alternatives = self._take().text.strip(" ,") == "or"
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
            return Words(self._words())
        negative = not unit and self._next.text == "-" and self._tokens[self._at + 1 : self._at + 2] == [Token("currency", "dollar")]
        if negative:
            self._at += 2
            return Measured(Operation("negative", (self.sum(),)), "dollar")
        found = self.sum()
        if isinstance(found, Measured):  # a degree or a percent sign
            return found
        unit += [self._words()] if self._next.kind in ("words", "currency") and not self._is_conjunction() else []
        return Measured(found, " ".join(unit)) if unit else found

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
