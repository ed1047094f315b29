"""The dialects in which models write tool calls, as one table, and the calls read out of a reply's text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from itemwise.cases.chat import ToolCall
from itemwise.extractors.reply_parts import without_thoughts
from itemwise.models.lenient_json import object_at

__all__ = ["DIALECTS", "LONGEST", "MOST", "SHOWN", "Dialect", "calls_from_api", "read_calls"]

MOST = 64  # calls read of one text
LONGEST = 2000  # characters of one call
DEEPEST = 16  # lists and objects inside each other in a call's arguments
MISSES = 8  # broken objects after which no call is looked for at the end of a text
HARMONY_REPLY = "<|start|>assistant"  # before what a model of the family says
SHOWN = 200  # characters kept of a call that could not be read


class Dialect(NamedTuple):
    """A way to mark a call. `opens` and `closes` are patterns; where the group ``name`` of `opens` names the function, its arguments
    follow, else whole calls. `certain` says that the mark announces a call even where none can be read and nothing closes it."""

    opens: str
    closes: str = "(?!)"
    certain: bool = False


_NAME = r"(?P<name>[^\s<>\[\]{}\"]{1,64})"
DIALECTS = {
    "Qwen-Coder, Llama 3": Dialect(rf"(?:<tool_call>\s*)?<function={_NAME}>", r"</function>(?:\s*</tool_call>)?"),
    "invoke": Dialect(rf'(?:<function_calls>\s*)?<invoke name="{_NAME}">', r"</invoke>(?:\s*</function_calls>)?"),
    "Hermes, Qwen": Dialect("<tool_call>", "</tool_call>"),
    "tools tag": Dialect("<tools>", "</tools>"),
    "Granite, Phi-4": Dialect(r"<\|tool_call\|>", r"<\|/tool_call\|>"),
    "Llama 3 python tag": Dialect(r"<\|python_tag\|>", certain=True),
    "Mistral": Dialect(r"\[TOOL_CALLS\]", certain=True),
    "harmony": Dialect(
        rf"(?:<\|channel\|>\w{{1,20}} |<\|start\|>assistant |\A\s*)to=(?:functions\.)?{_NAME}"
        r"(?: ?<\|channel\|>\w{1,20})? ?(?:<\|constrain\|>)?\w{0,20}"
        r"<\|message\|>",
        r"<\|call\|>|<\|end\|>",
    ),
}  # beside them: fenced blocks, and replies that end with the JSON of calls
_BY_NUMBER = [*DIALECTS.values()]
_MARK = re.compile(
    r"(?:(?=[<\[])|\A)(?:"  # where every mark begins
    + "|".join(
        f"(?P<o{number}>{dialect.opens.replace('(?P<name>', f'(?P<n{number}>')})|(?P<c{number}>{dialect.closes})"
        for number, dialect in enumerate(_BY_NUMBER)
    )
    + ")"
)
_FENCE = re.compile(r"```[\w-]*\s(?P<body>.*?)(?:```|\Z)", re.DOTALL)
_OPENING = re.compile(
    r"(?:\[\s*)?(?:\{\s*){1,2}[\"'\u201c]?(?:name|function|tool|action|type|expression|arguments|parameters)\w{0,9}[\"'\u201d]?\s*:"
)
_ARGUMENTS_MARK = re.compile(r"\s*(?P<name>[^\s\[\]{}]{1,64})\s*(?:\[CALL_ID\][^\[\]{}]{0,64})?\[ARGS\]\s*")
_PARAMETER = re.compile(r"<parameter(?:=| name=\")(?P<key>\w{1,64})\"?>(?P<value>.*?)(?:</parameter>|(?=<parameter)|\Z)", re.DOTALL)
_BEFORE = re.compile(r"\s*(?:```\w*\s*)?\[?\s*")
_BETWEEN = re.compile(r"\s*[;,]?\s*")
_BEHIND = re.compile(r"[\s\]})`;,.]*")  # what may be left over where all is read
_LEFT = re.compile(r"[\s\]})`;,.]*(?P<cut>\{[^{}]*(?:\{[^{}]*)?)?")  # the same, or behind it a call that was cut off
_CODE_END = re.compile(r"\)[\s;]*(?:```)?\s*\Z|```\s*\Z")
_NAME_KEYS = ("name", "function", "tool", "action", "tool_name", "function_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
_WRAPPERS = ("function", "function_call", "tool_call")  # of a call as servers tell it


class _Tool(NamedTuple):
    """An offered tool: how to call it, and what its parameters are called."""

    example: str
    parameters: frozenset[str]


_Tools = Mapping[str, _Tool]  # by name


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

    Reads `DIALECTS`; where there are none of their marks fenced blocks that hold nothing but the JSON of calls, and replies that end
    with it. JSON is read as leniently as `object_at` does. An opening mark that nothing closes announces a call where whole JSON
    follows it. A call that is announced and cannot be read, or calls what is not offered, has a `fault`. What a closed
    thought holds is no call. At most MOST calls are read: what follows the last of them is dropped, from what is said too.

    >>> read_calls('Well. <tool_call>{"name": "calculator", "arguments": {"expression": "6*7"}}</tool_call>', [CALCULATOR])
    ('Well.', (ToolCall(name='calculator', arguments={'expression': '6*7'}, fault=''),))
    """
    offered = _offered(tools)
    before = HARMONY_REPLY if text.startswith(" to=") else ""  # what the template wrote of the turn
    seen = without_thoughts(before + text)[len(before) :]
    read = _marked(seen, offered) or (_fenced(seen, offered) or _ending(seen, offered) if offered else [])
    calls = [call for each in read for call in each.calls]
    return _around(text, read), tuple(calls[:MOST])


