"""Import strings: loads a user's function named as ``MODULE:FUNCTION``."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["ImportStringError", "load_function"]


class ImportStringError(Exception):
    """There is no such function to be had; the message says why."""


def load_function(text: str, option: str, folders: Sequence[Path] = ()) -> Callable[..., Any]:
    """The function that ``MODULE:FUNCTION`` names, its module imported from `folders` or from what is installed.

    Raises ImportStringError, naming `option`, where the text names none, the module cannot be imported or lacks the function.
    """
    module_name, colon, function = text.partition(":")
    if not (module_name and colon and function):
        raise ImportStringError(f"{option} must be MODULE:FUNCTION, such as my_own:{function or 'boxed'}, got {text!r}.")
    try:
        with _importable(folders):
            found = getattr(import_module(module_name), function, None)
    except Exception as error:  # whatever the user's module raises
        raise ImportStringError(f"{option} {text}: {module_name} cannot be imported ({type(error).__name__}: {error}).") from None
    if not callable(found):
        raise ImportStringError(f"{option} {text}: {module_name} has no function {function}.")
    named: Callable[..., Any] = found
    return named


@contextmanager
def _importable(folders: Sequence[Path]) -> Iterator[None]:
    """Let modules of `folders` be found, after all others, for as long as it takes to import one."""
    added = [str(folder) for folder in folders if str(folder) not in sys.path]
    sys.path += added
    try:
        yield
    finally:
        for folder in added:
            sys.path.remove(folder)
