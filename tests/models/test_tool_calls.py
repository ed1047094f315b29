"""Calls out of text: the forms the families write, faults in words, any text; and back into what templates take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

import itemwise.embedded
from itemwise.cases.chat import ToolCall, Turn
from itemwise.models.tool_calls import LONGEST, MOST, SHOWN, messages_for_template, read_calls, split_calls
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


# The forms


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
def test_every_form_is_read(text: str, said: str, expressions: list[str]) -> None:
    assert (said, calculated(*expressions)) == read_calls(text, [CALCULATOR])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "<tool_call>",
        "<tool_call> 42",
        "</tool_call>",
        f"<tool_call>{call()[:-1]}",
        f"</tool_call>{call()}<tool_call>",
        '<function=calculator>{"expression": "6*',
        f"<think>{tagged(call())}</think>",
        f"<think>{call()}</think> 42",
        f"I would say {call()}",
        f"{call()} and more",
        call().replace("calculator", "search"),
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
        (tagged(call()[:-1]), BROKEN),
        (tagged(call() + "}"), BROKEN),
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
        ('[TOOL_CALLS]calculator[ARGS]"6*7"', f"the arguments of calculator are no plain JSON object; {HOW}"),
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
    "<tool_call>", "</tool_call>", "<think>", "</think>", "<function=calculator>", "<function=", "</function>", "[TOOL_CALLS]", "[ARGS]",
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


# Messages

QWEN = """{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}{% for call in message.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{% endfor %}<|im_end|>
{% endfor %}"""

LLAMA = """{% for message in messages %}{% if message.tool_calls %}
{%- if message.tool_calls | length != 1 %}{{ raise_exception('This model only supports single tool-calls at once!') }}{% endif -%}
{%- set call = message.tool_calls[0].function -%}
<|assistant|>{"name": "{{ call.name }}", "parameters": {{ call.arguments | tojson }}}<|eot_id|>
{%- elif message.role == 'tool' -%}
<|ipython|>{{ message.content | tojson }}<|eot_id|>
{%- else -%}
<|{{ message.role }}|>{{ message.content }}<|eot_id|>
{%- endif %}{% endfor %}"""

MISTRAL = """{% for message in messages %}{% if message.tool_calls -%}
[TOOL_CALLS] [{% for call in message.tool_calls %}
{%- if call.id is not string or call.id | length != 9 %}{{ raise_exception('Tool call IDs must be of length 9!') }}{% endif -%}
{{ {"name": call.function.name, "arguments": call.function.arguments, "id": call.id} | tojson }}{{ ", " if not loop.last }}
{%- endfor %}]</s>
{%- elif message.role == 'tool' -%}
{%- if message.tool_call_id | length != 9 %}{{ raise_exception('Tool call IDs must be of length 9!') }}{% endif -%}
[TOOL_RESULTS] {{ {"content": message.content, "call_id": message.tool_call_id} | tojson }}[/TOOL_RESULTS]
{%- elif message.role == 'user' -%}
[INST] {{ message.content }}[/INST]
{%- else -%}
{{ message.content }}</s>
{%- endif %}{% endfor %}"""

ONE = (Turn("user", "6*7?"), Turn("assistant", tagged(call()), calculated("6*7")), Turn("tool", "42"), Turn("assistant", "It is 42."))
TWO = (
    Turn("user", "6*7 and 6*8?"),
    Turn("assistant", f"Both.\n{tagged(call('6*7'), call('6*8'))}", calculated("6*7", "6*8")),
    Turn("tool", "42"),
    Turn("tool", "48"),
    Turn("assistant", "42 and 48."),
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(Path(itemwise.embedded.__file__).with_name("text"))


def rendered(tokenizer: Any, messages: list[dict[str, Any]], template: str) -> str:
    return str(tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False))


def messages_of(*turns: Turn) -> list[dict[str, Any]]:
    return messages_for_template(turns, [CALCULATOR])


def test_calls_and_answers_go_under_ids() -> None:
    first, second = (
        {"type": "function", "id": f"call0000{number}", "function": {"name": "calculator", "arguments": {"expression": f"6*{7 + number}"}}}
        for number in (0, 1)
    )
    assert messages_of(*TWO) == [
        {"role": "user", "content": "6*7 and 6*8?"},
        {"role": "assistant", "content": "Both.", "tool_calls": [first, second]},
        {"role": "tool", "name": "calculator", "tool_call_id": "call00000", "content": "42"},
        {"role": "tool", "name": "calculator", "tool_call_id": "call00001", "content": "48"},
        {"role": "assistant", "content": "42 and 48."},
    ]


def test_ids_are_nine_letters_and_digits_and_never_twice() -> None:
    ids = [each["id"] for message in messages_of(*TWO * 20) for each in message.get("tool_calls", ())]
    assert len(ids) == len(set(ids)) == 40
    assert all(len(each) == 9 and each.isalnum() for each in ids)


def test_turns_without_calls_are_role_and_content() -> None:
    turns = [Turn("system", "Be brief."), Turn("user", " Hi "), Turn("assistant", " Hello \n"), Turn("tool", "42")]
    assert messages_of(*turns) == [{"role": turn.role, "content": turn.content} for turn in turns]


def test_an_answer_too_many_is_role_and_content() -> None:
    assert messages_of(*ONE[:3], Turn("tool", "43"))[3] == {"role": "tool", "content": "43"}


def test_a_call_that_nobody_answered_leaves_the_next_ones_answer_alone() -> None:
    messages = messages_of(*TWO[:3], Turn("user", "Go on."), *ONE[1:])
    assert [message["tool_call_id"] for message in messages if message["role"] == "tool"] == ["call00000", "call00002"]


def test_a_faulty_call_goes_under_the_first_tools_name() -> None:
    [fault] = read_calls(tagged("6*7"), [CALCULATOR])[1]
    [message] = messages_of(Turn("assistant", tagged("6*7"), (fault,)))
    assert message["tool_calls"][0]["function"] == {"name": "calculator", "arguments": {"text": "6*7"}}


@pytest.mark.parametrize("text", [tagged(call()), call(), f"[TOOL_CALLS] [{call()}]"])
def test_what_was_said_around_the_calls_is_known_after_the_tools_are_gone(text: str) -> None:
    [message] = messages_for_template([Turn("assistant", text, calculated("6*7"))], [])
    assert message["content"] == ""


@pytest.mark.parametrize("turns", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("template", [QWEN, MISTRAL], ids=["qwen", "mistral"])
def test_templates_write_calls_that_are_read_back(tokenizer: Any, template: str, turns: tuple[Turn, ...]) -> None:
    text = rendered(tokenizer, messages_of(*turns), template)
    assert read_calls(text, [CALCULATOR])[1] == turns[1].calls
    assert all(turn.content in text for turn in turns if not turn.calls)


def test_a_template_of_one_call_at_once_refuses_two(tokenizer: Any) -> None:
    with pytest.raises(TemplateError, match="single tool-calls"):
        rendered(tokenizer, messages_of(*TWO), LLAMA)


def test_a_template_of_one_call_at_once_takes_them_split(tokenizer: Any) -> None:
    assert rendered(tokenizer, split_calls(messages_of(*TWO)), LLAMA) == (
        "<|user|>6*7 and 6*8?<|eot_id|>"
        '<|assistant|>{"name": "calculator", "parameters": {"expression": "6*7"}}<|eot_id|><|ipython|>"42"<|eot_id|>'
        '<|assistant|>{"name": "calculator", "parameters": {"expression": "6*8"}}<|eot_id|><|ipython|>"48"<|eot_id|>'
        "<|assistant|>42 and 48.<|eot_id|>"
    )


def test_a_template_of_nine_characters_refuses_other_ids(tokenizer: Any) -> None:
    messages = messages_of(*ONE)
    messages[1]["tool_calls"][0]["id"] = "call0"
    with pytest.raises(TemplateError, match="length 9"):
        rendered(tokenizer, messages, MISTRAL)


def test_one_call_a_message_is_left_as_it_is() -> None:
    assert split_calls(messages_of(*ONE)) == messages_of(*ONE)


def test_what_was_said_around_several_calls_is_said_once() -> None:
    assert [message["content"] for message in split_calls(messages_of(*TWO))] == [
        "6*7 and 6*8?", "Both.", "42", "", "48", "42 and 48.",
    ]  # fmt: skip


def test_a_split_call_without_answer_stands_alone() -> None:
    assert [message["role"] for message in split_calls(messages_of(*TWO[:3]))] == ["user", "assistant", "tool", "assistant"]


@pytest.mark.parametrize("turns", [ONE[:3], TWO[:4], ONE, TWO])
def test_the_embedded_models_template_writes_a_call_as_the_model_did(tokenizer: Any, turns: tuple[Turn, ...]) -> None:
    plain = [{"role": turn.role, "content": turn.content} for turn in turns]
    ids, expected = (
        tokenizer.apply_chat_template(messages, tools=[CALCULATOR], add_generation_prompt=True, return_dict=True)["input_ids"]
        for messages in (messages_of(*turns), plain)
    )
    assert expected == ids
