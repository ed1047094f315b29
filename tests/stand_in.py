"""A server on the loopback that answers as a test says: for faults that no healthy server shows on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Answer", "StandIn", "continued", "error", "said"]

LISTED = [{"id": "adder", "object": "model", "owned_by": "tests"}]


@dataclass(frozen=True)
class Answer:
    """What goes over the line; None for a body closes the connection instead."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def said(content: object, reason: str = "stop", *, usage: bool = True, **message: Any) -> Answer:
    """A chat completion."""
    counted = {"usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}} if usage else {}
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": content, **message}}
    return Answer({"id": "1", "object": "chat.completion", "created": 0, "model": "adder", "choices": [choice], **counted})


def continued(text: str, reason: str = "stop") -> Answer:
    """A completion of a plain text."""
    choice = {"index": 0, "finish_reason": reason, "text": text, "logprobs": None}
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    return Answer({"id": "1", "object": "text_completion", "created": 0, "model": "adder", "choices": [choice], "usage": usage})


def error(status: int, message: str, **headers: str) -> Answer:
    """A refusal in OpenAI's form."""
    return Answer({"error": {"message": message, "code": None}}, status, {name.replace("_", "-"): value for name, value in headers.items()})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # of its five, a batch of 32 would wait a second for its connections

    def handle_error(self, *arguments: Any) -> None:
        """Nothing: a client that waits no longer is what some tests are about."""


class StandIn:
    """Answers the n-th asking of a question (from 1) by `answer(question, n)`; remembers bodies and headers.

    `pages` are what it has beside chats and the list of models. `connections` are the addresses they came from. `most` is the largest
    number of chats that were in flight at once since it was last set.
    """

    def __init__(self, answer: Callable[[str, int], Answer], listed: Answer | None = None) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.connections: set[tuple[str, int]] = set()
        self.asked: dict[str, int] = {}
        self.most = 0
        self._flying = 0
        self._lock = threading.Lock()
        self._answer = answer
        self._listed = listed or Answer({"object": "list", "data": LISTED})
        self.pages: dict[str, Answer] = {}  # by path; any other is the list of models
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _chat(self, body: dict[str, Any]) -> Answer:
        question = body["prompt"] if "prompt" in body else body["messages"][-1]["content"]
        question = question if isinstance(question, str) else question[-1]["text"]
        with self._lock:
            self.bodies.append(body)
            self.asked[question] = self.asked.get(question, 0) + 1
            number = self.asked[question]
            self._flying += 1
            self.most = max(self.most, self._flying)
        try:
            return self._answer(question, number)
        finally:
            with self._lock:
                self._flying -= 1

    def _handler(stand_in) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                stand_in.connections.add(self.client_address)

            def do_GET(self) -> None:
                stand_in.headers.append({name.lower(): value for name, value in self.headers.items()})
                self._send(stand_in.pages.get(self.path, stand_in._listed))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stand_in.headers.append({name.lower(): value for name, value in self.headers.items()})
                assert self.path.endswith("/chat/completions") != ("prompt" in body), (
                    "a text goes to the completions API, a chat to the other"
                )
                self._send(stand_in._chat(body))

            def _send(self, answer: Answer) -> None:
                if answer.body is None:
                    self.close_connection = True
                    return
                body = answer.body if isinstance(answer.body, (str, bytes)) else json.dumps(answer.body)
                body = body.encode() if isinstance(body, str) else body
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                pass

        return Handler
