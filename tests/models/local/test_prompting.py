"""Chats become prompts that show the model all of them, and outputs become text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import transformers

from itemwise.cases.chat import ToolCall, Turn
from itemwise.extractors import last_number
from itemwise.models import Generation, LoadOptions, ModelEntry, ModelError, Request
from itemwise.models.identity import identity_of
from itemwise.models.local.encoded_prompt import Prompt
from tests.models.checkpoints import BOS, CHAT_TEMPLATE, CONTEXT, KINDS
from tests.models.local.loading import LIMIT, ROLES, ask, loaded, prompt_text, refused, with_template


def test_a_prompt_longer_than_the_context_is_an_error_with_both_numbers(checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match=f"the prompt has {CONTEXT} tokens, the context of qwen2 holds {CONTEXT}; shorten it"):
        ask(loaded(checkpoint()), "?" * (CONTEXT - 4))


@pytest.mark.parametrize("kind", KINDS)
def test_a_chat_template_is_used_and_no_second_bos_is_added(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    assert prompt_text(model, Turn("user", "2+2?")) == f"{BOS}<|user|>2+2?</s><|assistant|>"
    assert model.describe()["prompting"].startswith("chat template ")


@pytest.mark.parametrize(("kind", "expected"), [("qwen2", "2+2?\n"), ("llama", f"{BOS}2+2?\n"), ("mistral", f"{BOS}2+2?\n")])
def test_without_a_chat_template_the_prompt_is_completed_and_that_is_said(
    checkpoint: Callable[..., Path], kind: str, expected: str
) -> None:
    model = loaded(checkpoint(kind, chat=False))
    assert prompt_text(model, Turn("user", "2+2?")) == expected
    assert model.describe()["prompting"] == "completion (no chat template)"


@pytest.mark.parametrize("chat", [True, False])
@pytest.mark.parametrize(("kind", "before"), [("qwen2", ""), ("llama", BOS)])
def test_a_plain_text_is_continued_as_it_stands_with_or_without_a_chat_template(
    checkpoint: Callable[..., Path], kind: str, before: str, *, chat: bool
) -> None:
    model = loaded(checkpoint(kind, chat=chat), system="Be brief.")
    assert prompt_text(model, Turn("text", "Q: 2+2?\nA:")) == f"{before}Q: 2+2?\nA:"
    assert prompt_text(model, Turn("text", f"{BOS}Q: 2+2?\nA:")) == f"{BOS}Q: 2+2?\nA:"


def test_a_plain_text_has_no_place_for_a_thinking_switch(copied: Callable[..., Path]) -> None:
    folder = copied()
    with_template(folder, CHAT_TEMPLATE + "{% if enable_thinking %}<think>{% endif %}")
    with pytest.raises(ModelError, match="qwen2 cannot be told to have thinking off in a plain text; take --prompt-form turns"):
        loaded(folder, thinking="off").generate([Request((Turn("text", "2+2="),))])


def test_a_plain_text_has_no_place_for_tools(checkpoint: Callable[..., Path]) -> None:
    request = Request((Turn("text", "2+2="),), ({"type": "function", "function": {"name": "calculator", "parameters": {}}},))
    with pytest.raises(ModelError, match="qwen2 cannot be offered a tool: a plain text has no place for tools"):
        loaded(checkpoint()).generate([request])


def test_without_a_chat_template_calls_of_earlier_turns_are_refused(checkpoint: Callable[..., Path]) -> None:
    calling = Turn("assistant", "", (ToolCall("calculator", {"expression": "2+2"}),))
    with pytest.raises(ModelError, match=r"^qwen2 has no chat template, so that it cannot be shown calls of a tool; take another form"):
        loaded(checkpoint(chat=False)).generate([Request((Turn("user", "2+2?"), calling, Turn("tool", "4")))])


def test_the_system_prompt_of_the_entry_comes_first(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint(), system="Be brief.")
    assert prompt_text(model, Turn("user", "2+2?")) == f"{BOS}<|system|>Be brief.</s><|user|>2+2?</s><|assistant|>"
    assert model.describe()["system"] == "Be brief."


def test_the_system_turn_of_a_case_takes_the_place_of_that_of_the_entry(checkpoint: Callable[..., Path]) -> None:
    shown = f"{BOS}<|system|>Be long.</s><|user|>2+2?</s><|assistant|>4</s><|user|>3+3?</s><|assistant|>"
    chat = [Turn("system", "Be long."), Turn("user", "2+2?"), Turn("assistant", "4"), Turn("user", "3+3?")]
    assert prompt_text(loaded(checkpoint(), system="Be brief."), *chat) == shown
    assert prompt_text(loaded(checkpoint()), *chat) == shown


def test_turns_the_chat_template_refuses_are_named(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    with pytest.raises(ModelError, match=r"chat template of qwen2 refuses turns of user, tool \(no tools here\); take another --strategy"):
        model.generate([Request((Turn("user", "2+2?"), Turn("tool", "4")))])


def test_what_comes_after_the_end_of_a_reply_is_no_fault(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    [generation] = ask(model, "2+2?")
    assert isinstance(model.prompting.generation(Request((Turn("user", "2+2?"),)), Prompt([0]), [7, 1, 0, 0], 2), Generation)
    assert isinstance(model.prompting.generation(Request((Turn("user", "2+2?"),)), Prompt([0]), [7, 8, 0, 0], 2), ModelError)
    assert generation.completion_tokens == LIMIT


def test_a_template_without_a_place_for_the_system_prompt_is_refused_at_load(copied: Callable[..., Path]) -> None:
    folder = with_template(copied(), ROLES.replace("messages %}", "messages if message.role != 'system' %}") + "{% endfor %}")
    assert "the chat template of qwen2 drops the system prompt, so what was asked" in refused(folder, system="Be brief.")
    assert ask(loaded(folder), "2+2?")[0].completion_tokens


def test_a_template_that_raises_at_a_system_prompt_is_refused_at_load(copied: Callable[..., Path]) -> None:
    no_system = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + CHAT_TEMPLATE
    folder = with_template(copied(), no_system)
    message = refused(folder, system="Be brief.")
    assert "chat template of qwen2 refuses a system prompt (System role not supported)" in message
    assert "leave system out of its entry or the benchmark's chat" in message
    model = loaded(folder)
    with pytest.raises(ModelError, match=r"refuses a system prompt .*leave system out of its entry or the benchmark's chat"):
        model.generate([Request((Turn("system", "Be long."), Turn("user", "2+2?")))])


def test_a_template_that_drops_the_question_is_refused_at_load(copied: Callable[..., Path]) -> None:
    assert "drops the question" in refused(with_template(copied(), "{{ bos_token }}<|assistant|>"))


def test_a_seeing_model_is_held_to_the_same(copied: Callable[..., Path]) -> None:
    folder = copied("qwen2_vl")
    assert "drops the question" in refused(with_template(folder, "{{ bos_token }}<|assistant|>"))


def test_a_template_that_drops_later_turns_fails_the_cases_that_have_them(copied: Callable[..., Path]) -> None:
    model = loaded(with_template(copied(), "<|user|>{{ messages[0].content }}</s><|assistant|>"))
    assert ask(model, "2+2?")[0].completion_tokens
    with pytest.raises(ModelError, match="drops the question"):
        model.generate([Request((Turn("user", "2+2?"), Turn("assistant", "5"), Turn("user", "Sure?")))])


def test_an_endless_template_is_refused_at_load(copied: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemwise.models.local.template_renderer.SECONDS", 0.3)
    loops = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    assert "the chat template of qwen2 does not end" in refused(with_template(copied(), loops))


def test_a_template_under_another_name_is_used_where_it_is_the_only_one(copied: Callable[..., Path]) -> None:
    folder = copied()
    (folder / "chat_template.jinja").unlink()
    (folder / "additional_chat_templates").mkdir()
    (folder / "additional_chat_templates" / "chat.jinja").write_text(CHAT_TEMPLATE)
    assert prompt_text(loaded(folder), Turn("user", "2+2?")) == f"{BOS}<|user|>2+2?</s><|assistant|>"
    (folder / "additional_chat_templates" / "rag.jinja").write_text(CHAT_TEMPLATE)
    assert "qwen2 has 2 chat templates (chat, rag) and none is called default" in refused(folder)


def test_a_template_with_a_clock_is_told_one_day_which_is_part_of_the_key(copied: Callable[..., Path]) -> None:
    folder = copied()
    model = loaded(with_template(folder, CHAT_TEMPLATE.replace("{{ bos_token }}", "{{ strftime_now('%Y-%m-%d') }}")))
    assert prompt_text(model, Turn("user", "2+2?")).startswith("2026-01-01<|user|>")
    assert model.describe()["prompting"].endswith(", its clock at 2026-01-01")
    assert identity_of(model.checkpoint.entry, LoadOptions("none", 9))["clock"] == "2026-01-01"


def test_a_template_without_a_clock_leaves_the_key_as_it_was(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    assert "clock" not in identity_of(model.checkpoint.entry, LoadOptions("none", 9))
    assert "clock" not in model.describe()["prompting"]


@pytest.mark.parametrize("name", ["chat_template.jinja", "chat_template.json", "additional_chat_templates/rag.jinja"])
def test_a_clock_is_seen_wherever_a_template_may_stand(copied: Callable[..., Path], name: str) -> None:
    folder = copied()
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"chat_template": "{{ strftime_now('%Y') }}"}))
    entry = ModelEntry("qwen2", str(folder), local=True)
    assert identity_of(entry, LoadOptions("none", 9))["clock"] == "2026-01-01"


def test_an_added_token_without_an_embedding_fails_the_prompts_that_hold_it(copied: Callable[..., Path]) -> None:
    folder = copied()
    tokenizer = loaded(folder).prompting.tokenizer
    tokenizer.add_special_tokens({"pad_token": "<late>"})
    tokenizer.save_pretrained(folder)
    model = loaded(folder)
    assert len(ask(model, "2+2?", "a longer question")) == 2  # padded with something else
    with pytest.raises(ModelError, match=r"an embedding of 267 tokens, which token 268 \(<late>\) of the prompt is beyond"):
        ask(model, "2+2? <late>")


def test_a_template_of_tokens_without_an_embedding_is_refused_at_load(copied: Callable[..., Path]) -> None:
    folder = copied()
    tokenizer: Any = loaded(folder).prompting.tokenizer
    tokenizer.add_special_tokens({"additional_special_tokens": ["<late>"]})
    tokenizer.save_pretrained(folder)
    assert "which token 268 (<late>) of the prompt is beyond" in refused(with_template(folder, CHAT_TEMPLATE + "<late>"))


THINKING = ("<think>", "</think>")
HARMONY = ("<|channel|>", "<|message|>", "<|start|>", "<|end|>", "<|return|>")


@pytest.mark.parametrize(
    ("special", "said", "text", "answer"),
    [
        (THINKING, "<think>Is it 5?</think>It is 4.</s>", "<think>Is it 5?</think>It is 4.", "4"),
        (THINKING, "Is it 5?</think>\n\n4<pad></s>", "Is it 5?</think>\n\n4", "4"),
        (THINKING, "<think>Is it 5?", "<think>Is it 5?", None),
        (THINKING, "<s>It is<pad> 4.</s>", "It is 4.", "4"),
        (("[THINK]", "[/THINK]"), "[THINK]5?[/THINK]4</s>", "[THINK]5?[/THINK]4", "4"),
        (("<|channel>", "<channel|>"), "<|channel>thought\n5?<channel|>4</s>", "<|channel>thought\n5?<channel|>4", "4"),
        (
            HARMONY,
            "<|channel|>analysis<|message|>5?<|end|><|start|>assistant<|channel|>final<|message|>4<|return|></s>",
            "<|channel|>analysis<|message|>5?<|start|>assistant<|channel|>final<|message|>4",
            "4",
        ),
        (("[TOOL_CALLS]",), 'The answer is 4.[TOOL_CALLS]add[ARGS]{"a": 5}</s>', 'The answer is 4.[TOOL_CALLS]add[ARGS]{"a": 5}', "4"),
    ],
)
def test_special_tokens_that_part_a_reply_stay_in_it_and_others_do_not(
    copied: Callable[..., Path], special: tuple[str, ...], said: str, text: str, answer: str | None
) -> None:
    model = loaded(with_special_tokens(copied(), special))
    model.prompting.max_new_tokens = CONTEXT
    ids = model.prompting.tokenizer(said, add_special_tokens=False)["input_ids"]
    generation = model.prompting.generation(Request((Turn("user", "2+2?"),)), Prompt([0]), ids, None)
    assert isinstance(generation, Generation)
    assert generation.text == text
    assert last_number(generation.text) == answer


def with_special_tokens(folder: Path, special: tuple[str, ...]) -> Path:
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": list(special)})
    tokenizer.save_pretrained(folder)
    return folder
