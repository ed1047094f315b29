"""Tool calls as models write them: out of a reply's text, and back into the messages that chat templates take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, zip_longest
from typing import Any, NamedTuple

from itemwise.cases.chat import ToolCall, Turn

__all__ = ["messages_for_template", "read_calls", "split_calls", "calls_from_api", "with_system"]

MOST = 64  # calls read of one text
LONGEST = 2000  # characters of one call
DEEPEST = 16  # lists and objects inside each other in a call's arguments
SHOWN = 200  # characters kept of a call that could not be read

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_MARK = re.compile(
    r"(?P<tag><tool_call>)|(?P<function><function=(?P<name>[^<>\s]{1,64})>)|(?P<list>\[TOOL_CALLS\]|<\|python_tag\|>)"
    r"|</tool_call>|</function>"
)
_CLOSING = {"tag": "</tool_call>", "function": "</function>"}
_NAMED = re.compile(r"\s*(?P<name>[^\s\[\]{}]{1,64})\s*(?:\[CALL_ID\][^\[\]{}]{0,64})?\[ARGS\]\s*")
_BEFORE = re.compile(r"\s*\[?\s*")
_BETWEEN = re.compile(r"\s*[;,]?\s*")
_AFTER = re.compile(r"\s*\]")
_FENCE = re.compile(r"```\w*\s")
_DECODER = json.JSONDecoder()

_Examples = Mapping[str, str]  # of each offered tool by its name: how to call it


class _Said(NamedTuple):
    """One JSON object of a text, and how it stands there."""

    value: dict[str, Any]
    text: str


class _Read(NamedTuple):
    """What was read between two places of a text."""

    calls: list[ToolCall]
    start: int
    end: int


def read_calls(text: str, tools: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[ToolCall, ...]]:
    r"""What `text` says around its calls of the offered `tools`, and the calls in order; any text, in linear time.

    Reads what Qwen and Hermes (``<tool_call>{...}</tool_call>``), Llama (``<|python_tag|>{...}``, ``<function=name>{...}</function>``
    or nothing but the JSON of calls of offered tools) and Mistral (``[TOOL_CALLS] [{...}]``, ``[TOOL_CALLS]name[ARGS]{...}``) write.
    An opening tag that nothing closes announces a call where whole JSON follows it; ``[TOOL_CALLS]`` and ``<|python_tag|>``
    always do. A call that is announced and cannot be read has a `fault`. What a closed ``<think>...</think>`` holds is no call.
    At most MOST calls are read: what follows the last of them is dropped, from what is said too.

    >>> read_calls('Well. <tool_call>{"name": "calculator", "arguments": {"expression": "6*7"}}</tool_call>', [CALCULATOR])
    ('Well.', (ToolCall(name='calculator', arguments={'expression': '6*7'}, fault=''),))
    """
    examples = _examples_of(tools)
    seen = _without_thoughts(text)
    read = _announced(seen, examples) or _bare(seen, examples)
    calls = [call for each in read for call in each.calls]
    return _around(text, read), tuple(calls[:MOST])


def calls_from_api(functions: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> tuple[ToolCall, ...]:
    """Calls that a server has told apart already, each with ``name`` and ``arguments``, held to the same as calls in a text."""
    examples = _examples_of(tools)
    return tuple(_call(_Said(dict(each), str(each.get("arguments"))), examples) for each in functions[:MOST])


def messages_for_template(turns: Sequence[Turn], tools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The conversation as `apply_chat_template` takes it: calls and their answers under ids of nine letters and digits.

    A call that could not be read keeps its text as its arguments; where it has no name it goes under the first tool's.
    """
    messages: list[dict[str, Any]] = []
    unanswered: list[dict[str, Any]] = []
    ids = (f"call{number:05d}" for number in count())
    for turn in turns:
        if turn.role == "tool" and unanswered:
            call = unanswered.pop(0)
            messages.append({"role": "tool", "name": call["function"]["name"], "tool_call_id": call["id"], "content": turn.content})
            continue
        unanswered = [_made(call, next(ids), tools) for call in turn.calls]
        message: dict[str, Any] = {"role": turn.role, "content": turn.content}
        if unanswered:
            called = [{"name": call.name} for call in turn.calls]  # the request may offer nothing any more
            message |= {"content": read_calls(turn.content, called)[0], "tool_calls": [*unanswered]}
        messages.append(message)
    return messages


