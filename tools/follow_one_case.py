"""One case followed through the embedded text model, tensor by tensor, from its row to its verdict.

    python -m tools.follow_one_case                            # prints the stations
    python -m tools.follow_one_case --into docs/pipeline.md    # writes them into the page's blocks

The model is loaded as a run loads it by default (NF4, float32 on a CPU), and every station is what the run itself passes through.
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from benchmarks.test_gsm8k import PROMPTS, gsm8k
from itemwise import Case, Source
from itemwise.extractors import Reading, last_number
from itemwise.models import REGISTRY, Generation, LoadOptions, Request
from itemwise.models.local.library_context import quiet
from itemwise.models.local.load import LocalModel, load
from itemwise.synthetic import word_problems

CASE = 2  # the one the page follows
SHOWN = 4  # numbers of a vector
STEPS = 6  # first tokens of the reply
BLOCK = re.compile(r"^````(\w+)\n(.*?)^````$", re.DOTALL | re.MULTILINE)  # of the page: its name is a station's


def stations(number: int) -> dict[str, str]:
    """What each station of case `number` of seed 42 holds, in the order of the way."""
    torch.set_num_threads(1)
    row, case = _row(number), _case(number)
    loaded = load(REGISTRY["embedded-text"], LoadOptions("nf4", 512))
    request = Request(case.chat)
    ids = loaded.prompting.encode(request).ids  # the model's own way to its tensors is followed, so its own parts are looked at
    passed = _pass(loaded, ids)
    reply = loaded.generate([request])[0]
    answer = last_number(reply.text)
    return {
        "row": f"question: {row['question']}\nanswer:   {row['answer'].splitlines()[-1]}",
        "prompt": case.text,
        "template": loaded.prompting.tokenizer.decode(ids).rstrip("\n"),
        "ids": _ids_text(loaded, ids),
        "embeddings": _embeddings_text(loaded, ids),
        "layers": _layers_text(passed),
        "cache": _cache_text(passed),
        "logits": _logits_text(loaded, passed),
        "next": _next_text(loaded, ids),
        "reply": _reply_text(reply),
        "answer": _answer_text(reply, answer),
        "verdict": f"{answer} == {case.answer}: {'correct' if answer == case.answer else 'wrong'}",
    }


def blocks(page: str) -> dict[str, str]:
    """The page's blocks by name, as `stations` gives them."""
    return {name: text.rstrip("\n") for name, text in BLOCK.findall(page)}


def rewritten(page: str, found: Mapping[str, str]) -> str:
    """The page with what its blocks hold now. Raises KeyError for a block that is no station's."""
    return BLOCK.sub(lambda block: f"````{block[1]}\n{found[block[1]]}\n````", page)


def _row(number: int) -> Mapping[str, Any]:
    return _taken(number, lambda: word_problems(42))


def _case(number: int) -> Case:
    case: Case = _taken(number, lambda: gsm8k(Source("synthetic", 42), PROMPTS["json"]))
    return case


def _taken(number: int, stream: Callable[[], Iterator[Any]]) -> Any:
    return next(each for place, each in enumerate(stream()) if place == number)


def _pass(loaded: LocalModel, ids: list[int]) -> Any:
    """One pass of the whole prompt through the model: hidden states, cache and logits."""
    with torch.inference_mode():
        return loaded.checkpoint.model(torch.tensor([ids]), output_hidden_states=True, use_cache=True)


def _ids_text(loaded: LocalModel, ids: list[int]) -> str:
    pieces = [f"{token} {loaded.prompting.tokenizer.decode([token])!r}" for token in ids]
    return f"{len(ids)} ids of a vocabulary of {len(loaded.prompting.tokenizer)}\n{', '.join(pieces[:6])}, ..., {', '.join(pieces[-5:])}"


def _embeddings_text(loaded: LocalModel, ids: list[int]) -> str:
    table = loaded.checkpoint.model.get_input_embeddings()
    vectors = table(torch.tensor([ids]))
    return (
        f"table  {_shape(table.weight)} {_dtype(table.weight)}, {len(ids)} rows of it: {_shape(vectors)}\n"
        f"last token, row {ids[-1]}: {_numbers(vectors[0, -1])}"
    )


