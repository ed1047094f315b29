"""A run as one table in parquet, for notebooks: the rows and columns of the csv, with their types."""

from collections.abc import Sequence

from itemwise.cases.surrogates import encodable
from itemwise.export.exported_task import ExportedTask
from itemwise.export.to_csv import COLUMNS, case_rows, score_names

__all__ = ["parquet_files"]


def parquet_files(tasks: Sequence[ExportedTask]) -> dict[str, str | bytes]:
    """``cases.parquet``; an answer that could not be read and a score that a case has not are null."""
    import pyarrow  # comes with datasets
    from pyarrow import parquet

    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    fields = [(name, types[kind]) for name, kind in COLUMNS.items()] + [(name, pyarrow.float64()) for name in score_names(tasks)]
    rows = [{name: encodable(value) if isinstance(value, str) else value for name, value in row.items()} for row in case_rows(tasks)]
    written = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_pylist(rows, pyarrow.schema(fields)), written)
    return {"cases.parquet": written.getvalue().to_pybytes()}
