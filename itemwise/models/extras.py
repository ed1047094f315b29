"""The optional dependencies: extras such as ``[local]``, and how to install the one that is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from itemwise.models.model import ModelError

__all__ = ["install_hint", "local_libraries"]


def install_hint(extra: str) -> str:
    """How to install an extra, wherever the package came from: it is on no index."""
    return f'pip install -e ".[{extra}]" in a clone, otherwise the wheel or git address again with [{extra}]'


@contextmanager
def local_libraries(what: str) -> Iterator[None]:
    """Around an import of torch or transformers on behalf of `what`. Raises ModelError that names the extra, where one is missing."""
    try:
        yield
    except ImportError as error:
        raise ModelError(
            f"{what} needs torch and transformers ({error}): {install_hint('local')}. A model on a server needs neither "
            "(--model http://host:8000/v1#name), nor do --replay, compare and show."
        ) from None
