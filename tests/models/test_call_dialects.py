"""Calls out of text: one test a dialect, what models write wrongly, faults in words, any text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itemwise.cases.chat import ToolCall
from itemwise.models.call_dialects import DIALECTS, LONGEST, MOST, SHOWN, read_calls
from itemwise.strategies.calculator import CALCULATOR

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine
HOW = 'call with {"name": "calculator", "arguments": {"expression": "..."}}'
BROKEN = f"the call is no whole JSON; {HOW}"


def call(expression: str = "6*7", arguments: str = "arguments") -> str:
    return json.dumps({"name": "calculator", arguments: {"expression": expression}})


def tagged(*calls: str) -> str:
    return "\n".join(f"<tool_call>\n{each}\n</tool_call>" for each in calls)


def calculated(*expressions: str) -> tuple[ToolCall, ...]:
    return tuple(ToolCall("calculator", {"expression": expression}) for expression in expressions)


def faults(text: str) -> list[str]:
    return [each.fault for each in read_calls(text, [CALCULATOR])[1]]


# The dialects

XML = "<function=calculator>\n<parameter=expression>\n{}\n</parameter>\n</function>"
HARMONY = '<|channel|>commentary to=functions.calculator <|constrain|>json<|message|>{{"expression": "{}"}}<|call|>'
WRITTEN = {  # in each dialect of the table, a call of 6*7 between two words, and one beside it of 6*8
    "Qwen-Coder, Llama 3": f"First\n<tool_call>\n{XML.format('6*7')}\n</tool_call>\n<tool_call>\n{XML.format('6*8')}\n</tool_call>last",
    "invoke": 'First <function_calls><invoke name="calculator"><parameter name="expression">6*7</parameter></invoke></function_calls>'
    '<invoke name="calculator">{"expression": "6*8"}</invoke>last',
    "Hermes, Qwen": f"First {tagged(call('6*7'), call('6*8'))}last",
    "tools tag": f"First <tools>\n{call('6*7')}\n{call('6*8')}\n</tools>last",
    "Granite, Phi-4": f"First <|tool_call|>[{call('6*7')}, {call('6*8')}]<|/tool_call|>last",
    "Llama 3 python tag": f"First <|python_tag|>{call('6*7', 'parameters')}; {call('6*8', 'parameters')} last",
    "Mistral": f"First [TOOL_CALLS][{call('6*7')}, {call('6*8')}] last",
    "harmony": f"First {HARMONY.format('6*7')}{HARMONY.format('6*8')}last",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_of_the_table_is_read(dialect: str) -> None:
    said, calls = read_calls(WRITTEN[dialect], [CALCULATOR])
    assert (said.split(), calls) == (["First", "last"], calculated("6*7", "6*8"))


@pytest.mark.parametrize(
    "text",
    [
        ' to=functions.calculator<|channel|>commentary json<|message|>{"expression": "6*7"}<|call|>',
        '<|start|>assistant to=functions.calculator<|channel|>commentary <|constrain|>json<|message|>{"expression": "6*7"}',
        '<|channel|>commentary to=calculator<|message|>{"expression": "6*7"}<|end|>',
    ],
)
def test_harmony_names_the_tool_before_or_in_its_channel(text: str) -> None:
    assert read_calls(text, [CALCULATOR]) == ("", calculated("6*7"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_in_every_dialect_a_call_of_no_tool_is_told_what_there_is(dialect: str) -> None:
    assert faults(WRITTEN[dialect].replace("calculator", "search")) == [f"there is no tool 'search', only calculator; {HOW}"] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"First I call\n```json\n{call()}\n```\nand then reply.", "First I call\n\nand then reply."),
        (f"```\n{call()}\n```", ""),
        (f"```json\n{call()}", ""),
        (f"```xml\n<tool_call>\n{call()}\n</tool_call>\n```", "```xml\n\n```"),
        (f"<tool_call>\n```json\n{call()}\n```\n</tool_call>", ""),
    ],
)
def test_calls_in_code_fences_are_calls(text: str, said: str) -> None:
    assert (said, calculated("6*7")) == read_calls(text, [CALCULATOR])


def test_the_calls_of_several_fences_are_read_in_order() -> None:
    text = f"One:\n```json\n{call('6*7')}\n```\nTwo:\n```json\n{call('6*8')}\n```\nDone."
    assert read_calls(text, [CALCULATOR]) == ("One:\n\nTwo:\n\nDone.", calculated("6*7", "6*8"))


@pytest.mark.parametrize(
    "body",
    [
        call()[:-1],
        call() + "}",
        "{" + call() + "}",
        call().replace('"', "'"),
        call().replace("}}", ",},}"),
        call().replace('"6*7"', "6*7"),
        call().replace('"name"', "name").replace('"expression"', "expression"),
        "{\u201cname\u201d: \u201ccalculator\u201d, \u201carguments\u201d: {\u201cexpression\u201d: \u201c6*7\u201d}}",
        json.dumps({"name": "calculator", "arguments": '{"expression": "6*7"}'}),
        call().replace("name", "function"),
        call().replace("arguments", "args"),
        call().replace('"calculator"', '"functions.calculator"'),
        '{"name": "calculator", "expression": "6*7"}',
        '{"action": "calculator", "action_input": {"expression": "6*7"}}',
        json.dumps({"type": "function", "function": {"name": "calculator", "arguments": {"expression": "6*7"}}}),
    ],
)
@pytest.mark.parametrize("around", ["<tool_call>{}</tool_call>", "<tools>{}</tools>", "[TOOL_CALLS]{}", "```json\n{}\n```", "{}"])
def test_a_call_that_a_person_can_read_is_read(around: str, body: str) -> None:
    assert read_calls(around.replace("{}", body), [CALCULATOR])[1] == calculated("6*7")


@pytest.mark.parametrize("name", ["calculate_total", "python"])
@pytest.mark.parametrize("around", ["```json\n{}\n```", "{}"])
def test_a_made_up_tool_is_told_what_there_is_where_nothing_announces_the_call(around: str, name: str) -> None:
    text = around.replace("{}", json.dumps({"name": name, "arguments": {"total": "6*7"}}))
    fault = f"there is no tool {name!r}, only calculator; {HOW}"
    assert read_calls(text, [CALCULATOR])[1] == (ToolCall(name, {"total": "6*7"}, fault),)


def test_a_tool_that_is_described_again_is_no_call_of_it() -> None:
    described = json.dumps(CALCULATOR["function"])
    assert faults(described) == faults(f"<tools>{described}</tools>") == [f"this describes calculator and does not call it; {HOW}"]


@pytest.mark.parametrize(
    ("text", "said", "expressions"),
    [
        # Qwen2.5, Hermes
        (tagged(call()), "", ["6*7"]),
        (f"<tool_call>{call()}</tool_call>", "", ["6*7"]),
        (f"Let me see.\n{tagged(call('6*7'), call('6*8'))}", "Let me see.", ["6*7", "6*8"]),
        (f"One: {tagged(call('6*7'))} two: {tagged(call('6*8'))} done", "One:  two:  done", ["6*7", "6*8"]),
        (tagged(call(arguments="parameters")), "", ["6*7"]),
        (tagged('{"name": "calculator", "arguments": "{\\"expression\\": \\"6*7\\"}"}'), "", ["6*7"]),
        (tagged(f"{call('6*7')}\n{call('6*8')}"), "", ["6*7", "6*8"]),
        (tagged(f"[{call('6*7')}, {call('6*8')}]"), "", ["6*7", "6*8"]),
        (f"<tool_call>\n{call()}", "", ["6*7"]),
        (f"<tool_call>\n{call()}\nSo it is 42.", "So it is 42.", ["6*7"]),
        (f"<tool_call>\n{call('6*7')}\n{tagged(call('6*8'))}", "", ["6*7", "6*8"]),
        # Llama 3
        (call(arguments="parameters"), "", ["6*7"]),
        (f"Therefore, the answer is {call()}", "Therefore, the answer is", ["6*7"]),
        (f"The answer is {call('6*7')}\n\n{call('6*7')}\n\n{call('6*8')}\n\n{call('6*8')[:-9]}", "The answer is", ["6*7", "6*8"]),
        (f"So:\n - {call('6*7')}\n{call('6*8')}.", "So:\n -", ["6*7", "6*8"]),
        (f"  {call()}\n", "", ["6*7"]),
        (f"{call('6*7')}; {call('6*8')}", "", ["6*7", "6*8"]),
        (f"{call('6*7')}\n{call('6*8')}", "", ["6*7", "6*8"]),
        (f"```json\n{call()}\n```", "", ["6*7"]),
        (f"```\n{call('6*7')}\n{call('6*8')}\n```", "", ["6*7", "6*8"]),
        (f"<|python_tag|>{call(arguments='parameters')}", "", ["6*7"]),
        (f"<|python_tag|>{call('6*7')}; {call('6*8')}", "", ["6*7", "6*8"]),
        ('<function=calculator>{"expression": "6*7"}</function>', "", ["6*7"]),
        ('I call <function=calculator>{"expression": "6*7"}', "I call", ["6*7"]),
        # Mistral
        (f"[TOOL_CALLS] [{call('6*7')}, {call('6*8')}]", "", ["6*7", "6*8"]),
        ('[TOOL_CALLS][{"name": "calculator", "arguments": {"expression": "6*7"}, "id": "bbc5b7ede"}]', "", ["6*7"]),
        ('Well.[TOOL_CALLS]calculator[ARGS]{"expression": "6*7"}', "Well.", ["6*7"]),
        (
            '[TOOL_CALLS]calculator[CALL_ID]bbc5b7ede[ARGS]{"expression": "6*7"}[TOOL_CALLS]calculator[ARGS]{"expression": "6*8"}',
            "",
            ["6*7", "6*8"],
        ),
        ('[TOOL_CALLS]calculator[ARGS]{"expression": "6*7"}calculator[ARGS]{"expression": "6*8"}', "", ["6*7", "6*8"]),
        # Thoughts
        (f"<think>Add.</think>\n{tagged(call())}", "<think>Add.</think>", ["6*7"]),
        (f"<think>Add.</think>\n{call()}", "<think>Add.</think>", ["6*7"]),
        (f"<think>{tagged(call('1'))}</think> {tagged(call())}", f"<think>{tagged(call('1'))}</think>", ["6*7"]),
        (f"<think>I never stop. {tagged(call())}", "<think>I never stop.", ["6*7"]),
    ],
)
def test_every_spelling_of_a_dialect_is_read(text: str, said: str, expressions: list[str]) -> None:
    assert (said, calculated(*expressions)) == read_calls(text, [CALCULATOR])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "<tool_call>",
        "<tool_call> 42",
        "</tool_call>",
        f"<tool_call>{call()[:-4]}",
        f"<tool_call>{call()[:-3]}",
        f"```json\n{call()[:-3]}",
        f"</tool_call>{call()}<tool_call>",
        '<function=calculator>{"expression": "6*',
        f"<think>{tagged(call())}</think>",
        f"<think>{call()}</think> 42",
        f"{call()} and more",
        '{"name": "Ann", "age": 7}',
        '```json\n{"name": "Ann", "arguments": 7}\n```',
        f"```python\nprint({call()})\n```",
        '{"name": "calculator"}',
        '{"answer": 42}',
        f"{call()}; {{}}",
        "```json\n```",
        "```",
        "calculator(6*7)",
    ],
)
def test_what_is_no_call_is_all_said(text: str) -> None:
    assert (text, ()) == read_calls(text, [CALCULATOR])


def test_without_tag_the_name_must_be_a_tools() -> None:
    assert read_calls(call(), [])[1] == ()


# Faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (tagged("6*7"), BROKEN),
        (tagged(""), BROKEN),
        (tagged(call()[:-4]), BROKEN),
        (tagged(call() + " is 42"), BROKEN),
        (tagged("[" * 100_000), BROKEN),
        (tagged('{"a":' * 100_000), BROKEN),
        (tagged('{"name": "calculator", "arguments": {"expression": ' + "9" * 10_000 + "}}"), BROKEN),
        ("<|python_tag|>print(6*7)", BROKEN),
        ("<function=calculator>6*7</function>", BROKEN),
        ("[TOOL_CALLS] calculator(6*7)", BROKEN),
        ("[TOOL_CALLS]calculator[ARGS]{", BROKEN),
        (tagged('{"arguments": {"expression": "6*7"}}'), f"the call has no name; {HOW}"),
        (tagged('{"name": ["calculator"], "arguments": {}}'), f"the call has no name; {HOW}"),
        (tagged('{"name": "", "arguments": {}}'), f"the call has no name; {HOW}"),
        (tagged(call().replace("calculator", "search")), f"there is no tool 'search', only calculator; {HOW}"),
        ('<function=search>{"expression": "6*7"}</function>', f"there is no tool 'search', only calculator; {HOW}"),
        (tagged(call("9" * LONGEST)), f"the call has {len(call('9' * LONGEST))} characters, at most 2000 are read; {HOW}"),
        *(
            (tagged(f'{{"name": "calculator"{arguments}}}'), f"the arguments of calculator are no plain JSON object; {HOW}")
            for arguments in (
                "",
                ', "arguments": null',
                ', "arguments": "6*7"',
                ', "arguments": "\\"6*7\\""',
                ', "arguments": ["6*7"]',
                ', "arguments": {"expression": NaN}',
                ', "arguments": {"expression": 1e999}',
                ', "arguments": {"expression": "\\ud800"}',
                ', "arguments": {"expression": ' + "[" * 20 + "]" * 20 + "}",
                ', "arguments": "' + "[" * 1900 + '"',
            )
        ),
        ('[TOOL_CALLS]calculator[ARGS]"6*7"', BROKEN),
    ],
)
def test_a_call_that_cannot_be_read_says_why_and_how_to_call(text: str, fault: str) -> None:
    assert [fault] == faults(text)


def test_a_faulty_call_holds_its_text() -> None:
    assert read_calls(tagged("6*7"), [CALCULATOR])[1] == (ToolCall("", {"text": "6*7"}, BROKEN),)


def test_a_faulty_call_keeps_the_name_it_has() -> None:
    assert [each.name for each in read_calls(tagged('{"name": "search"}'), [CALCULATOR])[1]] == ["search"]


def test_long_text_of_a_faulty_call_is_shortened() -> None:
    [read] = read_calls(tagged("x" * 5000), [CALCULATOR])[1]
    assert read.arguments == {"text": "x" * SHOWN + "..."}


def test_good_calls_beside_a_broken_one_are_calls() -> None:
    assert faults(tagged(call("6*7"), "6*8", call("6*9"))) == ["", BROKEN, ""]


def test_without_tools_a_call_is_told_to_stop() -> None:
    [read] = read_calls(tagged(call()), [])[1]
    assert read.fault == "there is no tool 'calculator'; answer without a call"


def test_the_fault_shows_the_tool_that_was_meant() -> None:
    search = {"type": "function", "function": {"name": "search", "parameters": {"required": ["words", "page"]}}}
    [read] = read_calls(tagged('{"name": "search", "arguments": "cats"}'), [CALCULATOR, search])[1]
    assert read.fault.endswith('; call with {"name": "search", "arguments": {"words": "...", "page": "..."}}')


# Any text


def test_the_first_calls_of_many_are_read_and_the_rest_is_dropped() -> None:
    text = f"Well. {tagged(*(call(str(number)) for number in range(MOST + 5)))} done"
    assert ("Well.", calculated(*map(str, range(MOST)))) == read_calls(text, [CALCULATOR])


@pytest.mark.parametrize("separator", ["\n", ";", ", "])
@pytest.mark.parametrize("tag", ["", "<|python_tag|>", "[TOOL_CALLS]", "<tool_call>"])
def test_of_one_long_list_of_calls_the_first_are_read(tag: str, separator: str) -> None:
    text = tag + separator.join(call(str(number)) for number in range(MOST + 5))
    assert ("", calculated(*map(str, range(MOST)))) == read_calls(text, [CALCULATOR])


PIECES = [
    "<tool_call>", "</tool_call>", "<tools>", "</tools>", "<parameter=expression>", "to=calculator", "<|message|>", "<|call|>",
    "'", "<think>", "</think>", "<function=calculator>", "<function=", "</function>", "[TOOL_CALLS]", "[ARGS]",
    "[CALL_ID]", "<|python_tag|>", "```json\n", "```", call(), call()[:-1], "calculator", '{"expression": "1"}', "{", "}", "[", "]", '"',
    ";", ",", "\n", " ", "\\", "NaN", "9" * 5000, "\ud800", '{"name": ', '"arguments": ',
]  # fmt: skip


@UNHURRIED
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join))
@example("[" * 100_000)
@example("<tool_call>" * 1000)
@example("<think>" * 1000 + "</think>")
def test_any_text_gives_few_calls_that_are_offered_or_faulty_and_can_be_written_down(text: str) -> None:
    said, calls = read_calls(text, [CALCULATOR])
    assert len(calls) <= MOST
    assert all(bool(each.fault) != (each.name == "calculator" and set(each.arguments) != {"text"}) for each in calls)
    assert len(json.dumps([dict(each.arguments) for each in calls])) < 7 * len(text) + 1000
    assert calls or said == text.strip()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
).filter(lambda value: not any(tag in json.dumps(value) for tag in ("tool_call", "function", "TOOL_CALLS", "python_tag", "think")))


@UNHURRIED
@given(
    st.lists(st.dictionaries(st.text(max_size=5), PLAIN, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["tag", "bare", "list", "args"]),
)
def test_calls_that_were_written_are_read_back(arguments: list[dict[str, Any]], form: str) -> None:
    written = [json.dumps({"name": "calculator", "arguments": each}) for each in arguments]
    text = {
        "tag": tagged(*written),
        "bare": "\n".join(written),
        "list": f"[TOOL_CALLS] [{', '.join(written)}]",
        "args": "".join(f"[TOOL_CALLS]calculator[ARGS]{json.dumps(each)}" for each in arguments),
    }[form]
    assert ("", tuple(ToolCall("calculator", each) for each in arguments)) == read_calls(text, [CALCULATOR])
