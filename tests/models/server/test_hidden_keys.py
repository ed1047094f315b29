"""Keys in command lines."""

from __future__ import annotations

import pytest

from itemwise.models.server.hidden_keys import without_keys


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("vllm serve m --api-key k1 --port 8000", "vllm serve m --api-key *** --port 8000"),
        ("vllm serve m --api-key k1 k2 --port 8000", "vllm serve m --api-key *** --port 8000"),
        ("--api-key=k1", "--api-key=***"),
        ("serve --hf_token 'a b' m", "serve --hf_token ***"),  # several values, or the model: hidden rather than shown
        ("HF_TOKEN=k1 VLLM_API_KEY='k 2' vllm serve m", "HF_TOKEN=*** VLLM_API_KEY=*** vllm serve m"),
        ("proxy --header 'Authorization: Bearer k1' --port 1", "proxy --header 'Authorization: Bearer ***' --port 1"),
        ("http://user:k1@host:8000/v1#m", "http://host:8000/v1#m"),
    ],
)
def test_the_value_of_a_key_is_hidden(command: str, shown: str) -> None:
    assert without_keys(command) == shown


@pytest.mark.parametrize(
    "command",
    ["benchmarks/ -k monkey", "--fail-under monkey=0.8", "--max-new-tokens 64", "serve --tokenizer m", "--api-key --port 1", "--keyed yes"],
)
def test_what_is_no_key_stays(command: str) -> None:
    assert without_keys(command) == command
