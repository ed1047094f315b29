"""Continuations are scored as one reads them alone, however they share prompts, prefixes and batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers

from itemwise.cases.chat import Turn
from itemwise.models import Generation, LoadOptions, Request
from itemwise.models.local.load import LocalModel, load
from itemwise.models.local.scoring import Scorer
from itemwise.models.registry import REGISTRY
from tests.models.checkpoints import CONTEXT
from tests.models.local.loading import loaded
from tests.models.local.test_vision import loaded as loaded_with_vision
from tests.models.local.test_vision import noise

SHARED = "Solve the problem. Each of these begins with the same words, which are read once for all of them. "
OPTIONS = ("4", '{"steps": ["2+2=4"], "answer": "4"}', '{"steps": ["3+4=7"]', "12 apples")


def asked(*questions: str) -> list[Request]:
    """Chats and plain texts of several lengths with a common beginning, each with its options."""
    chats = [Request((Turn("user", SHARED + question),), continuations=OPTIONS) for question in questions]
    return chats + [Request((Turn("text", SHARED + question),), continuations=[f" {text}" for text in OPTIONS]) for question in questions]


def one_by_one(model: LocalModel, requests: Sequence[Request]) -> list[tuple[float, ...]]:
    """The log-probability of each continuation, spelled out: prompt and continuation in one row, no cache, no padding."""
    found = []
    for request in requests:
        prompt = model.prompting.encode(request).ids
        rows = [[*prompt, *model.prompting.tokenizer(text, add_special_tokens=False)["input_ids"]] for text in request.continuations]
        found.append(tuple(_log_probability(model, row, len(prompt)) for row in rows))
    return found


def _log_probability(model: LocalModel, row: list[int], begin: int) -> float:
    with torch.inference_mode():
        shares = torch.log_softmax(model.checkpoint.model(torch.tensor([row])).logits[0].float(), dim=-1)
    return sum(float(shares[place - 1, row[place]]) for place in range(begin, len(row)))


def logprobs(model: LocalModel | Scorer, requests: Sequence[Request]) -> list[tuple[float, ...]]:
    results = model.score(requests)
    assert all(isinstance(result, Generation) for result in results), results
    return [result.logprobs for result in results if isinstance(result, Generation)]


def close(scores: Sequence[float]) -> object:
    """Within 1e-5, or within the rounding of float32 where a sum is of more than 25 nats."""
    return pytest.approx(scores, abs=1e-5, rel=4e-7)


def refused(model: LocalModel, request: Request) -> str:
    (result,) = model.score([request])
    assert isinstance(result, Exception)
    return str(result)


@pytest.fixture(scope="module")
def text(one_thread: None) -> LocalModel:
    return load(REGISTRY["embedded-text"], LoadOptions("none", 64))


def test_scores_are_those_of_each_continuation_read_alone(text: LocalModel) -> None:
    requests = asked("Ana has 2 apples and buys 2. How many?", "What is 3 + 4?", "2 + 2 =" + " and 2" * 9)
    alone = one_by_one(text, requests)
    assert logprobs(text, requests) == [close(each) for each in alone]
    assert logprobs(text, requests) == [close(each) for each in alone]  # from the prefix cache
    whole = Scorer(text.checkpoint.model, text.prompting, None, 5)
    assert logprobs(whole, requests) == [close(each) for each in alone]


@pytest.mark.parametrize("window", [0, 64], ids=["options", "text"])
def test_in_bfloat16_the_output_layer_scores_in_float32(one_thread: None, window: int) -> None:
    model = load(REGISTRY["embedded-text"], LoadOptions("none", 64, compute="bfloat16"))
    network = model.checkpoint.model
    request = Request((Turn("text", "Ana has 2 apples and buys 2."),), continuations=() if window else (" 4",), window=window)
    if window:
        tokens, first = model.prompting.text_tokens(request)
        row, begin = [first, *tokens], 1
    else:
        prompt = model.prompting.encode(request).ids
        row, begin = [*prompt, *model.prompting.tokenizer(" 4", add_special_tokens=False)["input_ids"]], len(prompt)
    with torch.inference_mode():
        logits = network.base_model(torch.tensor([row])).last_hidden_state.float() @ network.lm_head.weight.float().T
    shares = torch.log_softmax(logits[0], dim=-1)
    expected = sum(float(shares[place - 1, row[place]]) for place in range(begin, len(row)))
    assert logprobs(Scorer(network, model.prompting, None, 1), [request]) == [(pytest.approx(expected, abs=1e-3),)]
    assert network.lm_head(network.lm_head.weight[:1]).dtype == torch.bfloat16


def test_a_reply_that_is_scored_costs_its_prompt_and_no_tokens(text: LocalModel) -> None:
    (request,) = asked("2+2?")[:1]
    (result,) = text.score([request])
    assert isinstance(result, Generation)
    expected = Generation("", "stop", len(text.prompting.encode(request).ids), 0, logprobs=result.logprobs)
    assert result == expected


@pytest.mark.parametrize("kind", ["qwen2_vl", "llava"])
def test_what_is_scored_behind_a_picture_sees_it(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded_with_vision(checkpoint(kind))
    requests = [Request((Turn("user", "What?", pictures=(noise(seed=seed),)),), continuations=("A", "a cat", "B")) for seed in (0, 1)]
    together = logprobs(model, [*requests, *asked("2+2?")[:1]])
    whole = Scorer(model.checkpoint.model, model.prompting, None, 1)
    assert together[:2] == [pytest.approx(each, abs=1e-4) for each in logprobs(whole, requests)]
    assert together[0] != together[1]


@pytest.mark.parametrize(("kind", "chat"), [("llama", True), ("llama", False), ("qwen2", False)])
def test_the_beginning_of_text_is_read_once_as_in_a_prompt(checkpoint: Callable[..., Path], kind: str, chat: bool) -> None:
    folder = checkpoint(kind, chat=chat)
    model, tokenizer = loaded(folder), transformers.AutoTokenizer.from_pretrained(folder)
    request = Request((Turn("text", "2+2 ="),), continuations=(" 4",))
    (result,) = logprobs(model, [request])
    row = tokenizer("2+2 = 4")["input_ids"]
    assert result == pytest.approx((_log_probability(model, row, len(row) - 2),), abs=1e-4)


def test_a_beginning_that_merges_with_the_prompt_is_scored_from_their_common_token_on(text: LocalModel) -> None:
    request = Request((Turn("text", "How many appl"),), continuations=("es", " es"))
    (result,) = text.score([request])
    assert isinstance(result, Generation)
    tokens = [text.prompting.tokenizer(f"How many appl{end}")["input_ids"] for end in ("", "es", " es")]
    split = next(place for place, (left, right) in enumerate(zip(tokens[0], tokens[1], strict=False)) if left != right)
    assert result.merged == 1
    assert result.logprobs == close([_log_probability(text, row, split) for row in tokens[1:]])


def test_what_cannot_be_scored_is_refused_alone_and_by_name(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    long, good = Request((Turn("text", "?" * (CONTEXT - 2)),), continuations=("A", "ABC")), asked("2+2?")[1]
    good = replace(good, turns=(Turn("text", "2+2?"),))
    refusal, result = model.score([long, good])
    assert str(refusal) == f"the prompt with its longest continuation has {CONTEXT + 1} tokens, the context holds {CONTEXT}; shorten it."
    assert isinstance(result, Generation)


def test_a_thought_would_stand_where_options_are_scored(copied: Callable[..., Path]) -> None:
    from tests.models.thinking_templates import SHAPES

    folder = copied()
    (folder / "chat_template.jinja").write_text(SHAPES["qwen3"], encoding="utf-8")
    request = Request((Turn("user", "2+2?"),), continuations=("4", "5"))
    for thinking in ("on", "template"):
        assert "thinks before it answers" in refused(loaded(folder, thinking=thinking), request)
    assert len(logprobs(loaded(folder, thinking="off"), [request])) == 1
    assert len(logprobs(loaded(folder), [Request((Turn("text", "2+2 ="),), continuations=(" 4",))])) == 1


def test_logits_that_are_no_numbers_are_an_error(copied: Callable[..., Path]) -> None:
    model = loaded(copied())
    with torch.no_grad():
        model.checkpoint.model.model.norm.weight.fill_(float("nan"))
    assert "no numbers (NaN or infinite)" in refused(model, Request((Turn("text", "2+2 ="),), continuations=(" 4",)))


def test_a_beginning_that_prompts_share_is_read_once_however_they_are_mixed(text: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    assert text.continuous is not None
    read: list[int] = []
    forward = text.continuous._logits
    monkeypatch.setattr(
        text.continuous, "_logits", lambda *given, **batch: read.append(batch["input_ids"].numel()) or forward(*given, **batch)
    )
    beginnings = [f"Subject {number}. " + "These words stand before each of its questions. " * 4 for number in range(20)]
    mixed = [
        Request((Turn("text", f"{begin}{question} ="),), continuations=("4", "5")) for question in ("1+3", "2+3") for begin in beginnings
    ]
    lengths = [len(text.prompting.encode(request).ids) for request in mixed]
    logprobs(text, mixed)
    assert sum(read) < 0.7 * sum(lengths)
