"""A text is scored in disjoint windows as a plain loop over its tokens does, and every token once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.chat import Turn
from itemwise.models import Generation, LoadOptions, ModelError, Request
from itemwise.models.local import document
from itemwise.models.local.document import windows
from itemwise.models.local.load import LocalModel, load
from itemwise.models.registry import REGISTRY

TEXT = "A book has 194 pages. Anna reads 12 pages on each of 5 days.\nHow many are left? " * 3


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return load(REGISTRY["embedded-text"], LoadOptions("none", 8))


@given(st.integers(1, 40), st.integers(1, 12))
def test_every_token_is_scored_once_behind_what_the_rule_says(count: int, size: int) -> None:
    tokens = list(range(count))
    found = list(windows(tokens, -1, size))
    assert [token for _, scored in found for token in scored] == tokens
    assert found[0][0] == [-1]
    for before, scored in found[1:]:
        assert len(before) + len(scored) == size + 1
        assert list(before) == list(range(scored[0] - len(before), scored[0]))


def spelled_out(model: LocalModel, size: int) -> float:
    """Window after window by whole forwards, without a cache."""
    tokenizer, total = model.prompting.tokenizer, 0.0
    tokens = tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    begin = tokenizer.eos_token_id if tokenizer.bos_token_id is None else tokenizer.bos_token_id
    padded = [begin, *tokens]
    for start in range(0, len(tokens), size):
        end = min(start + size, len(tokens))
        row = padded[max(0, end - size) : end]
        with torch.inference_mode():
            shares = torch.log_softmax(model.checkpoint.model(torch.tensor([row])).logits[0].float(), dim=-1)
        total += sum(float(shares[place - end, padded[place + 1]]) for place in range(start, end))
    return total


@pytest.mark.parametrize("size", [16, 50, 400])
def test_the_sum_is_that_of_whole_forwards(model: LocalModel, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_LOGITS", 7 * model.checkpoint.model.get_input_embeddings().weight.shape[0])  # seven tokens at once
    (result,) = model.score([Request((Turn("text", TEXT),), window=size)])
    assert isinstance(result, Generation)
    assert result.logprobs[0] == pytest.approx(spelled_out(model, size), rel=1e-6)
    assert result.prompt_tokens == len(model.prompting.tokenizer(TEXT, add_special_tokens=False)["input_ids"])


def test_a_tokenizer_without_a_token_before_a_text_is_refused(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = SimpleNamespace(bos_token_id=None, eos_token_id=None)
    monkeypatch.setattr(model.prompting, "tokenizer", bare)
    monkeypatch.setattr(model.prompting, "tokens", lambda *_, **__: [1, 2])
    (result,) = model.score([Request((Turn("text", TEXT),), window=16)])
    assert isinstance(result, ModelError)
    assert "has no token before a text" in str(result)


@pytest.mark.parametrize("turn", [Turn("user", "a"), Turn("text", "a")])
def test_a_window_is_a_number_of_tokens_over_a_plain_text(turn: Turn) -> None:
    with pytest.raises(ValueError, match="window must be a whole number of tokens, over one turn whose role is text"):
        Request((turn,), window=4 if turn.role == "user" else -1)
