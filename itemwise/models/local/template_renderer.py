"""Renders chat templates in a child process, with limits on CPU time, memory and output size."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any

import psutil

from itemwise.models.checkpoint import CLOCK
from itemwise.models.model import ModelError, one_line

__all__ = ["TemplateError", "TemplateLimitError", "render_template", "template_variables"]

SECONDS = 3.0  # of CPU time, for one chat: a template takes thousandths
MEMORY = 512 << 20  # bytes
MIN_SIZE = 1 << 20  # characters that any chat may become
SIZE_RATIO = 8  # rendered characters for each of chat and template
POLL = 0.02  # seconds between two looks at a process that is slow to answer

_START = "import runpy, sys; sys.path += sys.argv[2:]; runpy.run_path(sys.argv[1], run_name='__main__')"


class TemplateError(ModelError):
    """A template refuses a chat; the message is the template's own, in one line."""


class TemplateLimitError(ModelError):
    """A template takes too much time, memory or text."""


def render_template(name: str, template: str, variables: Mapping[str, Any]) -> str:
    """The text of `template`, with the clock at CLOCK. `name` is the model's, for errors.

    Raises TemplateError for what the template raises, and TemplateLimitError.
    """
    size = len(template) + len(json.dumps([variables["messages"], variables["tools"]], default=str))
    most = max(MIN_SIZE, SIZE_RATIO * size)
    return str(_answer(name, {"template": template, "names": variables, "most": most})["text"])


def template_variables(name: str, template: str) -> frozenset[str]:
    """The variables that `template` reads. Raises as `render_template` does."""
    return frozenset(_answer(name, {"template": template, "most": MIN_SIZE})["variables"])


def _answer(name: str, job: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = PROCESS.answer({**job, "clock": CLOCK.isoformat()})
    if (limit := answer.get("limit")) is not None:
        raise TemplateLimitError(f"the chat template of {name} {_limit_text(limit, job['most'])}; mend chat_template.jinja.")
    if (error := answer.get("error")) is not None:
        raise TemplateError(one_line(error))
    return answer


class TemplateProcess:
    """The child process, started when it is first needed and again after it was killed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: Queue[bytes] = Queue()
        self._owner = 0

    def answer(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """The child's answer to a job: its ``text``, ``variables`` or ``error``, or the ``limit`` for which it was killed."""
        with self._lock:
            try:
                child = self._running_child()
                assert child.stdin is not None
                child.stdin.write(json.dumps(job, default=str).encode() + b"\n")
                child.stdin.flush()
                answer = self._read_answer(child)
            except BaseException as error:
                self._kill()  # its answer must not be taken for that of the next job
                if isinstance(error, OSError):
                    return {"limit": "death"}
                raise
            if "limit" in answer:
                self._kill()
            return answer

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return self._child
        command = [sys.executable, "-I", "-c", _START, str(Path(__file__).with_name("template_process.py")), *filter(None, sys.path)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
        self._child, self._owner, self._answers = child, os.getpid(), Queue()
        Thread(target=_forward_lines, args=(child, self._answers), daemon=True).start()
        if "limit" in (greeting := self._read_answer(child)):
            raise ModelError(f"no process for chat templates can be had ({sys.executable}): {greeting['limit']} before it began.")
        return child

    def _read_answer(self, child: subprocess.Popen[bytes]) -> dict[str, Any]:
        start: float | None = None
        while (line := self._next_line()) is None:
            with suppress(psutil.Error):  # it is gone, and its pipe will end
                process = psutil.Process(child.pid)
                used = sum(process.cpu_times()[:2])  # CPU seconds, so that a busy machine changes nothing
                start = used if start is None else start
                if process.memory_info().rss > MEMORY:
                    return {"limit": "memory"}
                if used - start > SECONDS:
                    return {"limit": "time"}
        return json.loads(line) if line else {"limit": "death"}

    def _next_line(self) -> bytes | None:
        """The child's next line, empty at its end; None if there is none within POLL seconds."""
        try:
            return self._answers.get(timeout=POLL)
        except Empty:
            return None

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.wait()
            assert child.stdin is not None
            with suppress(OSError):  # of what was not yet sent
                child.stdin.close()

    def close(self) -> None:
        """Kill the child, if there is one."""
        with self._lock:
            self._kill()


PROCESS = TemplateProcess()
atexit.register(PROCESS.close)


def _forward_lines(child: subprocess.Popen[bytes], answers: Queue[bytes]) -> None:
    """Put every line that the child writes into `answers`, and an empty one at its end."""
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            answers.put(line)
    answers.put(b"")


def _limit_text(limit: str, most: int) -> str:
    return {
        "time": f"does not end: it was stopped after {SECONDS:g} seconds",
        "memory": f"takes more than {MEMORY >> 20} MiB",
        "size": f"writes more than {most:,} characters for one chat",
        "death": "ended the process that rendered it",
    }[limit]
