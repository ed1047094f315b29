"""Train a LoRA of a small model on a benchmark's train rows, in minutes on two cores: what docs/fine-tune.md then gates.

    python -m training.train_lora --model build/real/smollm2-135m-instruct --source train.jsonl --out build/smollm2-gsm8k

Run it from the repository: prompts and solutions are those of benchmarks/test_gsm8k.py, so that the adapter learns to reply as the
benchmark reads. On a GPU the weights are loaded in NF4 (QLoRA).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, PreTrainedTokenizerBase

from benchmarks.test_gsm8k import PROMPTS, gsm8k
from itemwise import Case, Source
from training.train_text import IGNORED, loss_of, packed

Example = tuple[list[int], list[int]]
_SHUFFLED = 256  # examples that are sorted by length at a time


@dataclass(frozen=True)
class Plan:
    """The numbers that determine a training run."""

    steps: int = 150
    seed: int = 1
    rank: int = 16
    rate: float = 1e-3
    warm_up: int = 20
    tokens_per_step: int = 512
    longest: int = 320  # tokens of an example; longer ones are left out

    def factor(self, step: int) -> float:
        """Of the rate at `step`: up, then linearly down to zero."""
        return min((step + 1) / self.warm_up, (self.steps - step) / self.steps)


def solved_cases(source: Source, prompt: str) -> Iterator[Case]:
    """The train rows of `source`, in the words of the benchmark's prompt of that name."""
    return gsm8k(replace(source, split="train"), PROMPTS[prompt], prompt)


def encode(case: Case, tokenizer: PreTrainedTokenizerBase) -> Example:
    """Token ids of the case with its solution, and their labels: only the solution is learned, its end mark included.

    Raises ValueError for a chat template that shows a reply otherwise than it prompts for one.
    """
    turns = [turn.message() for turn in case.chat]
    asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    whole = tokenizer.apply_chat_template([*turns, {"role": "assistant", "content": case.solved}], tokenize=False).rstrip("\n")
    if not whole.startswith(asked):
        raise ValueError("the chat template shows a finished reply otherwise than it prompts for one, so that none can be learned by it")
    ids, told = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (whole, asked))
    return ids, [IGNORED] * len(told) + ids[len(told) :]


def passes(cases: Iterator[Case], tokenizer: PreTrainedTokenizerBase, plan: Plan) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Right-padded examples of similar length, about `tokens_per_step` tokens at a time, over and over in an order drawn by the seed."""
    encoded = [encode(case, tokenizer) for case in islice(cases, plan.steps * plan.tokens_per_step // 64)]
    examples = [example for example in encoded if len(example[0]) <= plan.longest]
    rng = random.Random(plan.seed)
    while True:
        rng.shuffle(examples)
        for start in range(0, len(examples), _SHUFFLED):
            pool = sorted(examples[start : start + _SHUFFLED], key=lambda example: len(example[0]))
            together = list(packed(pool, plan.tokens_per_step))
            rng.shuffle(together)
            yield from together


def with_lora(folder: str, plan: Plan) -> Any:
    """The model in bfloat16, on a GPU in NF4, with a new LoRA in all its linear layers."""
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
    )
    on_gpu = torch.cuda.is_available()
    options = {"quantization_config": nf4, "device_map": {"": 0}} if on_gpu else {}
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, **options)
    if on_gpu:
        model = prepare_model_for_kbit_training(model)
    config = LoraConfig(r=plan.rank, lora_alpha=2 * plan.rank, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, config)


def train(folder: str, source: Source, prompt: str, plan: Plan, out: Path) -> None:
    """Run the plan and leave the adapter in `out`; every 20 steps the mean loss of a learned token is printed."""
    torch.manual_seed(plan.seed)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = with_lora(folder, plan)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    print(f"{sum(weight.numel() for weight in learning):,} parameters learn", flush=True)
    worker = torch.optim.AdamW(learning, lr=plan.rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(worker, plan.factor)
    losses, began = list[float](), time.monotonic()
    for ids, labels in islice(passes(solved_cases(source, prompt), tokenizer, plan), plan.steps):
        learned = int((labels[:, 1:] != IGNORED).sum())
        loss = loss_of(model.get_base_model(), ids.to(model.device), labels.to(model.device)) / learned
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        worker.step()
        schedule.step()
        worker.zero_grad()
        losses.append(loss.detach().item())
        if len(losses) % 20 == 0:
            print({"step": len(losses), "loss": round(sum(losses[-20:]) / 20, 3), "seconds": round(time.monotonic() - began)}, flush=True)
    model.save_pretrained(out)
    (out / "plan.json").write_text(json.dumps({"model": folder, "source": source.text, "prompt": prompt, **vars(plan)}))


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="folder or hub id of an instruct model")
    parser.add_argument("--source", default="hub", help="train rows as --source of the suite: hub, synthetic, a file or folder")
    parser.add_argument("--prompt", default="cot", choices=PROMPTS)
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--rank", type=int, default=Plan.rank)
    parser.add_argument("--rate", type=float, default=Plan.rate)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapter; its name is the adapter's")
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    plan = Plan(wanted.steps, wanted.seed, wanted.rank, wanted.rate)
    train(wanted.model, Source.parse(wanted.source, seed=wanted.seed, root=Path.cwd()), wanted.prompt, plan, wanted.out)


if __name__ == "__main__":
    main()
