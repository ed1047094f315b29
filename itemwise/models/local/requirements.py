"""The libraries that local models need, which the extra ``[local]`` installs, and the error where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from itemwise.models.model import ModelError

__all__ = ["local_libraries"]


@contextmanager
def local_libraries(what: str) -> Iterator[None]:
    """Around an import of torch or transformers on behalf of `what`. Raises ModelError that names the extra, where one is missing."""
    try:
        yield
    except ImportError as error:
        raise ModelError(
            f'{what} needs torch and transformers ({error}): pip install "pytest-itemwise[local]". A model on a server needs neither '
            "(--model http://host:8000/v1#name), nor do --replay, compare and show."
        ) from None
