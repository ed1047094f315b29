"""The one place that speaks to the dataset hub; `HF_ENDPOINT`, `HF_HUB_OFFLINE` and the cache are the library's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from itemwise.rows import Hub, RowsError

if TYPE_CHECKING:
    from pyarrow import Table

__all__ = ["hub_table"]


def hub_table(hub: Hub) -> Table:
    """The rows of `hub` at its pinned revision as an Arrow table, memory-mapped from the cache; nothing is decoded.

    Raises RowsError saying what to do where neither the hub nor the cache has them.
    """
    import datasets

    try:
        return datasets.load_dataset(hub.path, hub.config, split=hub.split, revision=hub.revision).data.table
    except Exception as error:  # the library raises OSError, ValueError, its own and httpx's, by cause and release
        raise RowsError(_advice(hub, error)) from None


def _advice(hub: Hub, error: Exception) -> str:
    name = " / ".join(part for part in (hub.path, hub.config, hub.split) if part)
    endpoint = os.environ.get("HF_ENDPOINT", "the default hub; HF_ENDPOINT names a mirror")
    cause = next(iter(str(error).splitlines()), "") or type(error).__name__
    return (
        f"{name} could not be read from the hub or its cache ({type(error).__name__}: {cause})\n"
        f"  endpoint: {endpoint}\n"
        f"  offline:  HF_HUB_OFFLINE={os.environ.get('HF_HUB_OFFLINE', 'unset')}\n"
        "Check the network or set HF_ENDPOINT to a mirror; or give the rows as --source PATH (jsonl, parquet, arrow); "
        "or measure made problems with --source synthetic."
    )
