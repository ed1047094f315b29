"""The child process that renders chat templates: run as a script, with jinja2 and the standard library alone.

A checkpoint's template is untrusted code. The sandbox keeps it from everything but time and memory; `template_renderer` limits
those from outside, and kills this process. A line of JSON in is a job, a line of JSON out its text, its template's variables or its error.
"""

import json
import random
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import jinja2
import jinja2.ext
import jinja2.meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

ERROR = 300  # characters of an error


class TooLargeError(Exception):
    """The text grew beyond what the job allows."""


class Generation(jinja2.ext.Extension):
    """``{% generation %}``, which marks what training learns from, and shows its body."""

    tags = {"generation"}  # noqa: RUF012 - as jinja2 declares it

    def parse(self, parser: Any) -> Any:
        """The body of the block, in a scope of its own as a call block has one."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller: Any) -> Any:
        return caller()


class PlainDict:
    """``dict`` without the attributes of the type."""

    def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """A dictionary."""
        return dict(*args, **kwargs)

    def fromkeys(self, *args: Any) -> dict[Any, Any]:
        """A dictionary with the same value everywhere."""
        return dict.fromkeys(*args)


class PlainNamespace(jinja2.utils.Namespace):
    """``namespace`` without names that begin with an underscore, through which Python's internals could be reached."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        attributes = dict(*args[1:], **kwargs)
        for name in attributes:
            _require_plain(name)
        jinja2.utils.Namespace.__init__(args[0], attributes)

    def __setitem__(self, name: str, value: Any) -> None:
        _require_plain(name)
        super().__setitem__(name, value)


def _require_plain(name: object) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"a namespace has no place for {name!r}")


def environment(clock: datetime) -> ImmutableSandboxedEnvironment:
    """The environment that transformers gives a template, with the `clock` standing still."""
    sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    sandbox.filters["tojson"] = _tojson
    sandbox.globals["raise_exception"] = _raise_exception
    sandbox.globals["strftime_now"] = clock.strftime
    sandbox.globals["dict"] = PlainDict()
    sandbox.globals["namespace"] = PlainNamespace
    return sandbox


def _tojson(value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise_exception(message: object) -> None:
    raise jinja2.exceptions.TemplateError(str(message))


@lru_cache(maxsize=8)
def _compiled(template: str, clock: str) -> jinja2.Template:
    return environment(datetime.fromisoformat(clock)).from_string(template)


def rendered(job: Mapping[str, Any]) -> str:
    """The text of a job. Raises what the template raises, and TooLargeError."""
    random.seed(0)  # a filter such as random, too, gives the same prompt each time
    pieces, left = [], job["most"]
    for piece in _compiled(job["template"], job["clock"]).generate(**job["names"]):
        left -= len(piece)
        if left < 0:
            raise TooLargeError
        pieces.append(piece)
    return "".join(pieces)


def variables(job: Mapping[str, Any]) -> list[str]:
    """The names that a job's template reads and does not set before."""
    sandbox = environment(datetime.fromisoformat(job["clock"]))
    return sorted(jinja2.meta.find_undeclared_variables(sandbox.parse(job["template"])))


def answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """The text of a job, the variables of its template where it has no names for them, or its error."""
    try:
        return {"text": rendered(job)} if "names" in job else {"variables": variables(job)}
    except (TooLargeError, MemoryError):
        return {"limit": "size"}
    except Exception as error:  # a template can raise anything
        message = str(error)[:ERROR]
        own = isinstance(error, jinja2.exceptions.TemplateError)
        return {"error": message if own and message else f"{type(error).__name__}: {message}"}


def main() -> None:
    """Answer jobs until there are no more; an interrupt is for the process that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout.buffer.write(b"{}\n")
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(answer(json.loads(line))).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
