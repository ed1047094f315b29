"""A checkpoint's chat template is code of strangers: it must show what it is given, end, and stay small."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import transformers

from itemwise.models import ModelError
from itemwise.models.local import template_renderer as module
from itemwise.models.local.chat_template import ChatTemplate, TemplateError, TemplateLimitError
from itemwise.strategies.calculator import CALCULATOR
from tests.models.checkpoints import CHAT_TEMPLATE, TOOL_TEMPLATE

USER = {"role": "user", "content": "2+2?"}
SYSTEM = {"role": "system", "content": "Be brief."}
EACH = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}"
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
CHATS = [[USER], [SYSTEM, USER], [USER, {"role": "assistant", "content": "Four\n"}, USER]]


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits that are reached sooner."""
    monkeypatch.setattr(module, "SECONDS", 0.3)
    monkeypatch.setattr(module, "MEMORY", 128 << 20)
    yield
    assert ChatTemplate("other", EACH, {}).render([USER]) == "<user>2+2?"  # the next one is served


def template(text: str | dict[str, str], tokens: dict[str, str] = TOKENS) -> ChatTemplate:
    return ChatTemplate("tiny", text, tokens)


def real_templates() -> list[str]:
    embedded = Path(module.__file__).parents[2] / "embedded"
    return [CHAT_TEMPLATE, TOOL_TEMPLATE, *(file.read_text(encoding="utf-8") for file in sorted(embedded.glob("*/*.jinja")))]


@pytest.mark.parametrize("tools", [(), (CALCULATOR,)])
@pytest.mark.parametrize("number", range(len(real_templates())))
def test_a_chat_is_rendered_as_transformers_does(number: int, tools: tuple[dict[str, object], ...]) -> None:
    text = real_templates()[number]
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=_no_words(), chat_template=text, bos_token="<s>", eos_token="</s>")
    for chat in CHATS:
        options = {"tools": list(tools) or None, "tokenize": False}
        for reply in (True, False):
            expected = tokenizer.apply_chat_template(chat, add_generation_prompt=reply, **options)
            assert template(text, tokenizer.special_tokens_map).render(chat, tools, reply=reply) == expected


def test_what_transformers_gives_templates_is_there() -> None:
    text = (
        "{% set box = namespace(n=0) %}{% for message in messages %}{% if loop.index > 1 %}{% break %}{% endif %}"
        "{% set box.n = box.n + 1 %}"
        "{% generation %}{{ message.content }}{% endgeneration %}{% endfor %}{{ box.n }}{{ {'é': 1} | tojson(indent=1) }}{{ dict(a=1).a }}"
    )
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=_no_words(), chat_template=text)
    expected = tokenizer.apply_chat_template([USER, USER], tokenize=False)
    assert template(text, {}).render([USER, USER], reply=False) == expected


def _no_words() -> object:
    from tokenizers import Tokenizer, models

    return Tokenizer(models.BPE())


# What a template drops


@pytest.mark.parametrize(
    ("text", "chat", "fault"),
    [
        (
            "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}",
            [SYSTEM, USER],
            "drops the system prompt",
        ),
        ("{% for m in messages %}{% if m.role == 'human' %}{{ m.content }}{% endif %}{% endfor %}ASSISTANT:", [USER], "drops the question"),
        ("{{ messages[0].content }}", [SYSTEM, USER], "drops the question"),
        ("{{ messages[0].content }}", CHATS[2], "drops the question"),
        ("{{ messages[0].content }} {{ messages[0].content }}", [USER], "shows the question 2 times"),
        (
            "{% for m in messages if m.role != 'tool' %}{{ m.content }}{% endfor %}",
            [USER, {**USER, "role": "tool"}],
            "drops a tool's result",
        ),
        ("{% for m in messages if m.role != 'assistant' %}{{ m.content }}{% endfor %}", CHATS[2], "drops an assistant's turn"),
        ("{% for m in messages %}{{ m.content[:20] }}{% endfor %}", CHATS[2], "drops an assistant's turn"),
    ],
)
def test_a_template_that_drops_a_turn_is_refused(text: str, chat: list[dict[str, str]], fault: str) -> None:
    with pytest.raises(ModelError, match=f"^the chat template of tiny {fault}, so what was asked would not be what is reported"):
        template(text).require_shown(chat)


@pytest.mark.parametrize(
    "content", ["m.content | trim", "m.content.split() | join(' ')", "m.content | upper", "m.content | tojson", "m['content']"]
)
def test_a_template_that_only_lays_words_out_is_not(content: str) -> None:
    template("{% for m in messages %}{{ m.role }}: {{ " + content + " }}\n{% endfor %}").require_shown(CHATS[2])


CALLING = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"type": "function", "id": "call00000", "function": {"name": "calculator", "arguments": {"expression": "2+2"}}}],
}


