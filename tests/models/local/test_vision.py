"""Models that see are shown pictures of any size in any batch, and what they say follows from picture and words alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bitsandbytes
import numpy
import PIL.Image
import pytest
import torch
import transformers

from itemwise.cases.chat import PLACE, ToolCall, Turn
from itemwise.cases.picture import Picture, PictureError
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import ContextFullError, Generation, LoadOptions, ModelEntry, ModelError, Request
from itemwise.models.identity import identity_of
from itemwise.models.local.load import LocalModel, load
from itemwise.models.local.vision import with_pictures
from itemwise.models.registry import with_pixels
from itemwise.strategies import configured_strategy
from itemwise.strategies.calculator import CALCULATOR
from tests.models.checkpoints import BOS, CONTEXT, EOS, KINDS, SEEING, TOOL_TEMPLATE, overwrite
from tests.scripted import read_all

LIMIT = 12
QWEN = ("qwen2_vl", "qwen2_5_vl")
AROUND = len(["<|user|>", "<|vision_start|>", "<|vision_end|>", EOS, "<|assistant|>"])
SIZES = [(40, 60), (56, 56), (61, 97), (84, 28), (112, 112), (30, 130), (1, 1), (200, 3)]


def noise(width: int = 56, height: int = 56, seed: int = 0) -> Picture:
    levels = numpy.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=numpy.uint8)
    content = io.BytesIO()
    PIL.Image.fromarray(levels).save(content, "PNG")
    return Picture(f"noise-{seed}", content.getvalue)


def loaded(folder: Path, quantisation: str = "none", **entry: Any) -> LocalModel:
    return load(ModelEntry(folder.name, str(folder), local=True, **entry), LoadOptions(quantisation, LIMIT))


def request(words: str, *pictures: Picture) -> Request:
    return Request((Turn("user", words, pictures=pictures),))


def ask(model: LocalModel, words: str, *pictures: Picture) -> Generation:
    return model.generate([request(words, *pictures)])[0]


def refused(model: LocalModel, words: str, *pictures: Picture) -> str:
    with pytest.raises((ModelError, PictureError)) as caught:
        ask(model, words, *pictures)
    return str(caught.value)


def unloadable(folder: Path, **entry: Any) -> str:
    with pytest.raises(ModelError) as caught:
        loaded(folder, **entry)
    return str(caught.value)


def one_by_one(model: LocalModel, requests: Sequence[Request]) -> list[Generation]:
    return [model.generate([each])[0] for each in requests]


def likeliest(folder: Path, words: str, picture: Picture) -> str:
    """Greedy decoding spelled out: prompt put together by hand, no processor, batch, cache or generate()."""
    model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
    seen = dict(transformers.AutoImageProcessor.from_pretrained(folder)(picture.image(), return_tensors="pt"))
    if "image_grid_thw" in seen:
        marks = "<|image_pad|>" * (int(seen["image_grid_thw"].prod()) // 4)
        text = f"<|user|><|vision_start|>{marks}<|vision_end|>{words}{EOS}<|assistant|>"
    else:
        text = f"{BOS}USER: {'<image>' * 16}\n{words} ASSISTANT:"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    said: list[int] = []
    with torch.inference_mode():
        while len(said) < LIMIT and EOS not in tokenizer.convert_ids_to_tokens(said):
            tokens = torch.tensor([ids + said])
            types = {"mm_token_type_ids": (tokens == model.config.image_token_id).int()} if "image_grid_thw" in seen else {}
            said.append(int(model(tokens, **seen, **types).logits[0, -1].argmax()))
    return str(tokenizer.decode(said, skip_special_tokens=True))


# What is seen


@pytest.mark.parametrize("kind", SEEING)
def test_the_text_is_the_likeliest_after_picture_and_words(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    for seed, size in enumerate(SIZES[:4]):
        assert ask(model, "What do you see?", noise(*size, seed)).text == likeliest(
            checkpoint(kind), "What do you see?", noise(*size, seed)
        )


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
@pytest.mark.parametrize("kind", SEEING)
def test_other_pictures_get_other_replies(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    model = loaded(checkpoint(kind), quantisation)
    assert len({ask(model, "What is this?", noise(seed=seed)).text for seed in range(4)}) == 4


@pytest.mark.parametrize("kind", SEEING)
def test_the_order_of_two_pictures_is_the_order_they_are_shown_in(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    assert ask(model, "Alike?", noise(seed=0), noise(seed=1)) != ask(model, "Alike?", noise(seed=1), noise(seed=0))


@pytest.mark.parametrize("kind", SEEING)
def test_a_picture_of_an_earlier_turn_is_still_seen(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    later = (Turn("assistant", "A."), Turn("user", "Sure?"))
    chats = [Request((Turn("user", "What?", pictures=(noise(seed=seed),)), *later)) for seed in range(3)]
    assert len({generation.text for generation in model.generate(chats)}) == 3
    assert model.generate(chats) == one_by_one(model, chats)


@pytest.mark.parametrize("kind", QWEN)
def test_a_tool_may_be_called_after_a_picture(copied: Callable[..., Path], kind: str) -> None:
    folder = copied(kind)
    (folder / "chat_template.jinja").write_text(TOOL_TEMPLATE)
    model = loaded(folder)
    question = Turn("user", "Sum?", pictures=(noise(112, 84),))
    call = Turn("assistant", "", (ToolCall("calculator", {"expression": "6*7"}),))
    rounds = [(question,), (question, call, Turn("tool", "42")), (question, call, Turn("tool", "42"), Turn("user", "So?"))]
    chats = [Request(turns, tools=(CALCULATOR,)) for turns in rounds]
    assert model.generate(chats) == one_by_one(model, chats)
    prompt = model.prompting.tokenizer.decode(model.prompting.encode(chats[1]).ids)
    assert prompt.startswith("calculator <|user|><|vision_start|>" + "<|image_pad|>" * 12 + "<|vision_end|>Sum?")
    assert '"expression": "6*7"' in prompt


def test_words_to_a_template_that_looks_for_parts_are_not_lost(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("llava"), system="Be brief.")
    prompt = model.prompting.tokenizer.decode(model.prompting.encode(request("2+2?")).ids)
    assert prompt == f"{BOS}SYSTEM: Be brief. USER: 2+2? ASSISTANT:"


def test_a_template_kept_beside_the_processor_is_found(copied: Callable[..., Path]) -> None:
    folder = copied("qwen2_vl")
    expected = ask(loaded(folder), "What?", noise())
    template = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    (folder / "chat_template.json").write_text(json.dumps({"chat_template": template}))
    assert ask(loaded(folder), "What?", noise()) == expected


# Batches


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
@pytest.mark.parametrize("kind", SEEING)
def test_the_text_does_not_depend_on_the_batch(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    model = loaded(checkpoint(kind), quantisation)
    chats = [request("What is this? "[: 3 * seed + 1], noise(*size, seed)) for seed, size in enumerate(SIZES)]
    assert model.generate(chats) == one_by_one(model, chats)


@pytest.mark.parametrize("kind", SEEING)
def test_chats_with_and_without_pictures_share_a_batch(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    shown = [request("What?" * (seed + 1), noise(*SIZES[seed], seed)) for seed in range(3)]
    words = [request("2+2? " * (2 * number + 1)) for number in range(3)]
    mixed = [words[0], shown[0], shown[1], words[1], shown[2], words[2], request("Two?", noise(seed=7), noise(84, 56, 8))]
    assert model.generate(mixed) == one_by_one(model, mixed)


@pytest.mark.parametrize("kind", SEEING)
def test_words_after_a_picture_are_answered_as_before_it(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    before = ask(model, "2+2?")
    ask(model, "What?", noise(112, 112))
    assert ask(model, "2+2?") == before


def test_a_picture_at_fault_fails_its_own_case_only(checkpoint: Callable[..., Path]) -> None:
    engine = Engine(loaded(checkpoint("qwen2_vl")), batch_size=4)
    shown = {"good": noise(), "line": noise(300, 1), "damaged": Picture("row 7", lambda: b"GIF89a"), "wide": noise(300, 2)}
    for key, picture in shown.items():
        engine.submit(key, configured_strategy("direct").bind([Turn("user", "What?", pictures=(picture,))], read_all))
    while not engine.idle:
        engine.step()
    kinds = {key: type(outcome) for key, outcome in engine.outcomes.items()}
    assert kinds == {"good": Reply, "line": PictureError, "damaged": PictureError, "wide": Reply}


# Sizes


@pytest.mark.parametrize(("size", "tokens"), [((1, 1), 4), ((3, 3), 4), ((50, 3), 9), ((3, 50), 9), ((112, 84), 12), ((900, 900), 25)])
@pytest.mark.parametrize("kind", QWEN)
def test_a_picture_is_scaled_into_the_limits_of_the_checkpoint(
    checkpoint: Callable[..., Path], kind: str, size: tuple[int, int], tokens: int
) -> None:
    assert ask(loaded(checkpoint(kind)), "What?", noise(*size)).prompt_tokens == AROUND + len("What?") + tokens


@pytest.mark.parametrize("size", [(1, 1), (200, 1), (3, 90), (300, 200)])
def test_a_model_of_one_size_scales_every_picture_to_it(checkpoint: Callable[..., Path], size: tuple[int, int]) -> None:
    around = f"{BOS}USER: ", "\nWhat? ASSISTANT:"
    expected = 16 + sum(map(len, around)) - len(BOS) + 1
    assert ask(loaded(checkpoint("llava")), "What?", noise(*size)).prompt_tokens == expected


@pytest.mark.parametrize("kind", SEEING)
def test_a_picture_that_is_a_mere_line_is_refused_by_name(checkpoint: Callable[..., Path], kind: str) -> None:
    message = refused(loaded(checkpoint(kind)), "What?", noise(), noise(402, 2, seed=3))
    assert message == "noise-3: 402 x 2 pixels, one side over 200 times the other; crop the picture or pad it."


def test_the_template_is_told_text_and_pictures_in_their_order() -> None:
    turn = Turn("user", f"Is {PLACE} in {PLACE}?", pictures=(noise(seed=1), noise(seed=2)))
    (message,) = with_pictures([turn.message()], [turn])
    assert [part.get("text", part["type"]) for part in message["content"]] == ["Is ", "image", " in ", "image", "?"]


def test_pictures_in_their_places_are_shown_between_the_words(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("qwen2_vl"))
    before, placed = (ask(model, text, noise(seed=1), noise(seed=2)) for text in ("Is in?", f"Is {PLACE}in{PLACE}?"))
    assert placed.prompt_tokens == before.prompt_tokens


def test_a_damaged_picture_is_refused_by_name(checkpoint: Callable[..., Path]) -> None:
    assert refused(loaded(checkpoint("qwen2_vl")), "What?", Picture("row 7", lambda: b"GIF89a")).startswith("row 7: no readable picture")


def test_fewer_pixels_are_fewer_tokens(checkpoint: Callable[..., Path]) -> None:
    def tokens(**limits: int) -> int:
        return ask(loaded(checkpoint("qwen2_vl"), **limits), "What?", noise(112, 112)).prompt_tokens - AROUND - len("What?")

    assert [tokens(), tokens(max_pixels=4 * 28 * 28), tokens(min_pixels=24 * 28 * 28)] == [16, 4, 25]


def test_limits_of_pixels_are_described(checkpoint: Callable[..., Path]) -> None:
    folder = checkpoint("qwen2_vl")
    assert loaded(folder).describe()["pictures"].endswith(", 3136 to 23520 pixels")
    assert loaded(folder, min_pixels=4000, max_pixels=5000).describe()["pictures"].endswith(", 4000 to 5000 pixels")
    assert loaded(checkpoint("llava")).describe()["pictures"].endswith(", 56 x 56 pixels")


def test_limits_of_pixels_are_part_of_what_a_model_is_only_where_set(checkpoint: Callable[..., Path]) -> None:
    entry = ModelEntry("tiny", str(checkpoint("qwen2_vl")), local=True)
    as_it_is = identity_of(entry, LoadOptions("nf4", LIMIT))
    limited = identity_of(with_pixels(entry, None, 4000), LoadOptions("nf4", LIMIT))
    assert limited == {**as_it_is, "max pixels": "4000"}
    assert not {"min pixels", "max pixels"} & set(as_it_is)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("llava", "llava takes pictures of one size only (56 x 56 pixels), so max_pixels cannot be set; leave them out."),
        ("qwen2", "qwen2 sees no pictures, so min_pixels and max_pixels cannot be set; leave them out."),
    ],
)
def test_limits_that_a_model_would_not_keep_are_refused(checkpoint: Callable[..., Path], kind: str, expected: str) -> None:
    assert unloadable(checkpoint(kind), max_pixels=4000) == expected


def test_a_limit_beyond_the_checkpoints_other_one_is_refused(checkpoint: Callable[..., Path]) -> None:
    assert "min_pixels 99999 is more than max_pixels 23520; set both" in unloadable(checkpoint("qwen2_vl"), min_pixels=99999)


# Quantisation


@pytest.mark.parametrize("quantisation", ["nf4", "fp4", "int8"])
@pytest.mark.parametrize("kind", SEEING)
def test_all_of_the_language_layers_are_quantised_and_nothing_else(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    model = loaded(checkpoint(kind), quantisation).checkpoint.model
    layers = {name: module for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)}
    quantised = {name for name, module in layers.items() if type(module) is not torch.nn.Linear}
    assert quantised == {name for name in layers if name.startswith("model.language_model.")}
    assert len(quantised) == 2 * 7
    small = bitsandbytes.nn.Linear8bitLt if quantisation == "int8" else bitsandbytes.nn.Linear4bit
    assert all(isinstance(layers[name], small) for name in quantised)


@pytest.mark.parametrize(
    ("kind", "quantisation", "expected"),
    [
        ("qwen2_vl", "nf4", "nf4 (double quantised), vision tower unquantised"),
        ("llava", "int8", "int8, vision tower unquantised"),
        ("qwen2_5_vl", "none", "none"),
        ("qwen2", "nf4", "nf4 (double quantised)"),
    ],
)
def test_what_is_not_quantised_is_described(checkpoint: Callable[..., Path], kind: str, quantisation: str, expected: str) -> None:
    assert loaded(checkpoint(kind), quantisation).describe()["quantisation"] == expected


@pytest.mark.parametrize("kind", SEEING)
def test_eight_bits_see_too(checkpoint: Callable[..., Path], kind: str) -> None:
    assert ask(loaded(checkpoint(kind), "int8"), "What?", noise()).completion_tokens > 0


# Refusals


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_without_sight_refuses_a_picture(checkpoint: Callable[..., Path], kind: str) -> None:
    expected = f"{kind} sees no pictures; take a vision-language model such as --model qwen2-vl-7b-instruct."
    assert refused(loaded(checkpoint(kind)), "What?", noise()) == expected


def test_a_seeing_model_without_a_chat_template_reads_words_only(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("qwen2_vl", chat=False))
    assert ask(model, "2+2?").prompt_tokens == len("2+2?\n")
    assert "qwen2_vl cannot be shown pictures: " in refused(model, "What?", noise())


@pytest.mark.parametrize(("kind", "mark"), [("qwen2_vl", "<|image_pad|>"), ("qwen2_5_vl", "<|video_pad|>"), ("llava", "<image>")])
def test_words_that_would_be_taken_for_a_picture_are_refused(checkpoint: Callable[..., Path], kind: str, mark: str) -> None:
    message = f"the prompt holds {mark}, by which {kind} is shown a picture; word it differently."
    model = loaded(checkpoint(kind))
    assert refused(model, f"What is {mark}?") == refused(model, f"What is {mark}?", noise()) == message


@pytest.mark.parametrize("kind", SEEING)
def test_a_prompt_too_long_with_its_picture_is_refused_with_both_numbers(checkpoint: Callable[..., Path], kind: str) -> None:
    model = loaded(checkpoint(kind))
    words = "?" * (CONTEXT - ask(model, "", noise()).prompt_tokens)
    with pytest.raises(ContextFullError, match=f"the prompt has {CONTEXT} tokens, the context of {kind} holds {CONTEXT}; shorten it"):
        ask(model, words, noise())
    assert ask(model, words[1:], noise()).completion_tokens == 1


def test_a_checkpoint_without_its_image_processor_is_not_whole(copied: Callable[..., Path]) -> None:
    folder = copied("qwen2_vl")
    (folder / "preprocessor_config.json").unlink()
    assert unloadable(folder).endswith("Check that the folder is whole.")


def test_another_image_processor_is_another_revision(copied: Callable[..., Path]) -> None:
    folder = copied("qwen2_vl")
    before = loaded(folder).describe()["revision"]
    assert loaded(overwrite(folder, "preprocessor_config.json", {"max_pixels": 9999})).describe()["revision"] != before


@pytest.mark.parametrize("kind", SEEING)
def test_loading_and_seeing_print_nothing(checkpoint: Callable[..., Path], kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    checkpoint(kind)
    capfd.readouterr()
    ask(loaded(checkpoint(kind), "nf4"), "What?", noise())
    assert "".join(capfd.readouterr()) == ""
