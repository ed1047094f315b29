"""What ``python -m itemwise`` does: with the folders that runs leave, no model and no network; with a model, its configuration."""

import shutil
import sys


class CommandError(Exception):
    """A command cannot be done; the message says in one line what was wrong and what to do instead."""


def terminal_width() -> int:
    """The characters in a line of the terminal that is printed to; 0 where lines go to a file or another command, which take any length."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


__all__ = ["CommandError", "terminal_width"]
