"""Sums of matrices and their multiples, worked out cell by cell."""

from __future__ import annotations

from collections.abc import Callable

from itemwise.expressions.expression import Expression, ExpressionError, Matrix, Operation, contains, mapped, size_of

__all__ = ["with_matrices_added"]

_MOST_PARTS = 400  # of a matrix, counted in all its cells


def with_matrices_added(expression: Expression) -> Expression:
    """The expression with each sum and multiple of matrices as the one matrix that it is; products of matrices stay."""
    return mapped(expression, _added)


def _added(part: Expression) -> Expression:
    match part:
        case Operation("negative", (Matrix() as matrix,)):
            return _each_cell(matrix, lambda cell: Operation("negative", (cell,)))
        case Operation("*", (Matrix() as matrix, factor)) | Operation("*", (factor, Matrix() as matrix)) if not contains(
            factor, _is_matrix
        ):
            return _each_cell(matrix, lambda cell: Operation("*", (factor, cell)))
        case Operation("/", (Matrix() as matrix, divisor)) if not contains(divisor, _is_matrix):
            return _each_cell(matrix, lambda cell: Operation("/", (cell, divisor)))
        case Operation(("+" | "-") as sign, (Matrix(first), Matrix(second))) if [*map(len, first)] == [*map(len, second)]:
            pairs = (zip(*rows, strict=True) for rows in zip(first, second, strict=True))
            return Matrix(tuple(tuple(Operation(sign, pair) for pair in row) for row in pairs))
    return part


def _is_matrix(part: Expression) -> bool:
    return isinstance(part, Matrix)


def _each_cell(matrix: Matrix, change: Callable[[Expression], Expression]) -> Matrix:
    """The matrix with each cell changed. Raises ExpressionError where that would be too much to compute."""
    if sum(size_of(change(cell)) for row in matrix.rows for cell in row) > _MOST_PARTS:
        raise ExpressionError("a multiple of a matrix is too large")
    return Matrix(tuple(tuple(map(change, row)) for row in matrix.rows))