@pytest.mark.parametrize("content", ["", "I will call."])
def test_a_template_that_drops_a_call_is_refused_with_and_without_words_beside_it(content: str) -> None:
    chat = [USER, {**CALLING, "content": content}, {"role": "tool", "content": "4"}]
    with pytest.raises(TemplateError, match=r"^it drops a call of a tool$"):
        template(EACH).require_shown(chat)
    template(TOOL_TEMPLATE).require_shown(chat, [CALCULATOR])


def test_words_beside_a_call_may_be_left_out() -> None:
    text = "{% for m in messages %}{{ m.tool_calls[0].function | tojson if m.tool_calls else m.content }}{% endfor %}"
    chat = [USER, {**CALLING, "content": "I will call."}, {"role": "tool", "content": "4"}]
    template(text).require_shown(chat)
    assert "calculator" in template(text).prompt(chat)


def test_words_that_a_template_writes_itself_are_no_question() -> None:
    with pytest.raises(ModelError, match="drops the question"):
        template("user 2+2? {{ messages | length }}").require_shown([USER])


LONG = {"role": "user", "content": 'Janet has <i>2</i> ducks & a "dog". ' * 30 + "How many legs?\nExplain."}


@pytest.mark.parametrize(
    ("content", "lost"),
    [
        ("m.content | truncate(99)", "ducks"),
        ("m.content[:500]", "dog"),
        ("m.content[-500:]", "janet"),
        ("m.content.split('\n')[0]", "explain"),
        ("m.content.split()[:30] | join(' ')", "i"),
        ("m.content | striptags", "2"),
        ("m.content | replace('2', '')", "2"),
        ("m.content if m.content | length < 200 else '(too long)'", "janet"),
    ],
)
def test_a_template_that_loses_words_of_a_question_refuses_that_question(content: str, lost: str) -> None:
    losing = template("{% for m in messages %}{{ m.role }}: {{ " + content + " }}{% endfor %}")
    losing.require_shown([USER])
    with pytest.raises(ModelError, match=f"^the chat template of tiny loses words of the question, such as '{lost}', so what was asked"):
        losing.prompt([LONG])


def test_a_template_that_loses_words_of_an_assistant_s_turn_refuses_that_chat() -> None:
    losing = template("{% for m in messages %}{{ m.role }}: {{ m.content[:40] }}{% endfor %}")
    chat = [USER, {"role": "assistant", "content": "Two and two are four. " * 3 + "Really."}, USER]
    losing.require_shown(chat)
    with pytest.raises(
        ModelError, match=r"^the chat template of tiny loses words of an assistant's turn, such as 'four', so what was asked"
    ):
        losing.prompt(chat)


def test_thoughts_of_earlier_turns_may_be_left_out() -> None:
    text = "{% for m in messages %}{{ m.content.split('</think>')[-1] }}{% endfor %}"
    assert template(text).prompt([USER, {"role": "assistant", "content": "<think>hm hm</think>Four."}, USER]) == "2+2?Four.2+2?"


@pytest.mark.parametrize("content", ["m.content", "m.content | trim", "m.content | e", "m.content | tojson", "m.content | upper"])
def test_a_template_that_escapes_or_lays_out_words_loses_none(content: str) -> None:
    text = template("{% for m in messages %}{{ m.role }}: {{ " + content + " }}{% endfor %}").prompt([SYSTEM, LONG])
    assert "explain" in text.casefold()


def test_a_switch_that_a_template_takes_out_is_not_lost() -> None:
    text = "{% for m in messages %}{{ m.content | replace('/no_think', '') }}{{ '<think>' if '/no_think' not in m.content }}{% endfor %}"
    assert template(text).prompt([{"role": "system", "content": "Be brief. /no_think"}]) == "Be brief. "


def test_a_template_that_draws_at_random_gives_the_same_prompt_each_time() -> None:
    drawing = template("{% for i in range(40) %}{{ range(1000) | random }} {% endfor %}{{ lipsum(1) }}" + EACH)
    assert drawing.render([USER]) == drawing.render([USER])


def test_a_template_that_speaks_of_tools_and_drops_them_is_refused() -> None:
    text = "{% if tools %}You have tools.{% endif %}" + EACH
    assert template(text).knows_tools()
    with pytest.raises(ModelError, match="tiny cannot be offered a tool: its chat template drops calculator; take another --strategy"):
        template(text).require_shown([USER], [CALCULATOR])
    template(TOOL_TEMPLATE).require_shown([USER], [CALCULATOR])


def test_a_template_that_looks_for_parts_is_given_parts() -> None:
    text = "{% for m in messages %}{% for part in m.content if part.type == 'text' %}[{{ part.text }}]{% endfor %}{% endfor %}"
    assert template(text).render([SYSTEM, USER]) == "[Be brief.][2+2?]"
    template(text).require_shown([SYSTEM, USER])


def test_a_template_that_refuses_the_shortest_chat_is_given_strings() -> None:
    text = "{% if messages[0].role != 'system' %}{{ raise_exception('system first') }}{% endif %}" + EACH
    assert template(text).render([SYSTEM, USER]) == "<system>Be brief.<user>2+2?"


# Which template


