"""Chat templates: which of a checkpoint's is used, that it shows what it is given, where a turn ends; bounded in time and memory."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any

import psutil

from itemwise.models.checkpoint import CLOCK, uses_clock
from itemwise.models.model import ModelError, one_line

__all__ = ["ChatTemplate", "TemplateError", "TemplateLimitError"]

SECONDS = 3.0  # of a processor, for one chat: a template takes thousandths
MEMORY = 512 << 20  # bytes
LEAST = 1 << 20  # characters that any chat may become
TIMES = 8  # what was put in, a chat may become
POLL = 0.02  # seconds between two looks at a process that is slow to answer

_START = "import runpy, sys; sys.path += sys.argv[2:]; runpy.run_path(sys.argv[1], run_name='__main__')"
_WORD = re.compile(r"[a-z0-9]+")
_SWITCH = re.compile(r"(?<!\S)/\w+")  # such as /no_think, which some templates take out and act by
_SHOWN = ("system", "user", "tool")  # the roles whose words must reach the model


class TemplateError(ModelError):
    """A template refuses a chat; the message is its own words, in one line."""


class TemplateLimitError(ModelError):
    """A template takes too much time, memory or text."""


class ChatTemplate:
    """The chat template of a checkpoint, or its several by name: for tools ``tool_use``, else ``default``, else the only one.

    A template that is one only for tools, say, serves all chats where there is no other. Raises ModelError where there are
    several and none is the default. Text is rendered as transformers does, but that the clock (``strftime_now``) stands
    still, so that a prompt is the same on any day.
    """

    def __init__(self, name: str, templates: str | Mapping[str, str], tokens: Mapping[str, Any]) -> None:
        self._name = name
        self._templates = {"default": templates} if isinstance(templates, str) else dict(templates)
        self._tokens = dict(tokens)
        self._shown: set[str] = set()  # the shapes of chats that were found to be shown whole
        self._named()
        self._wants_parts = not self._shows("itemwise0usermark") and self._shows([{"type": "text", "text": "itemwise0usermark"}])

    @property
    def uses_clock(self) -> bool:
        """Whether what is rendered has a date in it."""
        return any(uses_clock(text) for text in self._templates.values())

    def knows_tools(self) -> bool:
        """Whether the template for tools has a place for them."""
        return "tools" in self._named(tools=True)

    def render(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = (), *, reply: bool = True) -> str:
        """The text of a chat, with the beginning of a reply unless `reply` is False.

        Raises TemplateError where the template refuses it, and TemplateLimitError.
        """
        if self._wants_parts:
            messages = [_in_parts(message) for message in messages]
        return self._rendered(messages, tools, reply)

    def prompt(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> str:
        """The text of a chat, with the beginning of a reply and every word of what was asked.

        Raises as `render` does, and ModelError where words are lost: some templates cut what is long, or take out what they know.
        """
        text = self.render(messages, tools)
        folded = text.casefold()
        for message in messages:
            if message["role"] in _SHOWN and (lost := _lost_word(_words(message), folded)) is not None:
                raise ModelError(self._fault(message["role"], f"loses words of {{}}, such as {one_line(lost)!r}"))
        return text

    def require_shown(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> None:
        """Raise ModelError where a chat of this shape would lose a turn or a tool: a mark put in for each must come out once."""
        marks = [f"itemwise{number}{message['role']}mark" for number, message in enumerate(messages)]
        marked = [_worded(message, mark) for message, mark in zip(messages, marks, strict=True)]
        shape = json.dumps([[_shape(message) for message in messages], list(tools)], sort_keys=True, default=str)
        if shape in self._shown:
            return
        text = self.render(marked, tools).casefold()
        for message, mark in zip(messages, marks, strict=True):
            if message["role"] in _SHOWN and (times := text.count(mark.casefold())) != 1:
                raise ModelError(self._fault(message["role"], f"shows {{}} {times} times" if times else "drops {}"))
        for tool in tools:
            if (called := str(tool.get("function", tool).get("name", ""))).casefold() not in text:
                raise ModelError(
                    f"{self._name} cannot be offered a tool: its chat template drops {one_line(called)}; take another --strategy."
                )
        self._shown.add(shape)

    def turn_end(self) -> tuple[str, str]:
        """What the template writes behind an assistant's words, and behind those when the user goes on; empty where that cannot
        be told."""
        chat = [_turn("user", "itemwise0usermark"), _turn("assistant", "itemwise1assistantmark"), _turn("user", "itemwise2usermark")]
        try:
            said, begun = (self.render(chat[:2], reply=reply) for reply in (False, True))
        except TemplateError:
            return "", ""
        behind = said.partition(chat[1]["content"])[2] if said != begun else ""  # else a reply is begun whether asked for or not
        try:
            between = self.render(chat, reply=False).partition(chat[1]["content"])[2].partition(chat[2]["content"])[0]
        except TemplateError:
            between = ""
        return behind, between

    def _named(self, tools: bool = False) -> str:
        names = [*(["tool_use"] if tools else []), "default"]
        if name := next((name for name in names if name in self._templates), None):
            return self._templates[name]
        if len(self._templates) == 1:
            return next(iter(self._templates.values()))
        raise ModelError(
            f"{self._name} has {len(self._templates)} chat templates ({', '.join(sorted(map(one_line, self._templates)))}) and none is "
            "called default; save the one to be used as chat_template.jinja in a copy of its folder."
        )

    def _fault(self, role: str, fault: str) -> str:
        what = {"system": "the system prompt", "user": "the question", "tool": "a tool's result"}[role]
        advice = {
            "system": "leave system out of its entry, or put its words into the prompt",
            "user": "mend chat_template.jinja, or take the template of the model it was made from",
            "tool": "take another --strategy",
        }[role]
        return f"the chat template of {self._name} {fault.format(what)}, so what was asked would not be what is reported; {advice}."

    def _shows(self, content: Any) -> bool:
        """Whether the template takes content of this form: some look for parts in a string, find none, and say nothing."""
        try:
            text = self._rendered([{"role": "user", "content": content}], (), True).casefold()
        except TemplateError:
            return False
        return "itemwise0usermark" in text and "'text'" not in text  # where parts stand as Python writes them

    def _rendered(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], reply: bool) -> str:
        chat = [{name: value for name, value in message.items() if value is not None} for message in messages]
        names = {"messages": chat, "tools": list(tools) or None, "documents": None, "add_generation_prompt": reply}
        template = self._named(bool(tools))
        size = len(template) + len(json.dumps([chat, names["tools"]], default=str))
        most = max(LEAST, TIMES * size)
        answer = _PROCESS.answer({"template": template, "names": self._tokens | names, "clock": CLOCK.isoformat(), "most": most})
        if (limit := answer.get("limit")) is not None:
            raise TemplateLimitError(f"the chat template of {self._name} {_limit_text(limit, most)}; mend chat_template.jinja.")
        if (error := answer.get("error")) is not None:
            raise TemplateError(one_line(error))
        return str(answer["text"])


class _TemplateProcess:
    """The process that renders, started when it is first needed and again after it had to be killed. Of use in any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: Queue[bytes] = Queue()
        self._owner = 0

    def answer(self, job: Mapping[str, Any]) -> dict[str, str]:
        """What the process answers; a limit it ran into, after which it is gone."""
        with self._lock:
            try:
                child = self._started()
                assert child.stdin is not None
                child.stdin.write(json.dumps(job, default=str).encode() + b"\n")
                child.stdin.flush()
                answered = self._waited(child)
            except BaseException as error:
                self._end()  # what it would still answer is for nobody
                if isinstance(error, OSError):
                    return {"limit": "death"}
                raise
            if "limit" in answered:
                self._end()
            return answered

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return self._child
        command = [sys.executable, "-I", "-c", _START, str(Path(__file__).with_name("template_process.py")), *filter(None, sys.path)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
        self._child, self._owner, self._answers = child, os.getpid(), Queue()
        Thread(target=_pass_on, args=(child, self._answers), daemon=True).start()
        if "limit" in (answered := self._waited(child)):
            raise ModelError(f"no process for chat templates can be had ({sys.executable}): {answered['limit']} before it began.")
        return child

    def _waited(self, child: subprocess.Popen[bytes]) -> dict[str, str]:
        begun: float | None = None
        while (line := self._line()) is None:
            with suppress(psutil.Error):  # it is gone, which its pipe says too
                watched = psutil.Process(child.pid)
                used = sum(watched.cpu_times()[:2])  # of a processor, so that a busy machine changes nothing
                begun = used if begun is None else begun
                if watched.memory_info().rss > MEMORY:
                    return {"limit": "memory"}
                if used - begun > SECONDS:
                    return {"limit": "time"}
        return json.loads(line) if line else {"limit": "death"}

    def _line(self) -> bytes | None:
        """What the process wrote, empty at its end; None where it is slow."""
        try:
            return self._answers.get(timeout=POLL)
        except Empty:
            return None

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.wait()
            assert child.stdin is not None
            with suppress(OSError):  # what was not yet sent is for nobody
                child.stdin.close()

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()


_PROCESS = _TemplateProcess()
atexit.register(_PROCESS.close)


def _pass_on(child: subprocess.Popen[bytes], answers: Queue[bytes]) -> None:
    """Every line that the process writes, and an empty one at its end."""
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


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _words(message: Mapping[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else " ".join(part["text"] for part in content if part["type"] == "text")


def _lost_word(words: str, text: str) -> str | None:
    """The first of `words` that does not stand in `text` (in folded letters) behind those before it. What escapes, trims or wraps
    words leaves all of them in their order; letters beyond ASCII may be spelled out, and switches left out."""
    begin = 0
    for word in _WORD.findall(_SWITCH.sub("", words.casefold())):
        if (place := text.find(word, begin)) < 0:
            return str(word)
        begin = place + len(word)
    return None


def _worded(message: Mapping[str, Any], words: str) -> dict[str, Any]:
    """The message with other words; its pictures and calls stay, and where it says nothing it goes on saying nothing."""
    content = message["content"]
    if isinstance(content, str):
        return {**message, "content": words if content or message["role"] in _SHOWN else content}
    return {**message, "content": [{**part, "text": words} if part["type"] == "text" else part for part in content]}


def _shape(message: Mapping[str, Any]) -> list[Any]:
    """What a template may go by, whatever the words are."""
    content = message["content"]
    parts = bool(content) if isinstance(content, str) else [part["type"] for part in content]
    return [message["role"], parts, len(message.get("tool_calls") or ())]


def _in_parts(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message for templates that look for parts, and would print nothing of a string."""
    content = message["content"]
    return {**message, "content": [{"type": "text", "text": content}] if isinstance(content, str) else content}