def calls_from_api(functions: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> tuple[ToolCall, ...]:
    """Calls that a server has told apart already, each with ``name`` and ``arguments``, held to the same as calls in a text."""
    offered = _offered(tools)
    return tuple(_call(_Said(dict(each), str(each.get("arguments"))), offered) for each in functions[:MOST])


# Where calls stand


def _marked(seen: str, offered: _Tools) -> list[_Read]:
    """What stands behind each opening mark, up to the next mark of any kind."""
    read: list[_Read] = []
    made = 0
    marks = list(_MARK.finditer(seen))
    for mark, after in zip_longest(marks, marks[1:]):
        side, number = str(mark.lastgroup)[0], int(str(mark.lastgroup)[1:])
        if side == "o" and made < MOST:
            body = seen[mark.end() : after.start() if after else len(seen)]
            closed = bool(after and after[f"c{number}"])
            name = mark.groupdict().get(f"n{number}")
            calls, length = _behind(name, body, closed or _BY_NUMBER[number].certain, offered, whole=closed)
            made += len(calls)
            end = len(seen) if made >= MOST else after.end() if after and closed else mark.end() + length
            read += [_Read(calls, mark.start(), end)] if calls else []
    return read


def _behind(name: str | None, body: str, announced: bool, offered: _Tools, *, whole: bool) -> tuple[list[ToolCall], int]:
    """The calls that open `body`, and how much of it they take; one with a fault where they cannot be read."""
    objects, end = _given(name, body) if name else _listed(body)
    if objects and not (whole and _BEHIND.sub("", body[end:], count=1)):
        return [_call(each, offered) for each in objects], end
    if not (objects or announced):  # cut off, or the mark is only talked about
        return [], 0
    return [_unread(name or "", body, f"the call is no whole JSON; {_how(offered, name)}")], len(body)


def _fenced(seen: str, offered: _Tools) -> list[_Read]:
    """The calls in fenced blocks that hold nothing else."""
    read: list[_Read] = []
    for fence in _FENCE.finditer(seen):
        if sum(len(each.calls) for each in read) >= MOST:
            return [*read[:-1], read[-1]._replace(end=len(seen))]
        calls, _ = _only_calls(fence["body"], offered)
        read += [_Read(calls, fence.start(), fence.end())] if calls else []
    return read


def _ending(seen: str, offered: _Tools) -> list[_Read]:
    """The calls where their JSON is the end of the reply, or all of it; one that code prints is none.

    Of a loop to the token limit the last call is cut off, and those that repeat the one before are left out.
    """
    if _CODE_END.search(seen[-LONGEST:]):
        return []
    place, failed = 0, 0
    for opening in _OPENING.finditer(seen):
        if opening.start() < place or failed > MISSES:
            continue  # inside what was read, or a text of nothing but broken objects
        calls, length = _only_calls(seen[opening.start() :], offered)
        if calls:
            return [_Read(calls, opening.start(), len(seen))]
        place, failed = opening.start() + max(length, 1), failed + (not length)
    return []


def _only_calls(text: str, offered: _Tools) -> tuple[list[ToolCall], int]:
    """The calls whose JSON is all of `text`, and where the JSON that opens it ends; no calls where something else is said too, or an
    object looks like none."""
    objects, end = _objects(text)
    left = _LEFT.fullmatch(text, end)
    if not left or not all(_is_shaped(each.value, offered) for each in objects):
        return [], end
    calls = [_call(each, offered) for each in objects]
    return [call for place, call in enumerate(calls) if not (left["cut"] and place and call == calls[place - 1])], end


def _around(text: str, read: Sequence[_Read]) -> str:
    starts, ends = [0, *(each.end for each in read)], [*(each.start for each in read), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True)).strip()


# What stands there