@pytest.mark.parametrize(
    ("named", "expected"),
    [({"chat": "C"}, "CC"), ({"default": "D", "rag": "R"}, "DD"), ({"default": "D", "tool_use": "T"}, "DT"), ({"tool_use": "T"}, "TT")],
)
def test_of_several_templates_the_one_for_the_chat_is_taken(named: dict[str, str], expected: str) -> None:
    several = template(named)
    assert several.render([USER]) + several.render([USER], [CALCULATOR]) == expected


def test_several_templates_without_a_default_are_named() -> None:
    with pytest.raises(ModelError, match=r"tiny has 2 chat templates \(rag, tool_use\) and none is called default; save the one"):
        template({"tool_use": "T", "rag": "R"})


# Time, size, and words


BOTTOMLESS = "{% macro again(n) %}{{ again(n + 1) if n < 40 }}{{ again(n + 1) if n < 40 }}{% endmacro %}{{ again(0) }}"
LOOPS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LOOPS, "does not end: it was stopped after 0.3 seconds"),
        (BOTTOMLESS, "does not end: it was stopped after 0.3 seconds"),
        ("{{ 9 ** (9 ** 9) }}", "does not end: it was stopped after 0.3 seconds"),
        ("{{ 'x' * 300000000 }}", "(writes more than 1,048,576 characters for one chat|takes more than 128 MiB)"),
        ("{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}", "writes more than 1,048,576 characters for one chat"),
        ("{% set box = namespace(s='x') %}{% for i in range(99) %}{% set box.s = box.s ~ box.s %}{% endfor %}", "takes more than 128 MiB"),
        ("{{ '%2000000000d' | format(1) }}", "takes more than 128 MiB"),
    ],
)
def test_a_template_is_bounded_in_time_memory_and_text(little: None, text: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "seconds" not in fault:
        monkeypatch.setattr(module, "SECONDS", 60)  # a busy machine reaches the other limits later
    with pytest.raises(TemplateLimitError, match=f"^the chat template of tiny {fault}; mend chat_template.jinja"):
        template(text).render([USER])


def test_a_template_is_bounded_in_a_thread_too(little: None) -> None:
    caught: list[str] = []

    def render() -> None:
        with pytest.raises(TemplateLimitError) as error:
            template(LOOPS).render([USER])
        caught.append(str(error.value))

    thread = threading.Thread(target=render)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_a_long_question_is_no_fault_of_the_template() -> None:
    long = "2+2? " * 1_000_000
    assert template(EACH).render([{"role": "user", "content": long}]) == f"<user>{long}"


def test_what_a_template_says_of_its_refusal_is_one_printable_line() -> None:
    text = "{{ raise_exception('no\\n\\x1b[31m::set-output name=x::\\n' ~ 'long ' * 999) }}"
    with pytest.raises(TemplateError) as error:
        template(text).render([USER])
    message = str(error.value)
    assert message.startswith(r"no \x1b[31m::set-output name=x:: long")
    assert message.isprintable()
    assert len(message) < 400


@pytest.mark.parametrize(
    "text", ["{% for", "{{ messages[9].content }}", "{{ messages + 1 }}", "{{ messages.__class__.__mro__ }}", "{{ 1 / 0 }}"]
)
def test_whatever_is_wrong_in_a_template_is_its_refusal(text: str) -> None:
    with pytest.raises(TemplateError):
        template(text).render([USER])


def test_the_clock_of_a_template_stands_still() -> None:
    text = "{{ strftime_now('%d %b %Y') }} " + EACH
    assert template(text).render([USER]) == "01 Jan 2026 <user>2+2?"
    assert template(text).uses_clock
    assert not template(EACH).uses_clock


def test_an_interrupt_ends_no_rendering_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert template(EACH).render([USER])
    child = module.PROCESS._child
    assert child is not None
    child.send_signal(signal.SIGINT)
    assert template(EACH).render([USER]) == "<user>2+2?"
    assert module.PROCESS._child is child


def test_a_process_that_was_killed_is_started_anew() -> None:
    assert template(EACH).render([USER])
    child = module.PROCESS._child
    assert child is not None
    child.kill()
    child.wait()
    assert template(EACH).render([USER]) == "<user>2+2?"


# Where a turn ends


REPLY = "{{ '<assistant>' if add_generation_prompt }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EACH + REPLY, ("", "<user>")),
        (EACH + "<assistant>", ("", "<user>")),
        ("{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>\n{% endfor %}" + REPLY, ("<|end|>\n", "<|end|>\n<|user|>")),
        ("{{ raise_exception('no') if messages | length > 2 }}{{ messages[-1].content }}</turn>" + REPLY, ("</turn>", "")),
    ],
)
def test_the_end_of_a_turn_is_what_stands_behind_it(text: str, expected: tuple[str, str]) -> None:
    assert template(text).turn_end() == expected


def test_a_refusal_is_no_end() -> None:
    refusing: Callable[..., ChatTemplate] = template
    assert refusing("{{ raise_exception('no') }}").turn_end() == ("", "")
