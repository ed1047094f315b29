"""The embedded models' vocabulary: a small byte-level BPE with Qwen2's splitting rule and special tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

__all__ = ["train_tokenizer"]

SIZE = 1152
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TAGS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")  # shown in replies, so not special
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEMPLATE = Path(__file__).with_name("chat_template.jinja")
PICTURES = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
PICTURE_TEMPLATE = Path(__file__).with_name("vision_chat_template.jinja")


def train_tokenizer(chats: Iterable[dict[str, Any]], *, pictures: bool = False) -> PreTrainedTokenizerFast:
    """A vocabulary of SIZE tokens learned from the messages of `chats`; digits are always single tokens.

    With `pictures` its special tokens and chat template are those of a model that sees, else of one that calls tools.
    """
    special, tags, template = (SPECIAL + PICTURES, (), PICTURE_TEMPLATE) if pictures else (SPECIAL, TAGS, TEMPLATE)
    core = Tokenizer(models.BPE())
    core.normalizer = normalizers.NFC()
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - len(special) - len(tags),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(_texts(chats), trainer)
    core.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    core.add_tokens([AddedToken(token, special=False, normalized=False) for token in tags])
    vocabulary = PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(special[1:]),
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
    )
    vocabulary.chat_template = template.read_text(encoding="utf-8")
    return vocabulary


def _texts(chats: Iterable[dict[str, Any]]) -> Iterable[str]:
    for chat in chats:
        yield from (f"{message['role']}\n{_said(message['content'])}" for message in chat["messages"])
        if chat.get("tools"):
            yield json.dumps(chat["tools"])


def _said(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
