r"""Formulas without commas and relations, by recursive descent: sums, products, powers, atoms."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import TypeGuard

from itemwise.expressions.expression import (
    Based,
    Bracketed,
    Expression,
    ExpressionError,
    Matrix,
    Measured,
    Name,
    Number,
    Operation,
    Relation,
    Words,
    mapped,
)  # fmt: skip
from itemwise.expressions.latex_tokens import Token, repeating_decimal
from itemwise.expressions.token_reader import TokenReader, misplaced, unexpected
from itemwise.language import phrase

__all__ = ["FormulaParser", "bare"]

_FUNCTION_NAMES = "sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh log ln lg exp cis gcd lcm max min"
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_LETTER_NAMES = """
alpha beta gamma delta epsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell
"""
_BASES = "two three four five six seven eight nine ten eleven twelve"
_LETTERS = frozenset(_LETTER_NAMES.split())
_ACCENTS = frozenset({"bar", "hat", "tilde", "vec", "overline", "overrightarrow"})
_CLOSING = {"(": ")", "[": "]", "\\{": "\\}", "{": "}"}
_ROUND = {"lfloor": ("rfloor", "floor"), "lceil": ("rceil", "ceil"), "langle": ("rangle", "vector")}


class FormulaParser(TokenReader):
    """Each method takes what its name says, and leaves what follows. What stands in brackets is read by whoever builds on it."""

    def items(self) -> list[Expression]:
        """What stands between commas."""
        raise NotImplementedError

    def union(self) -> Expression:
        """A formula, or several sets joined."""
        raise NotImplementedError

    def sum(self) -> Expression:
        """Products with signs between them."""
        found = self._signed()
        while self._next.kind in ("symbol", "command") and self._next.text in ("+", "-", "pm", "mp"):
            sign = self._take().text
            found = Operation(sign, (bare(found), bare(self._product())))
        return found

    def _signed(self) -> Expression:
        if self._takes("+"):
            return self._signed()
        for sign, name in (("-", "negative"), ("pm", "pm"), ("mp", "mp")):
            if self._takes(sign):
                inner = self._within(self._signed) if self._next.text in ("-", "+", "pm", "mp") else self._product()
                if name != "negative":
                    return Operation(name, (Number(Fraction(0)), bare(inner)))
                if isinstance(inner, Measured):
                    return Measured(Operation(name, (inner.value,)), inner.unit)
                return Operation(name, (inner,))
        return self._product()

    def _product(self) -> Expression:
        """Factors, beside each other or with signs between them."""
        found = self._factor()
        divided = False
        while True:
            if self._takes("*"):
                found = Operation("*", (bare(found), bare(self._signed_factor())))
                divided = False
            elif self._takes("/"):
                found = Operation("/", (bare(found), bare(self._signed_factor())))
                divided = True
            elif self._begins_factor():
                if divided:
                    raise ExpressionError("it is unclear what is divided: put brackets")
                found = self._beside(found)
            else:
                return found

    def _signed_factor(self) -> Expression:
        if self._takes("-"):
            return Operation("negative", (bare(self._within(self._signed_factor)),))
        return self._factor()

    def _beside(self, found: Expression) -> Expression:
        """A factor without a sign before it: a mixed number, or a product."""
        is_number = isinstance(found, Number) and found.value.denominator == 1
        follows_number = self._next.kind == "number"
        factor = self._factor()
        if follows_number:
            if is_number and self._takes("/"):
                factor = Operation("/", (factor, self._factor()))
            elif isinstance(found, Number):
                raise ExpressionError("two numbers stand beside each other")
        if is_number and (part := _proper_fraction(factor)):
            return Operation("+", (found, part))
        return Measured(found, factor.text) if isinstance(factor, Words) else Operation("*", (bare(found), bare(factor)))

    def _begins_factor(self) -> bool:
        kind, text = self._next
        if kind == "symbol":
            return text in ("(", "{", "[")
        if kind == "command":
            return text in ("frac", "sqrt", "binom", "pi", "infty", "lfloor", "lceil") or text in _FUNCTIONS | _LETTERS | _ACCENTS
        return kind in ("number", "numeral", "repeating", "letter", "function", "begin")

    def _factor(self) -> Expression:
        found = self._atom()
        while True:
            if self._next.text == "^" and self._is_degree():
                return Measured(bare(found), "degree")
            if self._takes("^"):
                found = Operation("^", (bare(found), self._exponent()))
                if self._next.text == "^" and self._next.kind == "symbol":
                    raise ExpressionError("it is unclear what is raised: put braces")
            elif self._takes("!"):
                found = Operation("!", (bare(found),))
            elif self._takes("%"):
                return Measured(bare(found), "percent")
            elif self._takes("degree"):
                return Measured(bare(found), "degree")
            elif isinstance(found, Number) and self._takes("_"):
                found = self.based(found, self._plain_argument())
            else:
                return found

    def _is_degree(self) -> bool:
        """Whether a sign for degrees follows, which is taken."""
        following = [token.text for token in self._tokens[self._at + 1 : self._at + 4]]
        signs = ("degree", "o")
        length = 2 if following[:1] and following[0] in signs else 4 if following in [["{", sign, "}"] for sign in signs] else 0
        self._at += length
        return bool(length)

    def based(self, number: Number, base: str) -> Expression:
        """A numeral with its base, which stands in digits or words; one that is only named is 0."""
        words = _BASES.split()
        told = int(base) if base.isdigit() else 2 + words.index(base) if base in words else 0
        if not (2 <= told <= 36 or base.isalpha()):
            raise ExpressionError(phrase("{words!r} is no base", words=base))
        return Based(number.digits, told)

    def _exponent(self) -> Expression:
        if self._takes("-"):
            return Operation("negative", (self._exponent_atom(),))
        return self._exponent_atom()

    def _exponent_atom(self) -> Expression:
        if self._next.kind == "number":  # 2^10 is meant as it looks
            return self._number()
        return self._argument()

    def _argument(self) -> Expression:
        """What a macro takes: a group, or one digit, letter or command."""
        if self._takes("{"):
            found = self._over(self._within(self.union))
            self._require("}")
            return found if isinstance(found, Words) else bare(found)
        if self._next.kind == "number" and len(self._next.text) > 1 and self._next.text[0].isdigit():
            text = self._next.text
            self._tokens[self._at] = Token("number", text[1:])
            return _number(text[0])
        return self._within(self._atom)

    def _atom(self) -> Expression:
        kind, text = self._next
        match kind:
            case "number":
                return self._number()
            case "numeral":
                return self._numeral()
            case "repeating":
                return Number(repeating_decimal(self._take().text))
            case "letter":
                return self._name()
            case "begin":
                return self._matrix()
            case "command" | "function":
                return self._within(self._command)
        if kind == "symbol" and text in _CLOSING:
            return self._within(self._bracketed)
        if self._takes("|"):
            inside = self._within(self.sum)
            self._require("|")
            return Operation("abs", (bare(inside),))
        raise misplaced(text)

    def _number(self) -> Number:
        return _number(self._take().text)

    def _numeral(self) -> Based:
        """One with letters among its digits, which is known by the base behind it."""
        digits = self._take().text
        self._require("_")
        return Based(digits.upper(), int(self._plain_argument()))

    def _name(self) -> Name:
        name = self._take().text
        while True:
            if self._takes("'"):
                name += "'"
            elif self._takes("_"):
                name += f"_{self._plain_argument()}"
            else:
                return Name(name)

    def _bracketed(self) -> Expression:
        opening = self._take().text
        items = self.items()
        if len(items) == 1 and opening == "{":
            items = [self._over(items[0])]
        if len(items) == 1 and opening in ("\\{", "{") and self._takes("|", ":"):  # the numbers for which something holds
            items = self.items()
            self._require(_CLOSING[opening])
            return _intersection(items)
        closing = self._take().text
        if not (closing == _CLOSING[opening] or ({opening, closing} <= {"(", "[", ")", "]"} and closing in (")", "]"))):
            raise unexpected(closing, _CLOSING[opening])
        alone = len(items) == 1 and closing == _CLOSING[opening]
        if alone and opening != "\\{" and not isinstance(items[0], Relation):
            return items[0]
        if not items and opening == "{":
            raise ExpressionError("a group is empty")
        return Bracketed("\\{" if opening == "{" else opening, tuple(items), "\\}" if closing == "}" else closing)

    def _command(self) -> Expression:
        kind, name = self._take()
        if name in ("frac", "binom"):
            return _fraction("/" if name == "frac" else name, self._argument(), self._argument())
        if name in _ACCENTS:
            return self._accented(name)
        if name == "sqrt":
            return self._root(plain=kind == "function")
        if name in _FUNCTIONS:
            return self._function(name)
        if name in _ROUND:
            return self._rounded(*_ROUND[name])
        if name in ("pi", "infty"):
            return Name({"infty": "infinity"}.get(name, name))
        if name == "emptyset":
            return Bracketed("\\{", (), "\\}")
        if name in _LETTERS:
            self._at -= 1
            return self._name()
        raise ExpressionError(phrase("\\{words} is not understood", words=name))

    def _over(self, above: Expression) -> Expression:
        r"""What stands in a group, where ``\over`` or ``\choose`` may follow."""
        for command, name in (("over", "/"), ("choose", "binom")):
            if self._takes(command):
                return _fraction(name, above, self._within(self.union))
        return above

    def _accented(self, name: str) -> Expression:
        """A letter with its accent as a name of its own, but for the arrow of a vector; a line over more is no matter."""
        inside = self._argument()
        accent = {"overline": "bar"}.get(name, name)
        return Name(f"{accent} {inside.text}") if isinstance(inside, Name) and name not in ("vec", "overrightarrow") else inside

    def _root(self, *, plain: bool) -> Expression:
        degree: Expression = Number(Fraction(2))
        if self._takes("["):
            degree = self._within(self.sum)
            self._require("]")
        return Operation("root", (self._atom() if plain else self._argument(), degree))

    def _rounded(self, closing: str, name: str) -> Expression:
        if name == "vector":
            items = self.items()
            self._require(closing)
            return Bracketed("(", tuple(items), ")")
        inside = self.sum()
        self._require(closing)
        return Operation(name, (bare(inside),))

    def _function(self, name: str) -> Expression:
        r"""A function of what is in brackets, or of the product that follows: ``\sin^2 2x``, ``\log_2 8``."""
        base = (self._argument(),) if name in ("log", "lg") and self._takes("_") else ()
        power = self._exponent() if self._takes("^") else None
        base = base or ((self._argument(),) if name in ("log", "lg") and self._takes("_") else ())
        arguments = self._function_arguments()
        if power == Operation("negative", (_number("1"),)):
            name, power = f"arc{name}", None
        found = Operation(name, (*arguments, *base)) if name != "cis" else _unit_circle(arguments[0])
        return found if power is None else Operation("^", (found, power))

    def _function_arguments(self) -> tuple[Expression, ...]:
        if self._next.text == "(" and self._next.kind == "symbol":
            inside = self._bracketed()
            return tuple(map(_in_radians, inside.items if isinstance(inside, Bracketed) else (inside,)))
        found = self._within(self._factor)
        while self._begins_factor() and self._next.text not in ("(", *_FUNCTIONS) and not isinstance(found, Measured):
            found = Operation("*", (found, self._factor()))
        return (_in_radians(found),)

    def _matrix(self) -> Expression:
        name = self._take().text
        if name not in ("pmatrix", "bmatrix", "matrix", "array", "Bmatrix", "smallmatrix", "vmatrix"):
            raise ExpressionError(phrase("the environment {words!r} is not understood", words=name))
        rows: list[tuple[Expression, ...]] = []
        cells: list[Expression] = []
        while True:
            cells.append(bare(self._within(self.sum)))
            if self._takes("&"):
                continue
            rows.append(tuple(cells))
            cells = []
            if self._next.kind == "row":
                self._at += 1
            if self._next == Token("end", name):
                break
            if self._tokens[self._at - 1].kind != "row":
                raise misplaced(self._next.text)
        self._at += 1
        if len({len(row) for row in rows}) > 1:
            raise ExpressionError("the rows of a matrix differ in length")
        return Operation("determinant", (Matrix(tuple(rows)),)) if name == "vmatrix" else Matrix(tuple(rows))


def _number(text: str) -> Number:
    digits, _, power = text.lower().partition("e")
    if len(digits) > 1000 or abs(int(power or 0)) > 1000:
        raise ExpressionError("a number is too long")
    return Number(Fraction(digits) * Fraction(10) ** int(power or 0), digits)


def bare(found: Expression) -> Expression:
    """What stands inside an operation: an angle in degrees and a share in percent as the numbers that they are."""
    if not isinstance(found, Measured):
        return found
    if found.unit == "percent":
        return Operation("/", (found.value, Number(Fraction(100))))
    if found.unit == "degree":
        return Operation("degrees", (found.value,))
    raise ExpressionError(phrase("{words!r} is not understood inside an expression", words=found.unit))


def _in_radians(found: Expression) -> Expression:
    """An angle as functions take it."""
    return mapped(bare(found), lambda part: _radians(part.operands[0]) if _is_angle(part) else part)


def _is_angle(part: Expression) -> TypeGuard[Operation]:
    return isinstance(part, Operation) and part.name == "degrees"


def _radians(degrees: Expression) -> Expression:
    return Operation("/", (Operation("*", (degrees, Name("pi"))), Number(Fraction(180))))


def _unit_circle(angle: Expression) -> Expression:
    return Operation("+", (Operation("cos", (angle,)), Operation("*", (Name("i"), Operation("sin", (angle,))))))


def _fraction(name: str, above: Expression, below: Expression) -> Expression:
    """A fraction or a binomial coefficient; of two units it is a unit."""
    if isinstance(above, Words) and isinstance(below, Words):
        return Words(f"{above.text}/{below.text}")
    return Operation(name, (bare(above), bare(below)))


def _intersection(conditions: list[Expression]) -> Expression:
    """What holds where all conditions do."""
    if not conditions:
        raise ExpressionError("a condition is missing")
    return reduce(lambda first, second: Operation("intersection", (first, second)), conditions)


def _proper_fraction(factor: Expression) -> Expression | None:
    """The factor, where it is a fraction of two whole numbers below one: behind a whole number it is its other part."""
    match factor:
        case Operation("/", (Number(above), Number(below))) if above.denominator == below.denominator == 1 and 0 < above < below:
            return factor
    return None
