"""The shipped vision model: its folder loads with transformers' own classes, it sees, and its card says what it holds."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoConfig, AutoModelForImageTextToText, AutoTokenizer

import itemwise.embedded
from benchmarks.test_scienceqa import FORMS
from itemwise.synthetic.pictures import science_pictures
from tools.judge_vision import Checkpoint, right

FOLDER = Path(itemwise.embedded.__file__).with_name("vision")
CHAT = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is it?"}]}]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return list(islice(science_pictures(2026), 48))


@pytest.fixture(scope="module")
def replies(rows: list[dict[str, Any]]) -> list[str]:
    return list(Checkpoint(FOLDER, "nf4").replies(rows, FORMS["json"]))


def test_it_reads_more_pictures_than_guessing_would(rows: list[dict[str, Any]], replies: list[str]) -> None:
    hits = sum(right(row, reply) for row, reply in zip(rows, replies, strict=True))
    guesses = sum(1 / len(row["choices"]) for row in rows)
    assert hits > guesses + 8


def test_its_replies_are_json_with_a_letter(replies: list[str]) -> None:
    said = [json.loads(reply.strip("`").removeprefix("json")) for reply in replies]
    assert {tuple(reply) for reply in said} == {("seen", "option", "answer")}
    assert {reply["answer"].strip("()") for reply in said} <= set("ABCD")


def test_its_files_load_with_the_auto_classes() -> None:
    assert AutoConfig.from_pretrained(FOLDER).model_type == "qwen2_vl"
    assert type(AutoModelForImageTextToText.from_pretrained(FOLDER)).__name__ == "Qwen2VLForConditionalGeneration"


def test_generation_ends_where_a_turn_ends() -> None:
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    settings = json.loads((FOLDER / "generation_config.json").read_text())
    assert tokenizer.convert_ids_to_tokens([settings["eos_token_id"], settings["pad_token_id"]]) == ["<|im_end|>", "<|endoftext|>"]


def test_the_chat_template_shows_pictures_as_qwen2_vl_does() -> None:
    text = AutoTokenizer.from_pretrained(FOLDER).apply_chat_template(CHAT, tokenize=False, add_generation_prompt=True)
    assert text == "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>What is it?<|im_end|>\n<|im_start|>assistant\n"


def test_the_ids_in_the_config_are_those_of_the_vocabulary() -> None:
    tokenizer, config = AutoTokenizer.from_pretrained(FOLDER), AutoConfig.from_pretrained(FOLDER)
    for name, token in {
        "image_token_id": "<|image_pad|>",
        "video_token_id": "<|video_pad|>",
        "vision_start_token_id": "<|vision_start|>",
        "vision_end_token_id": "<|vision_end|>",
    }.items():
        assert tokenizer.convert_tokens_to_ids(token) == getattr(config, name)


def test_the_card_names_the_weights() -> None:
    assert hashlib.sha256((FOLDER / "model.safetensors").read_bytes()).hexdigest() in (FOLDER / "README.md").read_text()


def test_the_weights_are_small() -> None:
    assert (FOLDER / "model.safetensors").stat().st_size < 12_000_000
