"""Checkpoints that load and would measure something else: refused, or asked in the way that is reported."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from itemwise.cases.case import Turn
from itemwise.engine.batching import PendingRequest, batcher_for
from itemwise.models import QUANTISATIONS, Generation, LoadOptions, ModelEntry, ModelError, Request
from itemwise.models.identity import identity_of
from itemwise.models.local.load import LocalModel
from tests.models.checkpoints import BOS, CHAT_TEMPLATE, make_checkpoint, overwrite
from tests.models.local.test_local_model import LIMIT, ask, decoded, likeliest, loaded, prompt_text, refused

ROLES = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}"


def with_template(folder: Path, template: str) -> Path:
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return folder


def with_weights(folder: Path, name: str, change: Callable[[torch.Tensor], object]) -> Path:
    """The checkpoint with one of its weights changed in place."""
    file = folder / "model.safetensors"
    weights = load_file(file)
    change(weights[name])
    save_file(weights, file, metadata={"format": "pt"})
    return folder


def in_batches(model: LocalModel, prompts: Sequence[str], *, whole: bool = False, most: int = 8) -> list[Generation | Exception | None]:
    """What comes of `prompts`, asked together as the engine does it."""
    if whole:
        model.continuous = None
    batches = batcher_for(model, most)
    waiting = [PendingRequest(Request((Turn("user", prompt),))) for prompt in prompts]
    asked = list(waiting)
    while waiting or batches.running:
        list(batches.step(waiting))
    return [asking.result for asking in asked]


# Weights


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("quantisation", QUANTISATIONS)
@pytest.mark.parametrize("name", ["model.layers.1.mlp.up_proj.weight", "model.embed_tokens.weight", "model.norm.weight"])
def test_a_weight_that_is_no_number_is_refused(copied: Callable[..., Path], quantisation: str, value: float, name: str) -> None:
    folder = with_weights(copied(), name, lambda weight: weight.view(-1)[5].fill_(value))
    message = refused(folder, quantisation)
    assert message.startswith("qwen2 has weights that are no numbers (NaN or infinite): ")
    assert name in message or "one of 128 x 64" in message


@pytest.mark.parametrize("whole", [False, True], ids=["continuous", "static"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_fail_the_one_row_that_has_them(checkpoint: Callable[..., Path], value: float, whole: bool) -> None:
    model = loaded(checkpoint())
    alone = [ask(model, prompt)[0] for prompt in ("2+2?", "3*3", "10")]
    marked = model.prompting.tokenizer.convert_tokens_to_ids("!")
    model.checkpoint.model.get_input_embeddings().weight.data[marked] = value  # as a chat that overflows meets it
    first, bad, *rest = in_batches(model, ["2+2?", "6*7!", "3*3", "10"], whole=whole)
    assert [first, *rest] == alone
    assert isinstance(bad, ModelError)
    assert "the logits of qwen2 are no numbers (NaN or infinite) at token 1 of the reply" in str(bad)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_rows_that_join_where_one_without_numbers_stood_are_sound(checkpoint: Callable[..., Path], most: int) -> None:
    model = loaded(checkpoint())
    prompts = ["a long question that goes on and on", "x" * 60, "2+2?", "3*3", "10", "9"]
    alone = [ask(model, prompt)[0] for prompt in prompts]
    marked = model.prompting.tokenizer.convert_tokens_to_ids("x")
    model.checkpoint.model.get_input_embeddings().weight.data[marked] = float("nan")
    results = in_batches(model, prompts, most=most)
    assert isinstance(results.pop(1), ModelError)
    assert results == [alone[0], *alone[2:]]


def test_what_comes_after_the_end_of_a_reply_is_no_fault(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    [generation] = ask(model, "2+2?")
    assert isinstance(model.prompting.generation(Request((Turn("user", "2+2?"),)), 1, [7, 1, 0, 0], 2), Generation)
    assert isinstance(model.prompting.generation(Request((Turn("user", "2+2?"),)), 1, [7, 8, 0, 0], 2), ModelError)
    assert generation.completion_tokens == LIMIT


# What a template drops


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


# Which template, and its clock


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


# Where a reply ends


def end_template(end: str) -> str:
    return ROLES + end + "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"


@pytest.mark.parametrize("whole", [False, True], ids=["continuous", "static"])
@pytest.mark.parametrize("end", ["<image>\n", "{{ '' if loop.last else '<image>' }}"])
def test_a_token_that_ends_turns_in_the_template_ends_a_reply(copied: Callable[..., Path], end: str, whole: bool) -> None:
    folder = with_template(copied(), end_template(end))
    ids = likeliest(folder, "2+2?")
    place = next(place for place in range(2, LIMIT) if ids[place] not in ids[:place])
    _give_the_id_of(folder, ids[place], "<image>")
    model = loaded(folder)
    [generation] = in_batches(model, ["2+2?"], whole=whole)
    assert isinstance(generation, Generation)
    assert (generation.finish_reason, generation.completion_tokens) == ("stop", place + 1)
    assert model.describe()["turn end"] == "<image> of the chat template, which is no declared end"


def _give_the_id_of(folder: Path, token: int, special: str) -> None:
    """Exchange what two tokens mean, so that the untrained model says the special one where it said the other."""
    weights = load_file(folder / "model.safetensors")
    other = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"][special]
    head = weights.get("lm_head.weight")
    assert head is not None
    head[[token, other]] = head[[other, token]]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("whole", [False, True], ids=["continuous", "static"])
def test_words_that_end_turns_in_the_template_end_a_reply(copied: Callable[..., Path], whole: bool) -> None:
    folder = copied()
    saying = decoded(folder, likeliest(with_template(folder, end_template("</s>")), "2+2?"))
    end = saying[3:6]
    assert saying.index(end) == 3
    assert end.isprintable()
    assert not set(end) & set(" {}%'")
    model = loaded(with_template(folder, end_template(end)))
    text = decoded(folder, likeliest(folder, "2+2?"))
    [generation] = in_batches(model, ["2+2?"], whole=whole)
    assert isinstance(generation, Generation)
    assert generation.text == text.partition(end)[0]
    assert generation.finish_reason == ("stop" if end in text else "length")
    assert model.describe()["turn end"] == f"{end!r} of the chat template, as text"


@pytest.mark.parametrize("reply", ["\n### assistant:\n", "{% if add_generation_prompt %}\n### assistant:\n{% endif %}"])
def test_a_template_that_marks_no_end_says_so(copied: Callable[..., Path], reply: str) -> None:
    model = loaded(with_template(copied(), "{% for m in messages %}\n### {{ m.role }}:\n{{ m.content }}{% endfor %}" + reply))
    assert model.describe()["turn end"] == "not in the chat template; only </s> ends a reply"


def test_a_declared_end_goes_without_saying(checkpoint: Callable[..., Path]) -> None:
    assert "turn end" not in loaded(checkpoint()).describe()


@pytest.mark.parametrize("end", ["</s>", [1, "</s>"], [[1]], 1.0])
def test_a_declared_end_that_is_no_number_is_refused(copied: Callable[..., Path], end: object) -> None:
    folder = overwrite(copied(), "generation_config.json", {"eos_token_id": end})
    assert "which is no token's number" in refused(folder)


# Tokenizers of other weights


def test_a_tokenizer_larger_than_the_embedding_is_refused_with_both_numbers(tmp_path: Path, one_thread: None) -> None:
    folder = make_checkpoint(tmp_path / "small", vocab_size=200)
    assert "the tokenizer of small has 267 words, its weights an embedding of 200" in refused(folder)


def test_an_embedding_larger_than_the_tokenizer_is_fine(tmp_path: Path, one_thread: None) -> None:
    assert ask(loaded(make_checkpoint(tmp_path / "padded", vocab_size=320)), "2+2?")[0].completion_tokens


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
