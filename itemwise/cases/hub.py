"""Loads a dataset, or one of its files, from the Hugging Face hub or its cache at a pinned revision; errors say what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itemwise.cases.row import Hub, RowsError

if TYPE_CHECKING:
    from pyarrow import Table

__all__ = ["hub_file", "hub_table", "picture_folders"]

_CORRECT = "Correct the benchmark's Hub(...)"
ROWS_ELSEWHERE = (
    "or give the rows as --source PATH (jsonl, csv, tsv, parquet, arrow); or measure made problems with --source synthetic, "
    "where the benchmark has them."
)


def hub_table(hub: Hub) -> tuple[Table, str]:
    """The rows of `hub` at its pinned revision as an Arrow table, memory-mapped from the cache; nothing is decoded. And the
    commit that they are of.

    A pinned commit that is in the cache is read without asking the hub. Raises RowsError saying what to do where
    neither the hub nor the cache has the rows, or the cache has them only at another commit.
    """
    try:
        builder = _cached(hub) or _offered(hub)
        builder.download_and_prepare()
        return builder.as_dataset(split=hub.split).data.table, str(builder.hash)
    except RowsError:
        raise
    except Exception as error:  # the library raises OSError, ValueError, its own and httpx's, by cause and release
        raise _fault(hub, error) from None


def hub_file(hub: Hub) -> tuple[Path, str]:
    """The file of `hub` in the cache, fetched where it is not there at its revision, and the commit that it is of.

    Raises RowsError as `hub_table` does.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        file = Path(hf_hub_download(hub.path, str(hub.file), repo_type="dataset", revision=hub.revision))
    except Exception as error:  # as above
        if isinstance(error, EntryNotFoundError) and not isinstance(error, LocalEntryNotFoundError):
            raise _refusal(f"the hub's {hub.path} has no file {hub.file!r}.", _CORRECT) from None
        raise _fault(hub, error) from None
    inside = Path(str(hub.file)).parts
    return file, file.parts[-len(inside) - 1]


def picture_folders() -> tuple[Path, ...]:
    """Where the hub's libraries put the files that rows of the hub may name: their caches, and nothing beside them."""
    import datasets
    from huggingface_hub import constants

    return Path(datasets.config.HF_DATASETS_CACHE), Path(constants.HF_HUB_CACHE)


def _cached(hub: Hub) -> Any:
    """The cached rows of exactly this commit, or None; the library itself would offer those of any commit."""
    from datasets.packaged_modules.cache.cache import Cache

    if not hub.is_pinned:
        return None
    name = hub.path.rpartition("/")[2]
    cached = Cache(repo_id=hub.path, dataset_name=name, config_name=hub.config, version="0.0.0", hash=hub.revision)
    return cached if Path(cached.cache_dir).is_dir() else None


def _offered(hub: Hub) -> Any:
    """What the library loads from, refused where it is not the revision asked for."""
    import datasets

    commit = _commit(hub)
    builder = datasets.load_dataset_builder(hub.path, hub.config, revision=commit)
    if commit not in (None, builder.hash):
        raise _refusal(f"{hub.name} is pinned to revision {commit}, but only {builder.hash} is in the cache and the hub was not reached.")
    return builder


def _commit(hub: Hub) -> str | None:
    """The commit behind the revision, asked of the hub once.

    This fails at once without a network, where load_dataset tries for half a minute and then takes any cached commit.
    """
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        return hub.revision
    return HfApi().dataset_info(hub.path, revision=hub.revision, timeout=constants.HF_HUB_ETAG_TIMEOUT).sha


def _fault(hub: Hub, error: Exception) -> RowsError:
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    match error:
        case RepositoryNotFoundError():
            cause = f"the hub has no dataset {hub.path!r}, or it is private or gated and needs a login"
        case RevisionNotFoundError():
            cause = f"the hub's {hub.path} has no revision {hub.revision!r}"
        case ValueError():
            cause = " ".join(str(error).split()).rstrip(".")
        case _:
            cause = next(iter(str(error).splitlines()), "")
            return _refusal(f"{hub.name} could not be read from the hub or its cache ({type(error).__name__}: {cause})")
    return _refusal(f"{hub.name} cannot be read: {cause}.", _CORRECT)


def _refusal(fault: str, advice: str = "Check the network, or set HF_ENDPOINT to a mirror") -> RowsError:
    endpoint = os.environ.get("HF_ENDPOINT", "the default hub; HF_ENDPOINT names a mirror")
    connection = f"  endpoint: {endpoint}\n  offline:  HF_HUB_OFFLINE={os.environ.get('HF_HUB_OFFLINE', 'unset')}"
    return RowsError(f"{fault}\n{connection}\n{advice}; {ROWS_ELSEWHERE}")