def with_system(messages: Sequence[Mapping[str, Any]], system: str | None) -> list[dict[str, Any]]:
    """The messages behind the `system` prompt of a model's entry; those that begin with a system turn of their own keep that alone."""
    own = not system or (bool(messages) and messages[0]["role"] == "system")
    return [*([] if own else [{"role": "system", "content": system}]), *map(dict, messages)]


def split_calls(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same conversation with one call a message, its answer next: for templates that refuse several at once."""
    answers = {message["tool_call_id"]: dict(message) for message in messages if "tool_call_id" in message}
    split: list[dict[str, Any]] = []
    placed: set[str] = set()
    for message in messages:
        calls = message.get("tool_calls", ())
        if len(calls) > 1:
            split += _pairs(message, answers)
            placed |= {call["id"] for call in calls}
        elif message.get("tool_call_id") not in placed:
            split.append(dict(message))
    return split


# Text to calls


def _without_thoughts(text: str) -> str:
    """The text with every closed thought blanked, as long as it was."""
    end = text.rfind("</think>") + 1  # up to here every thought is closed, so that none is looked for in vain
    return _THOUGHT.sub(lambda thought: " " * len(thought.group()), text[: end + 7]) + text[end + 7 :] if end else text


def _announced(seen: str, examples: _Examples) -> list[_Read]:
    """What stands behind each opening tag, up to the next tag of any kind."""
    read: list[_Read] = []
    made = 0
    marks = list(_MARK.finditer(seen))
    for mark, after in zip_longest(marks, marks[1:]):
        if mark.lastgroup and made < MOST:
            body = seen[mark.end() : after.start() if after else len(seen)]
            closed = after is not None and after.group() == _CLOSING.get(mark.lastgroup)
            calls, length = _behind(mark, body, closed, examples)
            made += len(calls)
            end = len(seen) if made >= MOST else after.end() if closed else mark.end() + length
            read += [_Read(calls, mark.start(), end)] if calls else []
    return read


def _behind(mark: re.Match[str], body: str, closed: bool, examples: _Examples) -> tuple[list[ToolCall], int]:
    """The calls that open `body`, and how much of it they take; one with a fault where they cannot be read."""
    objects, end = _listed(body) if mark["list"] else _given(mark["name"], body) if mark["function"] else _objects(body)
    if objects and not (closed and body[end:].strip()):
        return [_call(each, examples) for each in objects], end
    if not (objects or closed or mark["list"]):  # cut off, or the tag is only talked about
        return [], 0
    return [_unread(mark["name"] or "", body, f"the call is no whole JSON; {_how(examples, mark['name'])}")], len(body)


def _bare(seen: str, examples: _Examples) -> list[_Read]:
    """The calls where the whole reply is JSON that calls offered tools, in a code fence or not."""
    reply = seen.strip()
    fence = _FENCE.match(reply) if reply.endswith("```") else None
    body = reply[fence.end() : -3] if fence else reply
    objects, end = _objects(body)
    if (
        not objects
        or body[end:].strip()
        or not all(each.value.get("name") in list(examples) and {"arguments", "parameters"} & set(each.value) for each in objects)
    ):
        return []
    start = seen.index(reply)
    return [_Read([_call(each, examples) for each in objects], start, start + len(reply))]


def _around(text: str, read: Sequence[_Read]) -> str:
    starts, ends = [0, *(each.end for each in read)], [*(each.start for each in read), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True)).strip()


def _objects(text: str) -> tuple[list[_Said], int]:
    """The JSON objects that open `text`, in a list or one after the other, and where they end."""
    objects: list[_Said] = []
    end, place = 0, _past(_BEFORE, text, 0)
    while text.startswith("{", place):
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        objects.append(_Said(value, text[place:end]))
        if len(objects) == MOST:
            return objects, len(text)
        place = _past(_BETWEEN, text, end)
    return objects, _past(_AFTER, text, end)


def _given(name: str, text: str) -> tuple[list[_Said], int]:
    """The arguments for the tool of that name that open `text`."""
    objects, end = _objects(text)
    return [_Said({"name": name, "arguments": each.value}, each.text) for each in objects], end


def _listed(text: str) -> tuple[list[_Said], int]:
    """What opens `text`: ``[{...}, {...}]`` or ``name[ARGS]{...}``, again and again."""
    objects: list[_Said] = []
    end = 0
    while len(objects) < MOST and (named := _NAMED.match(text, end)):
        try:
            arguments, end = _DECODER.raw_decode(text, named.end())
        except (ValueError, RecursionError):
            break
        objects.append(_Said({"name": named["name"], "arguments": arguments}, text[named.start() : end]))
    return (objects, end) if objects else _objects(text)


def _past(skipped: re.Pattern[str], text: str, place: int) -> int:
    found = skipped.match(text, place)
    return found.end() if found else place


# One call


def _is_call(value: Mapping[str, Any], examples: _Examples) -> bool:
    name = value.get("name")
    return isinstance(name, str) and name in examples and ("arguments" in value or "parameters" in value)


def _call(said: _Said, examples: _Examples) -> ToolCall:
    name, arguments = said.value.get("name"), _arguments(said.value)
    if fault := _fault(said, name, arguments, examples):
        return _unread(name if isinstance(name, str) else "", said.text, f"{fault}; {_how(examples, name)}")
    return ToolCall(str(name), arguments or {})


def _unread(name: str, text: str, fault: str) -> ToolCall:
    return ToolCall(_shortened(name), {"text": _shortened(text.strip())}, fault)


def _fault(said: _Said, name: object, arguments: dict[str, Any] | None, examples: _Examples) -> str:
    if len(said.text) > LONGEST:
        return f"the call has {len(said.text)} characters, at most {LONGEST} are read"
    if not isinstance(name, str) or not name:
        return "the call has no name"
    if name not in examples:
        return f"there is no tool {_shortened(name)!r}" + (f", only {', '.join(examples)}" if examples else "")
    return f"the arguments of {name} are no plain JSON object" if arguments is None else ""


def _arguments(call: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments of a call, from a JSON text too; None where they are no object that can be written as JSON again."""
    arguments = call.get("arguments", call.get("parameters"))
    try:
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
        json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) and _is_shallow(arguments, DEEPEST) else None


def _is_shallow(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def _function(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function: Mapping[str, Any] = tool.get("function", tool)
    return function


def _examples_of(tools: Sequence[Mapping[str, Any]]) -> _Examples:
    needed = {tool["name"]: tool.get("parameters", {}).get("required", ()) for tool in map(_function, tools)}
    calls = {name: {"name": name, "arguments": dict.fromkeys(required, "...")} for name, required in needed.items()}
    return {name: json.dumps(call, ensure_ascii=False) for name, call in calls.items()}


def _how(examples: _Examples, name: object) -> str:
    example = examples.get(name) if isinstance(name, str) else None
    example = example or next(iter(examples.values()), None)
    return f"call with {example}" if example else "answer without a call"


# Calls to messages


def _made(call: ToolCall, id: str, tools: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name = call.name or next((_function(tool)["name"] for tool in tools), "unknown")
    return {"type": "function", "id": id, "function": {"name": name, "arguments": dict(call.arguments)}}


def _pairs(message: Mapping[str, Any], answers: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for place, call in enumerate(message["tool_calls"]):
        yield {**message, "content": "" if place else message["content"], "tool_calls": [call]}
        if call["id"] in answers:
            yield answers[call["id"]]
