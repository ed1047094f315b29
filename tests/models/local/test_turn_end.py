"""A reply ends where the checkpoint says, or where its chat template ends a turn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from itemwise.models import Generation
from tests.models.checkpoints import overwrite
from tests.models.local.loading import LIMIT, ROLES, decoded, in_batches, likeliest, loaded, refused, with_template


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
