"""A server that runs for the length of a run, started by a command."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from itemwise.models import ModelUnavailableError
from itemwise.models.server.address import read_address
from itemwise.results.private_files import open_private
from itemwise.session import server_guard

__all__ = ["SERVER_LOG", "Served", "answers", "served_words"]

SERVER_LOG = "server.log"  # in the run's folder
LOOK_EVERY = 0.2  # seconds between two looks whether it answers
START_TIMEOUT = 1800.0  # seconds; the weights of a large model come from a disk, or from the hub
TAIL = 20  # lines of the log in an error


def served_words(command: str) -> list[str]:
    """The words of a command. Raises ValueError, saying why, where it is none that can be started."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"{command!r} is no command ({error})") from None
    if not words:
        raise ValueError("it is empty; give a command such as 'vllm serve Qwen/Qwen3-8B'")
    return words


class Served:
    """The server that `words` start, with all that it says in `log`. It ends with `end`, or with this process, however that ends.

    Raises ModelUnavailableError where there is no such program.
    """

    def __init__(self, words: Sequence[str], log: Path) -> None:
        if shutil.which(words[0]) is None:
            raise ModelUnavailableError(f"--serve: there is no program called {words[0]!r}; install it, or give its whole path.")
        self._log = log
        with open_private(log) as file:
            guard = [sys.executable, "-I", server_guard.__file__, *words]
            self._guard = subprocess.Popen(  # noqa: S603 - the user's own command
                guard, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )

    def wait(self, location: str, timeout: float = START_TIMEOUT) -> float:
        """Wait until it answers at the address of a model. Returns the seconds; raises ModelUnavailableError with the end of its log
        where it ends, or does not answer in time."""
        began = time.monotonic()
        while not answers(location):
            if (status := self._guard.poll()) is not None:
                raise ModelUnavailableError(f"--serve: the server ended with status {status} before it answered. {self._told()}")
            if time.monotonic() - began > timeout:
                raise ModelUnavailableError(f"--serve: {read_address(location).url} gave no answer within {timeout:.0f} s. {self._told()}")
            time.sleep(LOOK_EVERY)
        return time.monotonic() - began

    def end(self) -> None:
        """End it and all that it started. Returns when they have ended."""
        self._guard.communicate(b".")

    def _told(self) -> str:
        """Where its log is, and the end of it."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        return "\n".join([f"Its log, {self._log}, ends with:", *lines] if lines else [f"It said nothing ({self._log})."])


def answers(location: str) -> bool:
    """Whether a server answers at the address of a model; one that still loads its weights says so by a status of 500 or more."""
    import urllib.error
    import urllib.request  # here, as every run of pytest imports this module

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it runs on this machine
    try:
        opener.open(f"{read_address(location).url}/models", timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True
