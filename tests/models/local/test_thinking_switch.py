"""A template is told to think or not by its own variable, or refuses; a thought that the prompt opens is part of the reply."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import ModelError, Request
from itemwise.models.local.chat_template import ChatTemplate
from itemwise.models.local.thinking_switch import find_switch, opened_thought
from tests.models.local.loading import loaded, prompt_text, refused, with_template
from tests.models.thinking_templates import SHAPES

USER = {"role": "user", "content": "2+2?"}
SYSTEM = {"role": "system", "content": "Be brief."}
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
CLOSED = "<think>\n\n</think>\n\n"
PROMPTS = {  # shape: the variable, what the template does by itself, and what follows the question with thinking on and off
    "qwen3": ("enable_thinking", "on", "\n", f"\n{CLOSED}"),
    "qwen3.5": ("enable_thinking", "on", "\n<think>\n", f"\n{CLOSED}"),
    "qwen3.5 small": ("enable_thinking", "off", "\n<think>\n", f"\n{CLOSED}"),
    "deepseek": ("thinking", "off", "<think>", "</think>"),
    "smollm3": ("enable_thinking", "on", "\n", "\n<think>\n\n</think>\n"),
    "own default": ("enable_thinking", "off", "<think>", ""),
    "granite": ("thinking", "off", "", ""),
    "gemma": ("enable_thinking", "off", "", ""),
}


def template(shape: str, thinking: str = "template") -> ChatTemplate:
    return ChatTemplate("tiny", SHAPES[shape], TOKENS, thinking)


def refusal(shape: str, thinking: str, *messages: dict[str, str]) -> str:
    with pytest.raises(ModelError) as caught:
        template(shape, thinking).prompt(messages)
    return str(caught.value)


@pytest.mark.parametrize("shape", PROMPTS)
def test_thinking_is_switched_by_the_variable_that_the_template_reads(shape: str) -> None:
    variable, default, on, off = PROMPTS[shape]
    prompts = {thinking: template(shape, thinking).prompt([USER]) for thinking in ("on", "off", "template")}
    assert prompts["on"] != prompts["off"]
    assert prompts["template"] == prompts[default]
    assert prompts["on"].endswith(f"2+2?</s><|assistant|>{on}")
    assert prompts["off"].endswith(f"2+2?</s><|assistant|>{off}")
    assert template(shape, "off").thinking_text() == f"off ({variable} of the chat template)"
    assert template(shape).thinking_text() == f"by template, {default} ({variable} not given)"


def test_where_thinking_is_a_system_turn_the_prompt_has_it() -> None:
    assert "Here is my thought process:" in template("granite", "on").prompt([USER])
    assert template("gemma", "on").prompt([USER]).startswith("<|system|><|think|></s>")
    assert template("gemma", "off").prompt([USER]).startswith("<|user|>")


@pytest.mark.parametrize("shape", ["always", "effort", "no switch"])
@pytest.mark.parametrize("thinking", ["on", "off"])
def test_a_template_without_a_switch_refuses(shape: str, thinking: str) -> None:
    said = refusal(shape, thinking, USER)
    assert said.startswith(f"tiny cannot be told to have thinking {thinking}: its chat template reads no variable that switches it")
    assert "Leave thinking at template" in said


def test_what_nothing_switches_is_said_where_the_prompt_shows_it() -> None:
    assert template("always").thinking_text() == "by template, on (the prompt opens a thought)"
    assert template("no switch").thinking_text() == ""


@pytest.mark.parametrize("shape", ["smollm3", "granite"])
def test_a_chat_in_which_the_template_does_not_heed_the_switch_is_refused(shape: str) -> None:
    own = {"role": "system", "content": "Be brief. /no_think"}
    said = refusal(shape, "on", own, USER)
    assert "the same with" in said
    assert "true and false" in said
    assert template("smollm3", "on").prompt([SYSTEM, USER])


def test_the_template_for_tools_has_a_switch_of_its_own() -> None:
    both = ChatTemplate("tiny", {"default": SHAPES["qwen3"], "tool_use": SHAPES["no switch"]}, TOKENS, "off")
    assert both.prompt([USER]).endswith(CLOSED)
    with pytest.raises(ModelError, match="reads no variable"):
        both.prompt([USER], [{"type": "function", "function": {"name": "calculator"}}])


def test_a_template_that_takes_parts_alone_is_told_too() -> None:
    parts = SHAPES["qwen3"].replace("message.content", "message.content[0].text")
    assert ChatTemplate("tiny", parts, TOKENS, "off").prompt([USER]).endswith(f"2+2?</s><|assistant|>\n{CLOSED}")


def test_a_variable_that_is_printed_or_refuses_is_no_switch() -> None:
    assert find_switch(["thinking"], lambda told: f"effort {told.get('thinking', 'low')}") is None
    assert find_switch(["preserve_thinking", "messages"], lambda told: str(told)) is None
    assert find_switch(["enable_thinking", "thinking"], lambda told: "on" if told.get("thinking") else "off") is not None


@pytest.mark.parametrize(
    ("prompt", "opened"),
    [
        ("<|assistant|>\n<think>\n", "<think>\n"),
        ("<|assistant|><think>", "<think>"),
        (f"<|assistant|>\n{CLOSED}", ""),
        ("Write <think> first.<|assistant|>\n", ""),
        ("[/INST][THINK]", "[THINK]"),
        ("<|turn>model\n<|channel>thought\n", "<|channel>thought\n"),
        ("<|start|>assistant<|channel|>analysis<|message|>", "<|channel|>analysis<|message|>"),
        ("```\n<|assistant|>\n<think>\n", "<think>\n"),
        ("", ""),
    ],
)
def test_a_thought_that_the_prompt_opens_is_found(prompt: str, opened: str) -> None:
    assert opened_thought(prompt) == opened


def test_the_reply_begins_with_the_thought_that_the_prompt_opened(copied: Callable[..., Path]) -> None:
    model = loaded(with_template(copied(), SHAPES["qwen3.5"]))
    request = Request((Turn("user", "2+2?"),))
    prompt = model.prompting.encode(request)
    assert prompt.opened == "<think>\n"
    ids = model.prompting.tokenizer("2+2 is 4.</think>4")["input_ids"]
    (closed, cut) = (model.prompting.generation(request, prompt, output, None) for output in (ids, ids[:12]))
    assert closed.text[:14] == "<think>\n2+2 is"
    assert (cut.text, cut.finish_reason) == ("<think>\n2+2 is 4.</t", "length")


def test_a_loaded_model_is_asked_with_the_switch_of_its_entry_and_says_so(copied: Callable[..., Path]) -> None:
    folder = with_template(copied(), SHAPES["qwen3.5"])
    off = loaded(folder, thinking="off")
    assert prompt_text(off, Turn("user", "2+2?")).endswith(CLOSED)
    assert off.prompting.encode(Request((Turn("user", "2+2?"),))).opened == ""
    assert off.describe()["thinking"] == "off (enable_thinking of the chat template)"
    assert loaded(folder).describe()["thinking"] == "by template, on (enable_thinking not given)"


def test_a_checkpoint_that_cannot_be_switched_is_refused_at_load(copied: Callable[..., Path], tmp_path: Path) -> None:
    assert "reads no variable that switches it" in refused(copied(), thinking="off")
    assert "has no chat template" in refused(copied("llama", chat=False), thinking="on")