def _layers_text(passed: Any) -> str:
    last = len(passed.hidden_states) - 1
    names = ["embeddings", *(f"after layer {number}" for number in range(1, last)), f"after layer {last}, norm"]
    told = (
        f"{name:20} {_shape(hidden)}  length of the last token's vector {hidden[0, -1].norm():7.2f}"
        for name, hidden in zip(names, passed.hidden_states, strict=True)
    )
    return "\n".join(told)


def _cache_text(passed: Any) -> str:
    layers = passed.past_key_values.layers
    held = sum(part.numel() * part.element_size() for layer in layers for part in (layer.keys, layer.values))
    tokens = layers[0].keys.shape[2]
    return (
        f"{len(layers)} layers, each keys {_shape(layers[0].keys)} and values {_shape(layers[0].values)}, {_dtype(layers[0].keys)}\n"
        f"{held:,} bytes, {held // tokens:,} for each of {tokens} tokens"
    )


def _logits_text(loaded: LocalModel, passed: Any) -> str:
    logits = passed.logits[0, -1]
    shares, tokens = logits.softmax(-1).topk(SHOWN)
    lines = [
        f"{int(token):5} {loaded.prompting.tokenizer.decode([int(token)])!r:8} logit {logits[token]:6.2f}  probability {share:.3f}"
        for share, token in zip(shares, tokens, strict=True)
    ]
    return "\n".join([f"{_shape(passed.logits)}, of the last token:", *lines])


def _next_text(loaded: LocalModel, ids: list[int]) -> str:
    """The first steps of greedy decoding, and the one at which the model was least sure."""
    steps = list(_steps(loaded, ids))
    unsure = min(range(len(steps)), key=lambda place: steps[place][0][1])
    lines = [_step_text(loaded, len(ids), place, steps[place]) for place in range(STEPS)]
    return "\n".join([*lines, f"least sure of {len(steps)} steps:", _step_text(loaded, len(ids), unsure, steps[unsure])])


def _steps(loaded: LocalModel, ids: list[int]) -> Iterator[list[tuple[int, float]]]:
    """Decoding by hand: the likeliest token goes in alone, beside the cache. Each step's two likeliest, with their probabilities."""
    cache, given = None, ids
    while True:
        with torch.inference_mode(), quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # the cache is renamed from one release of transformers to the next
            passed = loaded.checkpoint.model(torch.tensor([given]), past_key_values=cache, use_cache=True)
        shares, tokens = passed.logits[0, -1].softmax(-1).topk(2)
        yield list(zip(tokens.tolist(), shares.tolist(), strict=True))
        if tokens[0].item() in loaded.prompting.ends.tokens:
            return
        cache, given = passed.past_key_values, [int(tokens[0])]


def _step_text(loaded: LocalModel, prompt: int, place: int, likeliest: list[tuple[int, float]]) -> str:
    (first, share), (second, other) = ((loaded.prompting.tokenizer.decode([token]), share) for token, share in likeliest)
    given = f"{prompt} tokens in" if place == 0 else f"1 token in, {prompt + place - 1} in the cache"
    return f"step {place + 1:2}: {given:28} {first!r:9} {share:.3f}   before {second!r} {other:.3f}"


def _reply_text(reply: Generation) -> str:
    return f"{reply.text}\n{reply.completion_tokens} tokens after {reply.prompt_tokens}, finish reason {reply.finish_reason}"


def _answer_text(reply: Generation, answer: str | None) -> str:
    if not isinstance(answer, Reading):
        return f"{answer!r}"
    return (
        f"{str(answer)!r}, by the rule {answer.rule!r}, read in {reply.text[answer.start : answer.end]!r} ({answer.start} to {answer.end})"
    )


def _shape(tensor: torch.Tensor) -> str:
    return " x ".join(map(str, tensor.shape))


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _numbers(vector: torch.Tensor) -> str:
    return ", ".join(f"{value:.3f}" for value in vector[:SHOWN].tolist()) + ", ..."


def main() -> None:
    """Print the stations, or write them into a page."""
    parser = argparse.ArgumentParser(prog="python -m tools.follow_one_case", description=__doc__)
    parser.add_argument("--case", type=int, default=CASE, metavar="N", help="number of the made problem of seed 42 (default: %(default)s)")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="a page whose blocks named like stations are written anew")
    given = parser.parse_args()
    found = stations(given.case)
    if given.into:
        given.into.write_text(rewritten(given.into.read_text(encoding="utf-8"), found), encoding="utf-8")
        return
    for name, text in found.items():
        print(f"{name}\n{text}\n")


if __name__ == "__main__":
    main()
