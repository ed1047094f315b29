"""Sums of matrices and their multiples, worked out cell by cell."""

from __future__ import annotations

from collections.abc import Callable

from itemwise.expressions.expression import Expression, Matrix, Operation, mapped

__all__ = ["with_matrices_added"]


def with_matrices_added(expression: Expression) -> Expression:
    """The expression with each sum and multiple of matrices as the one matrix that it is; products of matrices stay."""
    return mapped(expression, _added)


def _added(part: Expression) -> Expression:
    match part:
        case Operation("negative", (Matrix() as matrix,)):
            return _each_cell(matrix, lambda cell: Operation("negative", (cell,)))
        case Operation("*", (Matrix(), Matrix())):
            return part
        case Operation("*", (Matrix() as matrix, factor)) | Operation("*", (factor, Matrix() as matrix)):
            return _each_cell(matrix, lambda cell: Operation("*", (factor, cell)))
        case Operation("/", (Matrix() as matrix, divisor)):
            return _each_cell(matrix, lambda cell: Operation("/", (cell, divisor)))
        case Operation(("+" | "-") as sign, (Matrix(first), Matrix(second))) if [*map(len, first)] == [*map(len, second)]:
            pairs = (zip(*rows, strict=True) for rows in zip(first, second, strict=True))
            return Matrix(tuple(tuple(Operation(sign, pair) for pair in row) for row in pairs))
    return part


def _each_cell(matrix: Matrix, change: Callable[[Expression], Expression]) -> Matrix:
    return Matrix(tuple(tuple(map(change, row)) for row in matrix.rows))
