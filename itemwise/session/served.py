"""Servers that run for the length of a run, each started by a command."""

from __future__ import annotations

import ipaddress
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from itemwise.models import ModelEntry, ModelUnavailableError
from itemwise.models.server.address import read_address
from itemwise.results.private_files import open_private
from itemwise.session import server_guard

__all__ = ["SERVER_LOG", "Served", "served_words", "silence", "wait_for"]

SERVER_LOG = "server.log"  # in the run's folder
LOOK_EVERY = 0.2  # seconds between two looks whether it answers
LOOK_TIMEOUT = 10.0  # seconds that a look waits for an answer
START_TIMEOUT = 1800.0  # seconds; the weights of a large model come from a disk, or from the hub
TELL_EVERY = 60.0  # seconds between two words of what is waited for
TAIL = 20  # lines of the log in an error
_OF_A_SHELL = re.compile(r"&&?|\|\|?|;|\d*[<>].*")


def served_words(command: str) -> list[str]:
    """The words of a command. Raises ValueError, saying why, where it is none that can be started."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"{command!r} is no command ({error})") from None
    if not words:
        raise ValueError("it is empty; give a command such as 'vllm serve Qwen/Qwen3-8B'")
    if name := re.match(r"\w+=", words[0]):
        raise ValueError(f"{name[0]}... sets a variable, which takes a shell; begin the command with env: 'env {name[0]}... PROGRAM'")
    if sign := next((word for word in words if _OF_A_SHELL.fullmatch(word) and _is_bare(word, command)), None):
        raise ValueError(f"{sign!r} takes a shell, and the command is given to none; call one: bash -c '...'")
    return words


def _is_bare(word: str, command: str) -> bool:
    """Whether a word of a command stands in it without quotes, in which the signs of a shell mean nothing."""
    return bool(re.search(rf"(?<!\S){re.escape(word)}(?!\S)", command))


class Served:
    """The server that `words` start, with all that it says in `log`. It ends with `end`, or with this process, however that ends.

    Raises ModelUnavailableError where there is no such program.
    """

    def __init__(self, words: Sequence[str], log: Path) -> None:
        if shutil.which(words[0]) is None:
            raise ModelUnavailableError(f"--serve: there is no program called {words[0]!r}; install it, or give its whole path.")
        self.log = log
        self._is_ending = False
        with open_private(log) as file:
            guard = [sys.executable, "-I", server_guard.__file__, *words]
            self._guard = subprocess.Popen(  # noqa: S603 - the user's own command
                guard, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def fault(self) -> str:
        """How it ended by itself, with the end of its log; empty where it runs, or was ended."""
        status = None if self._is_ending else self._guard.poll()
        if status is None:
            return ""
        why = {0: " (its command has to stay as long as it serves)", 137: " (killed, as where memory runs out)"}.get(status, "")
        return f"the server ended with status {status}{why}. {self.told()}"

    def watch(self, on_end: Callable[[], None]) -> None:
        """Call `on_end`, in a thread of its own, where it ends by itself."""

        def wait() -> None:
            self._guard.wait()
            if not self._is_ending:
                on_end()

        Thread(target=wait, name="itemwise server", daemon=True).start()

    def end(self) -> None:
        """End it and all that it started. Returns when they have ended."""
        self._is_ending = True
        self._guard.communicate(b".")

    def told(self) -> str:
        """Where its log is, and the end of it."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        return "\n".join([f"Its log, {self.log}, ends with:", *lines] if lines else [f"It said nothing ({self.log})."])


def wait_for(servers: Sequence[Served], entries: Sequence[ModelEntry], timeout: float = START_TIMEOUT) -> Iterator[tuple[str, str]]:
    """Wait until someone answers at the address of each model. Every TELL_EVERY seconds gives the URL that is waited for, and why there is
    no answer; raises ModelUnavailableError, with the end of a server's log, where one ends or no answer comes in time."""
    began, awaited, told = time.monotonic(), list(entries), 1
    while awaited:
        url, seconds = read_address(awaited[0].location).url, time.monotonic() - began
        if fault := next(filter(None, (server.fault for server in servers)), ""):
            raise ModelUnavailableError(f"--serve: before {url} answered, {fault}")
        if not (why := silence(awaited[0])):
            del awaited[0]
            continue
        if seconds > timeout:
            logs = "\n".join(server.told() for server in servers)
            raise ModelUnavailableError(f"--serve: {url} gave no answer within {timeout:.0f} s ({why}). {logs}")
        if seconds > told * TELL_EVERY:
            told += 1
            yield url, why
        time.sleep(LOOK_EVERY)


def silence(entry: ModelEntry) -> str:
    """Why nobody answers at the address of a model, or answers that it is not ready (a status of 500 or more, while weights are loaded);
    empty where someone does. Raises ModelError for a key that cannot be sent."""
    import http.client
    import urllib.error
    import urllib.request  # here, as every run of pytest imports this module

    from itemwise.models.server.client import authorization

    proxies = urllib.request.ProxyHandler({}) if _is_of_this_machine(entry.location) else urllib.request.ProxyHandler()
    asked = urllib.request.Request(f"{read_address(entry.location).url}/models")  # noqa: S310 - an address is http:// or https://
    asked.add_unredirected_header("Authorization", authorization(entry))  # a gateway may break down where there is none
    try:
        urllib.request.build_opener(proxies).open(asked, timeout=LOOK_TIMEOUT).close()
    except urllib.error.HTTPError as error:
        return f"status {error.code}" if error.code >= 500 else ""
    except (OSError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", error)) or type(error).__name__
    return ""


def _is_of_this_machine(location: str) -> bool:
    """Whether no proxy leads to an address."""
    host = urlsplit(read_address(location).url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
        return address.is_loopback or address.is_unspecified
    except ValueError:
        return host == "localhost"
