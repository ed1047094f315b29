r"""What an expression is once it is read: numbers and names, operations on them, and what holds several of them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

__all__ = [
    "CONSTANTS", "FLIPPED", "Based", "Bracketed", "Expression", "ExpressionError", "Listed", "Matrix", "Measured", "Name", "Number",
    "Operation", "Relation", "Words", "contains", "label_of", "mapped", "names_in", "size_of", "variables_in",
]  # fmt: skip


class ExpressionError(Exception):
    """A text that is not understood, or an expression that is too large or too unclear to be evaluated; the message says which."""


@dataclass(frozen=True)
class Number:
    """A number as it is written: its exact value, and its digits."""

    value: Fraction
    digits: str = ""


@dataclass(frozen=True)
class Name:
    """A variable, or one of the constants ``pi``, ``e``, ``i`` and ``infinity``."""

    text: str


@dataclass(frozen=True)
class Operation:
    """An operator or a function, by its name, and what it is applied to."""

    name: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Based:
    """A numeral with its base, such as 52_8."""

    digits: str
    base: int


@dataclass(frozen=True)
class Bracketed:
    """Several expressions in brackets: a point, a vector or an open interval ``( )``, a closed one ``[ ]``, a set ``{ }``."""

    opening: str
    items: tuple[Expression, ...]
    closing: str


@dataclass(frozen=True)
class Listed:
    """Several answers in a row, without brackets."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Matrix:
    """A matrix or a vector, by its rows."""

    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True)
class Relation:
    """An equation or a chain of inequalities: one sign fewer than sides, each of ``= < > <= >= != in``."""

    sides: tuple[Expression, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """Words that stand for themselves."""

    text: str


@dataclass(frozen=True)
class Measured:
    """A value with the words of its unit, such as ``5 cm^2``, ``$5``, ``30 degrees``, ``15%``."""

    value: Expression
    unit: str


Expression: TypeAlias = Number | Name | Operation | Based | Bracketed | Listed | Matrix | Relation | Words | Measured


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that it is made of."""
    match expression:
        case Operation(_, parts) | Listed(parts) | Bracketed(_, parts, _) | Relation(parts, _):
            return parts
        case Matrix(rows):
            return tuple(cell for row in rows for cell in row)
        case Measured(value, _):
            return (value,)
    return ()


def size_of(expression: Expression) -> int:
    """How many parts it is made of, itself among them."""
    return 1 + sum(map(size_of, parts_of(expression)))


def contains(expression: Expression, wanted: Callable[[Expression], bool]) -> bool:
    """Whether it, or a part of it, is wanted."""
    return wanted(expression) or any(contains(part, wanted) for part in parts_of(expression))


def names_in(expression: Expression) -> frozenset[str]:
    """The names that stand in it, constants among them."""
    own = frozenset({expression.text}) if isinstance(expression, Name) else frozenset()
    return own.union(*map(names_in, parts_of(expression)))


FLIPPED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<=", "in": ""}  # a relation read from right to left
CONSTANTS = ("pi", "e", "i", "infinity")


def variables_in(expression: Expression) -> frozenset[str]:
    """The names that stand in it and are no constants."""
    return names_in(expression).difference(CONSTANTS)


def label_of(side: Expression) -> str:
    """What a side calls the other: a name, a function of one or of a number, or words; empty where it is anything else."""
    match side:
        case Name(text) if text not in CONSTANTS:
            return text
        case Operation("*", (Name(function), Name(argument) | Number(_, argument))) if function not in CONSTANTS:
            return f"{function}({argument})"
        case Words(text):
            return text
    return ""


def mapped(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same with each part changed, the innermost first."""
    match expression:
        case Operation(name, operands):
            return change(Operation(name, _each(operands, change)))
        case Listed(items):
            return change(Listed(_each(items, change)))
        case Bracketed(opening, items, closing):
            return change(Bracketed(opening, _each(items, change), closing))
        case Relation(sides, signs):
            return change(Relation(_each(sides, change), signs))
        case Matrix(rows):
            return change(Matrix(tuple(_each(row, change) for row in rows)))
        case Measured(value, unit):
            return change(Measured(mapped(value, change), unit))
    return change(expression)


def _each(parts: tuple[Expression, ...], change: Callable[[Expression], Expression]) -> tuple[Expression, ...]:
    return tuple(mapped(part, change) for part in parts)
