"""Train the embedded text model from scratch: tokenizer, weights and loss curve, in one reproducible command.

    python -m training.train_text --steps 1500 --out build/embedded-text

Run it from the repository: the prompts are those of benchmarks/test_gsm8k.py. With the same steps, seed, thread
count and libraries it gives the same bits on the same kind of CPU. Checkpoints are left every 250 steps; which of
them is shipped is decided by tools/choose_checkpoint.py on the selection split, never on the suite's test split.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from benchmarks.test_gsm8k import PROMPTS
from training.conversations import Chat, chats
from training.tokenizer import train_tokenizer

IGNORED = -100
MIXES = (
    {"json": 0.35, "json-zh": 0.12, "cot": 0.15, "tool": 0.18, "drill": 0.20},  # first half: more bare arithmetic
    {"json": 0.34, "json-zh": 0.12, "cot": 0.16, "tool": 0.30, "drill": 0.08},
)


@dataclass(frozen=True)
class Plan:
    """The numbers that determine a training run."""

    steps: int
    seed: int
    tokens_per_step: int = 8192
    tokens_per_pass: int = 4096
    muon_rate: float = 0.02
    adam_rate: float = 3e-3
    warm_up: int = 60
    decay_from: float = 0.4  # share of the steps after which rates fall linearly to zero

    def rate(self, step: int) -> float:
        """The factor on both learning rates at `step`."""
        start = self.decay_from * self.steps
        return min((step + 1) / self.warm_up, 1.0, (self.steps - step) / (self.steps - start))


def new_model(vocabulary: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    """A small Qwen2 with random weights; every matrix is a multiple of 64 wide, as NF4 blocks want."""
    config = Qwen2Config(
        vocab_size=len(vocabulary),
        hidden_size=256,
        intermediate_size=640,
        num_hidden_layers=4,
        num_attention_heads=8,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=vocabulary.convert_tokens_to_ids("<|im_end|>"),
        pad_token_id=vocabulary.pad_token_id,
    )
    return Qwen2ForCausalLM(config)


def encode(chat: Chat, vocabulary: PreTrainedTokenizerFast) -> tuple[list[int], list[int]]:
    """Token ids of a chat and their labels: only what the assistant says, its end mark included, is learned."""
    text = vocabulary.apply_chat_template(chat["messages"], tools=chat["tools"], tokenize=False)
    ids: list[int] = vocabulary(text, add_special_tokens=False)["input_ids"]
    opening = vocabulary("<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
    end = vocabulary.convert_tokens_to_ids("<|im_end|>")
    labels, learning = [], False
    for index, token in enumerate(ids):
        labels.append(token if learning else IGNORED)
        if learning and token == end:
            learning = False
        elif ids[index - len(opening) + 1 : index + 1] == opening:
            learning = True
    return ids, labels


def batches(plan: Plan, vocabulary: PreTrainedTokenizerFast) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """The passes of each step: right-padded chats of similar length, about `tokens_per_pass` tokens each."""
    rng = random.Random(plan.seed)
    per_step = plan.tokens_per_step // plan.tokens_per_pass
    halves = [chats(plan.seed + number, PROMPTS, mix) for number, mix in enumerate(MIXES)]
    step = 0
    while True:
        source = halves[0] if step < plan.steps / 2 else halves[1]
        pool = sorted((encode(chat, vocabulary) for chat in islice(source, 512)), key=lambda pair: len(pair[0]))
        passes = list(packed(pool, plan.tokens_per_pass))
        rng.shuffle(passes)
        for start in range(0, len(passes) - per_step + 1, per_step):
            yield passes[start : start + per_step]
            step += 1


def packed(pool: list[tuple[list[int], list[int]]], tokens: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Passes of about `tokens` tokens, ids and labels padded on the right, which causal attention needs no mask for."""
    rows: list[tuple[list[int], list[int]]] = []
    for pair in pool:
        if rows and len(pair[0]) * (len(rows) + 1) > tokens:
            yield _padded(rows)
            rows = []
        rows.append(pair)
    yield _padded(rows)


def _padded(rows: list[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor]:
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([row + [0] * (width - len(row)) for row, _ in rows])
    labels = torch.tensor([row + [IGNORED] * (width - len(row)) for _, row in rows])
    return ids, labels


def loss_of(model: PreTrainedModel, ids: Tensor, labels: Tensor) -> Tensor:
    """Summed loss over learned tokens; the head runs only where something is learned."""
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        hidden = model.model(input_ids=ids).last_hidden_state[:, :-1]
        learned = labels[:, 1:] != IGNORED
        logits = model.lm_head(hidden[learned])
    return cross_entropy(logits.float(), labels[:, 1:][learned], reduction="sum")


def optimizers(model: Qwen2ForCausalLM, plan: Plan) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for embeddings, norms and biases."""
    matrices = [weight for name, weight in model.named_parameters() if weight.ndim == 2 and "embed" not in name]
    known = {id(weight) for weight in matrices}
    rest = [weight for weight in model.parameters() if id(weight) not in known]
    return [
        torch.optim.Muon(matrices, lr=plan.muon_rate, momentum=0.95, weight_decay=0.05),
        torch.optim.AdamW(rest, lr=plan.adam_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def train(plan: Plan, out: Path, every: int) -> None:
    """Run the plan; checkpoints and ``curve.jsonl`` (step, loss, tokens, seconds) go under `out`."""
    torch.manual_seed(plan.seed)
    vocabulary = train_tokenizer(islice(chats(plan.seed, PROMPTS, MIXES[0]), 20_000))
    model = new_model(vocabulary)
    workers = optimizers(model, plan)
    peaks = [worker.param_groups[0]["lr"] for worker in workers]
    out.mkdir(parents=True, exist_ok=True)
    print(f"{model.num_parameters():,} parameters, vocabulary {len(vocabulary)}", flush=True)
    started, tokens, losses = time.monotonic(), 0, []
    for step, passes in enumerate(islice(batches(plan, vocabulary), plan.steps)):
        for worker, peak in zip(workers, peaks, strict=True):
            worker.param_groups[0]["lr"] = peak * plan.rate(step)
        learned = sum(int((labels[:, 1:] != IGNORED).sum()) for _, labels in passes)
        total = 0.0
        for ids, labels in passes:
            loss = loss_of(model, ids, labels)
            (loss / learned).backward()  # type: ignore[no-untyped-call]
            total += loss.detach().item()
            tokens += ids.numel()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for worker in workers:
            worker.step()
            worker.zero_grad()
        losses.append(total / learned)
        if (step + 1) % 50 == 0:
            mean = sum(losses[-50:]) / 50
            line = {"step": step + 1, "loss": round(mean, 4), "tokens": tokens, "seconds": round(time.monotonic() - started)}
            with (out / "curve.jsonl").open("a") as curve:
                curve.write(json.dumps(line) + "\n")
            print(line, flush=True)
        if (step + 1) % every == 0 or step + 1 == plan.steps:
            save(model, vocabulary, out / f"step-{step + 1}")


def save(model: Qwen2ForCausalLM, vocabulary: PreTrainedTokenizerFast, folder: Path) -> None:
    """Leave a checkpoint any transformers release can load: fp16 safetensors, tokenizer, chat template."""
    weights = Qwen2ForCausalLM(model.config)
    weights.load_state_dict(model.state_dict())
    weights.half().save_pretrained(folder)
    vocabulary.save_pretrained(folder)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--out", type=Path, default=Path("build/embedded-text"))
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    train(Plan(wanted.steps, wanted.seed), wanted.out, wanted.every)


if __name__ == "__main__":
    main()
