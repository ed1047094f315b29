"""A conversation with calls as the messages that templates take, and what the templates make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateError

import itemwise.embedded
from itemwise.cases.chat import ToolCall, Turn
from itemwise.models.call_dialects import read_calls
from itemwise.models.tool_calls import messages_for_template, split_calls
from itemwise.strategies.calculator import CALCULATOR


def call(expression: str = "6*7", arguments: str = "arguments") -> str:
    return json.dumps({"name": "calculator", arguments: {"expression": expression}})


def tagged(*calls: str) -> str:
    return "\n".join(f"<tool_call>\n{each}\n</tool_call>" for each in calls)


def calculated(*expressions: str) -> tuple[ToolCall, ...]:
    return tuple(ToolCall("calculator", {"expression": expression}) for expression in expressions)


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
