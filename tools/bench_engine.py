"""The engine beside plain loops over generate() and transformers' own continuous batching, on the same items, in one process.

    python -m tools.bench_engine --items 200 --quant nf4
    python -m tools.bench_engine --model FOLDER --rows test.jsonl --items 16 --max-new-tokens 64 --quant none --ways engine generate_batch
    python -m tools.bench_engine --model FOLDER --quant none --compute bfloat16 --lm-eval 8 32 --server http://127.0.0.1:8092/v1#qwen

The items are made word problems, or the first of a file's (`question`), every other one asked for JSON and for a chain of thought, so that
replies differ in length. Asked are: the engine under its lookahead, as a run of the benchmark asks; one generate() for each item; static
batches in the order of arrival; static batches sorted by length of prompt, of several sizes, of which the best is taken;
generate_batch(); with `--compute bfloat16` the engine in that type, with `--server URL#NAME` a server of the same weights, with `--lm-eval`
lm-evaluation-harness. `--ways` takes those whose names begin so. The ways take turns for `--rounds`, and the best round of each counts.
Ratios and texts are held to the best sorted static batch and to one generate() for each, or the first way where they are left out: the
seconds are of this machine, and of whatever else it does. All but the engine have the model as transformers and bitsandbytes load it; the
engine has it as a run does, and once as they do. Exits 1 where a text of ours in float32 differs from that of the item alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from transformers import AutoTokenizer, ContinuousBatchingConfig, GenerationConfig, Qwen2Config, Qwen2ForCausalLM

from benchmarks.test_gsm8k import PROMPTS
from itemwise.cases.chat import Turn
from itemwise.cases.source import rows
from itemwise.engine.engine import Engine
from itemwise.engine.lookahead import Lookahead, Upcoming
from itemwise.models import REGISTRY, Generation, LoadOptions, ModelEntry, Request
from itemwise.models.local.load import LocalModel, load
from itemwise.models.model import Model
from itemwise.models.registry import EMBEDDED, entry_named
from itemwise.models.server.server_model import connect
from itemwise.strategies import Ask, ConfiguredStrategy, Extract, Transcript
from itemwise.synthetic import word_problems

Way = Callable[[Sequence[Request]], list[Generation]]
SIZES = (8, 16, 32, 64)
ALONE = "one generate an item"  # whose texts all others are held to
ONCE = (ALONE, "one, with copies", "lm-eval hf, batch 1")  # the slowest, and the same in each round
SORTED = "static, sorted"  # whose fastest all others are measured by
OTHERS = ("lm-eval", "generate_batch", "engine, bfloat16", "server")  # whose texts are not ours to answer for
PAGE, BATCH_TOKENS = 32, 2048  # of generate_batch: tokens of a page, and of a forward; it would take 0.6 of a machine's memory by itself


def items(count: int, prompts: Sequence[str], file: Path | None = None) -> list[Request]:
    """`count` questions, made or the first of `file`, worded by each of `prompts` in turn."""
    questions = (row.text("question") for row in rows(file)) if file else (problem["question"] for problem in word_problems(42))
    return [
        Request((Turn("user", PROMPTS[prompts[number % len(prompts)]].format(question=question)),))
        for number, question in enumerate(islice(questions, count))
    ]


async def once(request: Request, chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:  # noqa: ARG001 - every strategy is given it
    """Ask as `request` does."""
    reply = await ask(chat, temperature=request.temperature, seed=request.seed)
    return Transcript([*chat, reply], reply)


def by_engine(model: Model, size: int | None) -> Way:
    """As a run of tests asks: one case after the other, those ahead with it."""

    def way(requests: Sequence[Request]) -> list[Generation]:
        upcoming = [
            Upcoming(str(number), ConfiguredStrategy("once", partial(once, request)).bind(request.turns, lambda turn: turn.content), 0)
            for number, request in enumerate(requests)
        ]
        engine, lookahead = Engine(model, size), Lookahead(upcoming)
        replies = [lookahead.reply(case.key, engine) for case in upcoming]
        return [Generation(reply.text, reply.finish_reason, reply.prompt_tokens, reply.completion_tokens) for reply in replies]

    return way


def static(model: LocalModel, size: int) -> Way:
    """Batches of `size` in the order given; 1 is one generate() for each."""
    return lambda requests: [said for some in batches(requests, size) for said in model.generate(some)]


def static_sorted(model: LocalModel, size: int) -> Way:
    """Batches of `size` of prompts of about one length, the longest first."""

    def asked(requests: Sequence[Request]) -> list[Generation]:
        order = sorted(range(len(requests)), key=lambda place: -len(requests[place].turns[0].content))
        said = static(model, size)([requests[place] for place in order])
        return [generation for _, generation in sorted(zip(order, said, strict=True), key=lambda pair: pair[0])]

    return asked


def batches(requests: Sequence[Request], size: int) -> Iterator[Sequence[Request]]:
    """Neighbours by `size`."""
    for start in range(0, len(requests), size):
        yield requests[start : start + size]


def by_generate_batch(model: LocalModel) -> Way:
    """transformers' own continuous batching, with pages for all items at once."""
    prompting = model.prompting
    ends, limit = sorted(prompting.ends.tokens), prompting.max_new_tokens
    config = GenerationConfig(do_sample=False, max_new_tokens=limit, eos_token_id=ends, pad_token_id=prompting.pad)

    def way(requests: Sequence[Request]) -> list[Generation]:
        prompts = [prompting.encode(request) for request in requests]
        pages = sum(-(-(len(prompt.ids) + limit) // PAGE) + 1 for prompt in prompts)
        batching = ContinuousBatchingConfig(page_size=PAGE, num_blocks=pages, max_batch_tokens=BATCH_TOKENS)
        made = model.checkpoint.model.generate_batch([prompt.ids for prompt in prompts], config, batching)
        if failed := [output.error for output in made.values() if output.error] or len(made) < len(requests):
            raise SystemExit(f"generate_batch did not answer every item: {failed}")
        return [
            prompting.generation(request, prompt, output.generated_tokens, None)
            for request, prompt, output in zip(requests, prompts, made.values(), strict=True)
        ]

    return way


def by_lm_eval(model: LocalModel, size: int | str) -> Way:
    """lm-evaluation-harness's HFLM over the weights that are loaded already, asked for the same prompts."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    harness = HFLM(
        pretrained=model.checkpoint.model,
        tokenizer=model.prompting.tokenizer,
        batch_size=size,
        max_length=model.prompting.context_length,
        max_batch_size=64,
    )
    settings = {"until": [model.prompting.tokenizer.eos_token], "max_gen_toks": model.prompting.max_new_tokens, "do_sample": False}

    def way(requests: Sequence[Request]) -> list[Generation]:
        prompts = [model.prompting.tokenizer.decode(model.prompting.encode(request).ids) for request in requests]
        asked = [Instance("generate_until", {}, (prompt, settings), number) for number, prompt in enumerate(prompts)]
        said = harness.generate_until(asked, disable_tqdm=True)
        return [Generation(text, "stop", 0, len(model.prompting.tokenizer(text)["input_ids"]) + 1) for text in said]

    return way


def untrained(folder: Path) -> ModelEntry:
    """A Qwen2 of about 100 M random parameters, of whose tokens one in forty ends a reply."""
    known = AutoTokenizer.from_pretrained(EMBEDDED / "text")
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(known), hidden_size=768, intermediate_size=2560, num_hidden_layers=13, num_attention_heads=12, num_key_value_heads=4
    )
    made = Qwen2ForCausalLM(config)
    made.generation_config.eos_token_id = list(range(0, len(known), 40))
    made.half().save_pretrained(folder)
    known.save_pretrained(folder)
    return ModelEntry("untrained", str(folder), local=True)


def timed(way: Way, requests: Sequence[Request]) -> tuple[float, float, list[Generation]]:
    """Wall and processor seconds, and what was said."""
    wall, processor = time.perf_counter(), time.process_time()
    said = way(requests)
    return time.perf_counter() - wall, time.process_time() - processor, said


def main() -> None:
    """Read the command line, ask in every way, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded-text", help="a name or a folder, as of --model of a run")
    parser.add_argument("--rows", type=Path, help="a file of rows with a column `question` (default: made ones)")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--prompts", nargs="+", default=["json", "cot"], choices=PROMPTS)
    parser.add_argument("--quant", default="nf4", choices=("nf4", "none"))
    parser.add_argument("--ways", nargs="*", default=[""], help="beginnings of names of the table (default: all)")
    parser.add_argument("--batch-size", type=int, nargs="*", default=[], help="of the engine, beside the one it chooses")
    parser.add_argument("--max-new-tokens", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--compute", nargs="*", default=[], choices=("bfloat16",), help="of the engine, beside float32")
    parser.add_argument("--lm-eval", nargs="*", metavar="SIZE", help="its batch sizes (default: 1 8 auto)")
    parser.add_argument("--server", nargs="*", default=[], metavar="URL#NAME", help="a server to ask for all items at once")
    parser.add_argument("--random", action="store_true")
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    requests = items(wanted.items, wanted.prompts, wanted.rows)
    if wanted.random:
        requests = [replace(request, temperature=1.0, seed=number + 1) for number, request in enumerate(requests)]
    with TemporaryDirectory() as folder:
        entry = untrained(Path(folder)) if wanted.random else entry_named(wanted.model, REGISTRY, Path.cwd())
        ways = chosen(wanted, entry)
    torch.set_num_threads(wanted.threads)  # as a load sets them
    for way in ways.values():
        way(requests[:2])  # what is made once
    found = {name: [timed(way, requests)] for name, way in ways.items()}
    for _ in range(wanted.rounds - 1):
        for name, way in ways.items():
            if name not in ONCE:
                found[name].append(timed(way, requests))
    report(found)


def chosen(wanted: argparse.Namespace, entry: ModelEntry) -> dict[str, Way]:
    """The ways of asking that the command line names, with no more models loaded than they need."""
    options = LoadOptions(wanted.quant, wanted.max_new_tokens)
    own, plain = cache(lambda: load(entry, options)), cache(lambda: load(entry, options, copies=False))
    ways = dict[str, Callable[[], Way]]()
    for size in (None, *wanted.batch_size):
        ways[f"engine, batch of {size or 'its own'}"] = lambda size=size: by_engine(own(), size)
    for compute in wanted.compute:
        ways[f"engine, {compute}"] = lambda compute=compute: by_engine(load(entry, replace(options, compute=compute)), None)
    ways |= {"engine, without copies": lambda: by_engine(plain(), None), "one, with copies": lambda: static(own(), 1)}
    ways |= {ALONE: lambda: static(plain(), 1), "static batches of 32": lambda: static(plain(), 32)}
    for size in SIZES:
        ways[f"{SORTED}, {size}"] = lambda size=size: static_sorted(plain(), size)
    if not wanted.random:  # which samples, as each request says
        ways["generate_batch"] = lambda: by_generate_batch(plain())
    for size in () if wanted.lm_eval is None else wanted.lm_eval or ("1", "8", "auto"):
        ways[f"lm-eval hf, batch {size}"] = lambda size=size: by_lm_eval(plain(), int(size) if size.isdigit() else size)
    for named in wanted.server:
        server = entry_named(named, REGISTRY, Path.cwd())
        ways[f"server {server.name}"] = lambda server=server: by_engine(connect(server, options), wanted.items)
    return {name: make() for name, make in ways.items() if name.startswith(tuple(wanted.ways))}


def report(found: dict[str, list[tuple[float, float, list[Generation]]]]) -> None:
    """The table, and an exit status of 1 where texts differ."""
    best = {name: (min(wall for wall, _, _ in rounds), min(processor for _, processor, _ in rounds)) for name, rounds in found.items()}
    held_to = ALONE if ALONE in best else next(iter(best))
    sorted_ = [name for name in best if name.startswith(SORTED)] or [held_to]
    tokens = {name: sum(generation.completion_tokens for generation in rounds[0][2]) for name, rounds in found.items()}
    bare = tuple(max(tokens[name] / best[name][clock] for name in sorted_) for clock in (0, 1))
    alone = found[held_to][0][2]
    lengths = sorted(generation.completion_tokens for generation in alone)
    print(f"{len(alone)} items, {sum(generation.prompt_tokens for generation in alone)} prompt tokens, {sum(lengths)} tokens said:")
    print(f"{lengths[0]} to {lengths[-1]} a reply, median {lengths[len(lengths) // 2]}\n")
    print(f"{'':24}{'items/s':>9}{'tokens/s':>10}{'tokens/CPU s':>14}{'wall':>8}{'CPU':>8}   texts equal")
    differing = 0
    for name, (wall, processor) in best.items():
        equal = min(sum(one.text == other.text for one, other in zip(said, alone, strict=True)) for _, _, said in found[name])
        differing += (len(alone) - equal) * (not name.startswith(OTHERS))
        speeds = tokens[name] / wall, tokens[name] / processor
        spent = (f"{speeds[1]:.1f}", f"{speeds[1] / bare[1]:.2f}") if not name.startswith("server") else ("", "")  # that of its own process
        ratios = f"{spent[0]:>14}{speeds[0] / bare[0]:8.2f}{spent[1]:>8}"
        print(f"{name:24}{len(alone) / wall:9.1f}{speeds[0]:10.0f}{ratios}   {equal} of {len(alone)}")
    against = held_to if sorted_ == [held_to] else "the best sorted static batch"
    print(f"\nwall and CPU: tokens a second as a multiple of those of {against}, by either clock, of this process alone")
    print(f"texts equal: to those of {held_to}")
    raise SystemExit(int(differing > 0))


if __name__ == "__main__":
    main()