def _objects(text: str) -> tuple[list[_Said], int]:
    """The JSON objects that open `text`, in a list or one after the other, and where they end."""
    objects: list[_Said] = []
    end, place = 0, _past(_BEFORE, text, 0)
    while text.startswith("{", place) and (found := object_at(text, place)):
        value, end = found
        objects.append(_Said(value, text[place:end]))
        if len(objects) == MOST:
            return objects, len(text)
        place = _past(_BETWEEN, text, end)
    return objects, _past(_BEHIND, text, end) if objects else 0


def _given(name: str, text: str) -> tuple[list[_Said], int]:
    """The arguments for the tool of that name that open `text`, as JSON or one parameter after the other."""
    objects, end = _objects(text)
    if not objects and (parameters := list(_PARAMETER.finditer(text))):
        objects, end = [_Said({each["key"]: each["value"].strip() for each in parameters}, text)], parameters[-1].end()
    return [_Said({"name": name, "arguments": each.value}, each.text) for each in objects], end


def _listed(text: str) -> tuple[list[_Said], int]:
    """What opens `text`: calls as JSON, or ``name[ARGS]{...}`` again and again."""
    objects: list[_Said] = []
    end = 0
    while len(objects) < MOST and (named := _ARGUMENTS_MARK.match(text, end)):
        found = object_at(text, named.end()) if text.startswith("{", named.end()) else None
        if found is None:
            break
        objects.append(_Said({"name": named["name"], "arguments": found[0]}, text[named.start() : found[1]]))
        end = found[1]
    return (objects, end) if objects else _objects(text)


def _past(skipped: re.Pattern[str], text: str, place: int) -> int:
    found = skipped.match(text, place)
    return found.end() if found else place


# One call


def _is_shaped(value: Mapping[str, Any], offered: _Tools) -> bool:
    """Whether an object that nothing announces is a call: of an offered tool, or with a name and arguments as calls have them."""
    name, arguments = _parts(value, offered)
    return bool(name) and arguments is not None and (name in offered or _is_canonical(value))


def _is_canonical(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("name"), str) and isinstance(value.get("arguments", value.get("parameters")), (dict, str))


def _parts(value: Mapping[str, Any], offered: _Tools) -> tuple[str, object]:
    """The name and the arguments of what may be a call, under whatever keys they stand; empty and None where they are not there."""
    value = next((value[key] for key in _WRAPPERS if isinstance(value.get(key), dict)), value)
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), "").removeprefix("functions.")
    arguments = next((value[key] for key in _ARGUMENT_KEYS if key in value), None)
    if arguments is None and name in offered:  # beside the name
        arguments = {key: each for key, each in value.items() if key in offered[name].parameters} or None
    return name, arguments


def _call(said: _Said, offered: _Tools) -> ToolCall:
    name, given = _parts(said.value, offered)
    arguments = _arguments(given)
    fault = _fault(said, name, arguments, offered)
    told = f"{fault}; {_how(offered, name)}" if fault else ""
    if arguments is None or len(said.text) > LONGEST or not name:
        return _unread(name, said.text, told)
    return ToolCall(_shortened(name), arguments, told)


def _unread(name: str, text: str, fault: str) -> ToolCall:
    return ToolCall(_shortened(name), {"text": _shortened(text.strip())}, fault)


def _fault(said: _Said, name: str, arguments: dict[str, Any] | None, offered: _Tools) -> str:
    if len(said.text) > LONGEST:
        return f"the call has {len(said.text)} characters, at most {LONGEST} are read"
    if not name:
        return "the call has no name"
    if name not in offered:
        return f"there is no tool {_shortened(name)!r}" + (f", only {', '.join(offered)}" if offered else "")
    if arguments is None:
        return f"the arguments of {name} are no plain JSON object"
    return f"this describes {name} and does not call it" if {"type", "properties"} <= set(arguments) else ""


def _arguments(given: object) -> dict[str, Any] | None:
    """The arguments of a call, from a JSON text too; None where they are no object that can be written as JSON again."""
    if isinstance(given, str):
        found = object_at(given, 0) if given.startswith("{") else None
        given = found[0] if found and not given[found[1] :].strip() else None
    try:
        json.dumps(given, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) and _is_shallow(given, DEEPEST) else None


def _is_shallow(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def _offered(tools: Sequence[Mapping[str, Any]]) -> dict[str, _Tool]:
    offered = {}
    for tool in tools:
        function = tool.get("function", tool)
        parameters = function.get("parameters", {})
        example = {"name": function["name"], "arguments": dict.fromkeys(parameters.get("required", ()), "...")}
        offered[function["name"]] = _Tool(json.dumps(example, ensure_ascii=False), frozenset(parameters.get("properties", ())))
    return offered


def _how(offered: _Tools, name: str | None) -> str:
    tool = offered.get(name or "") or next(iter(offered.values()), None)
    return f"call with {tool.example}" if tool else "answer without a call"
