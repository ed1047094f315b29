"""Train the embedded vision model from scratch: tokenizer, weights and loss curve, in one reproducible command.

    python -m training.train_vision --steps 3750 --out build/embedded-vision

Run it from the repository: the prompts are those of benchmarks/test_scienceqa.py. With the same steps, seed, thread
count and libraries it gives the same bits on the same kind of CPU.

At first the two parts learn apart: the text part to copy words and to find an option's letter, the vision part to tell
by a linear layer, thrown away afterwards, which description fits a picture. Then they read pictures together.
Checkpoints are left every 250 steps; which of them is shipped is decided by tools/judge_vision.py on the selection split,
never on the suite's test split.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import cross_entropy, linear
from transformers import AutoTokenizer, PreTrainedTokenizerFast, Qwen2VLConfig, Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen2_vl.modeling_qwen2_vl import apply_rotary_pos_emb_vision

from benchmarks.test_scienceqa import FORMS
from itemwise.synthetic.pictures import science_pictures
from itemwise.synthetic.pictures.canvas import SIZE
from training.picture_chats import Chat, picture_chats
from training.tokenizer import train_tokenizer

IGNORED = -100
PATCH, MERGED = 14, 2
SIDE = SIZE // PATCH  # patches on each side of a picture
PLACES = (SIDE // MERGED) ** 2  # tokens that a picture takes
MEAN, STD = 0.96, 0.25  # of a pixel, so that paper is near zero
MIXES = (
    {"find": 0.42, "repeat": 0.18, "json/words": 0.28, "letter/words": 0.08, "json-zh/words": 0.04},  # to copy
    {"find": 0.7, "json/words": 0.25, "letter/words": 0.05},  # to find the letter of an option
    {"json": 0.48, "letter": 0.14, "json-zh": 0.12, "letter-zh": 0.06, "find": 0.2},  # to read pictures
)
LOOKED_WEIGHT = 0.3  # of the loss of telling descriptions apart, beside the loss per token


@dataclass(frozen=True)
class Plan:
    """The numbers that determine a training run."""

    steps: int
    seed: int
    chats_per_step: int = 32
    looks_per_step: int = 48  # pictures a step while the parts learn apart
    muon_rate: float = 0.01
    adam_rate: float = 2e-3
    warm_up: int = 40
    copy_until: float = 1 / 3  # share of the steps that take the first mix
    apart_until: float = 0.44  # and after which the two parts, so far apart, read pictures and rates fall linearly to zero

    def rate(self, step: int) -> float:
        """The factor on both learning rates at `step`."""
        start = self.apart_until * self.steps
        return min((step + 1) / self.warm_up, 1.0, (self.steps - step) / (self.steps - start))


class Looks(NamedTuple):
    """Pictures and the numbers of their descriptions."""

    pixels: Tensor  # pictures, patches, values
    names: Tensor


class Batch(NamedTuple):
    """Right-padded chats: all about the pictures of `looks`, shown at the same place, or none about any."""

    ids: Tensor  # chats, tokens
    labels: Tensor
    shown: bool
    looks: Looks | None


def new_model(vocabulary: PreTrainedTokenizerFast) -> Qwen2VLForConditionalGeneration:
    """A small Qwen2-VL with random weights; every matrix is a multiple of 64 wide, as NF4 blocks want."""
    number = vocabulary.convert_tokens_to_ids
    ends = {"bos_token_id": None, "eos_token_id": number("<|im_end|>"), "pad_token_id": vocabulary.pad_token_id}
    text = {
        "vocab_size": -(-len(vocabulary) // 64) * 64,
        "hidden_size": 192,
        "intermediate_size": 512,
        "num_hidden_layers": 4,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0, "mrope_section": [4, 6, 6]},
        **ends,
    }
    vision = {
        "depth": 4,
        "embed_dim": 128,
        "hidden_size": 192,
        "mlp_ratio": 2,
        "num_heads": 4,
        "patch_size": PATCH,
        "spatial_merge_size": MERGED,
    }
    config = Qwen2VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=number("<|image_pad|>"),
        video_token_id=number("<|video_pad|>"),
        vision_start_token_id=number("<|vision_start|>"),
        vision_end_token_id=number("<|vision_end|>"),
        tie_word_embeddings=True,
        **ends,
    )
    model = Qwen2VLForConditionalGeneration(config)
    model.set_attn_implementation("eager")  # trains twice as fast as sdpa on a CPU in bfloat16
    for name, value in ends.items():
        setattr(model.generation_config, name, value)
    return model


def image_processor() -> Qwen2VLImageProcessorPil:
    """What cuts pictures into patches; others than ours are scaled to about as many pixels."""
    return Qwen2VLImageProcessorPil(
        size={"shortest_edge": SIZE * SIZE, "longest_edge": SIZE * SIZE}, image_mean=[MEAN] * 3, image_std=[STD] * 3
    )


def patches(images: Sequence[Image.Image]) -> Tensor:
    """The same values as the image processor's, for pictures of the right size: (pictures, patches, values)."""
    raw = torch.stack([torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8) for image in images])
    half = SIDE // MERGED
    blocks = raw.view(-1, half, MERGED, PATCH, half, MERGED, PATCH, 3).permute(0, 1, 4, 2, 5, 7, 3, 6)
    pixels = (blocks.float() / 255 - MEAN) / STD
    return pixels.unsqueeze(6).expand(*pixels.shape[:6], 2, PATCH, PATCH).reshape(len(images), SIDE * SIDE, -1)


def encode(chat: Chat, vocabulary: PreTrainedTokenizerFast) -> tuple[list[int], list[int]]:
    """Token ids of a chat and their labels: only the reply, its end mark included, is learned."""
    question, answer = chat["messages"]
    before = vocabulary.apply_chat_template([question], tokenize=False, add_generation_prompt=True)
    before = before.replace("<|image_pad|>", "<|image_pad|>" * PLACES)
    prompt: list[int] = vocabulary(before, add_special_tokens=False)["input_ids"]
    reply: list[int] = vocabulary(answer["content"] + "<|im_end|>", add_special_tokens=False)["input_ids"]
    return prompt + reply, [IGNORED] * len(prompt) + reply


def batches(plan: Plan, vocabulary: PreTrainedTokenizerFast, names: Mapping[str, int], first: int = 0) -> Iterator[Batch]:
    """One batch per step from step `first` on: words beside pictures of their own, then mostly chats about pictures."""
    looks = science_pictures(plan.seed, split="train")
    stages = [_stage(plan, vocabulary, names, number) for number in range(len(MIXES))]
    for step in range(first, plan.steps):
        if step >= plan.apart_until * plan.steps:
            yield next(stages[2])
        else:
            stage = stages[0] if step < plan.copy_until * plan.steps else stages[1]
            yield next(stage)._replace(looks=_looks(list(islice(looks, plan.looks_per_step)), names))


def _stage(plan: Plan, vocabulary: PreTrainedTokenizerFast, names: Mapping[str, int], number: int) -> Iterator[Batch]:
    rng = random.Random(f"{plan.seed}/{number}")
    source = picture_chats(plan.seed + number, FORMS, MIXES[number])
    while True:
        pool = list(islice(source, 16 * plan.chats_per_step))
        rows = sorted(((chat, *encode(chat, vocabulary)) for chat in pool), key=lambda row: len(row[1]))
        parts = []
        for seeing in (True, False):
            same = [row for row in rows if (row[0]["row"] is not None) == seeing]
            parts += [same[start : start + plan.chats_per_step] for start in range(0, len(same), plan.chats_per_step)]
        rng.shuffle(parts)
        for part in parts:
            yield _padded(part, vocabulary, names)


def _padded(rows: Sequence[tuple[Chat, list[int], list[int]]], vocabulary: PreTrainedTokenizerFast, names: Mapping[str, int]) -> Batch:
    width = max(len(ids) for _, ids, _ in rows)
    ids = torch.tensor([ids + [vocabulary.pad_token_id] * (width - len(ids)) for _, ids, _ in rows])
    labels = torch.tensor([labels + [IGNORED] * (width - len(labels)) for _, _, labels in rows])
    seen_rows = [chat["row"] for chat, _, _ in rows if chat["row"] is not None]
    return Batch(ids, labels, bool(seen_rows), _looks(seen_rows, names) if seen_rows else None)


def _looks(rows: Sequence[Mapping[str, Any]], names: Mapping[str, int]) -> Looks:
    numbers = torch.tensor([names.get(row["description"], IGNORED) for row in rows])
    return Looks(patches([row["image"] for row in rows]), numbers)


def descriptions(seed: int) -> dict[str, int]:
    """A number for every way a picture is described."""
    return {
        name: number
        for number, name in enumerate(sorted({row["description"] for row in islice(science_pictures(seed, split="train"), 6000)}))
    }


def seen(model: Qwen2VLForConditionalGeneration, pixels: Tensor) -> Tensor:
    """The vision tower over a batch of pictures of one size, which transformers would take one by one."""
    tower = model.model.visual
    number = len(pixels)
    hidden = linear(pixels, tower.patch_embed.proj.weight.flatten(1))
    turns = tower.rotary_pos_emb(hidden, _grid(pixels.device))
    for block in tower.blocks:
        attention = block.attn
        query, key, value = attention.qkv(block.norm1(hidden)).view(number, SIDE * SIDE, 3, attention.num_heads, -1).unbind(2)
        query, key = apply_rotary_pos_emb_vision(query, key, *turns)
        scores = query.transpose(1, 2) @ key.permute(0, 2, 3, 1) * attention.scaling
        mixed = scores.softmax(-1, dtype=torch.float32).to(value.dtype) @ value.transpose(1, 2)
        hidden = hidden + attention.proj(mixed.transpose(1, 2).flatten(2))
        hidden = hidden + block.mlp(block.norm2(hidden))
    merged: Tensor = tower.merger(hidden)
    return merged.view(number, PLACES, -1)


def _grid(device: torch.device) -> Tensor:
    """Row and column of each patch, in the order of `patches`."""
    index = torch.arange(SIDE * SIDE, device=device)
    block, inner = index // MERGED**2, index % MERGED**2
    half = SIDE // MERGED
    return torch.stack([block // half * MERGED + inner // MERGED, block % half * MERGED + inner % MERGED], dim=-1)


def positions(ids: Tensor, picture: int | None) -> Tensor:
    """Qwen2-VL's (time, row, column) of each token, where the picture's first token is at `picture`."""
    length = ids.shape[1]
    if picture is None:
        return torch.arange(length).expand(3, len(ids), length)
    half = SIDE // MERGED
    index = torch.arange(PLACES)
    inside = picture + torch.stack([torch.zeros_like(index), index // half, index % half])
    before, after = torch.arange(picture), torch.arange(picture + half, half + length - PLACES)
    return torch.cat([before.expand(3, -1), inside, after.expand(3, -1)], dim=1)[:, None].expand(3, len(ids), length)


def losses(model: Qwen2VLForConditionalGeneration, probe: torch.nn.Linear, batch: Batch) -> tuple[Tensor, Tensor]:
    """Mean loss per learned token, and per picture told apart; the head runs only where something is learned."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        words = model.model.language_model.embed_tokens(batch.ids)
        start, looked = None, torch.zeros(())
        if batch.looks is not None:
            shown = seen(model, batch.looks.pixels).to(words.dtype)
            looked = cross_entropy(probe(shown.mean(1)).float(), batch.looks.names)
            if batch.shown:
                start = int((batch.ids[0] == model.config.image_token_id).nonzero()[0])
                words = torch.cat([words[:, :start], shown, words[:, start + PLACES :]], dim=1)
        position_ids = positions(batch.ids, start)
        hidden = model.model.language_model(inputs_embeds=words, position_ids=position_ids, use_cache=False).last_hidden_state[:, :-1]
        learned = batch.labels[:, 1:] != IGNORED
        logits = model.lm_head(hidden[learned])
    return cross_entropy(logits.float(), batch.labels[:, 1:][learned]), looked


def optimizers(model: Qwen2VLForConditionalGeneration, probe: torch.nn.Linear, plan: Plan) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for embeddings, patches, norms, biases and the probe."""
    matrices = [weight for name, weight in model.named_parameters() if weight.ndim == 2 and "embed" not in name]
    known = {id(weight) for weight in matrices}
    rest = [weight for weight in (*model.parameters(), *probe.parameters()) if id(weight) not in known]
    return [
        torch.optim.Muon(matrices, lr=plan.muon_rate, momentum=0.95, weight_decay=0.05),
        torch.optim.AdamW(rest, lr=plan.adam_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def begun(plan: Plan, start: Path | None) -> tuple[PreTrainedTokenizerFast, Qwen2VLForConditionalGeneration, int]:
    """Vocabulary, model and first step: new ones, or those of the checkpoint ``.../step-N`` that an earlier run left."""
    if start is not None:
        model = Qwen2VLForConditionalGeneration.from_pretrained(start, dtype=torch.float32, attn_implementation="eager")
        return AutoTokenizer.from_pretrained(start), model, int(start.name.rpartition("-")[2])
    vocabulary = train_tokenizer(chain(*(islice(picture_chats(plan.seed, FORMS, mix), 10_000) for mix in MIXES)), pictures=True)
    return vocabulary, new_model(vocabulary), 0


def train(plan: Plan, out: Path, every: int, start: Path | None = None) -> None:
    """Run the plan; checkpoints and ``curve.jsonl`` (step, losses, pictures seen, seconds) go under `out`."""
    torch.manual_seed(plan.seed)
    vocabulary, model, first = begun(plan, start)
    names = descriptions(plan.seed)
    probe = torch.nn.Linear(model.config.text_config.hidden_size, len(names))
    workers = optimizers(model, probe, plan)
    peaks = [worker.param_groups[0]["lr"] for worker in workers]
    out.mkdir(parents=True, exist_ok=True)
    print(f"{model.num_parameters():,} parameters, vocabulary {len(vocabulary)}, {len(names)} descriptions", flush=True)
    started, pictures, curve = time.monotonic(), 0, []
    for step, batch in enumerate(batches(plan, vocabulary, names, first), start=first):
        for worker, peak in zip(workers, peaks, strict=True):
            worker.param_groups[0]["lr"] = peak * plan.rate(step)
        loss, looked = losses(model, probe, batch)
        (loss + LOOKED_WEIGHT * looked).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*model.parameters(), *probe.parameters()], 1.0)
        for worker in workers:
            worker.step()
            worker.zero_grad()
        pictures += 0 if batch.looks is None else len(batch.looks.pixels)
        curve.append((loss.item(), looked.item() if batch.looks is not None else None))
        if (step + 1) % 50 == 0:
            _note(out / "curve.jsonl", step + 1, curve[-50:], pictures, round(time.monotonic() - started))
        if (step + 1) % every == 0 or step + 1 == plan.steps:
            save(model, vocabulary, out / f"step-{step + 1}")


def _note(file: Path, step: int, curve: Sequence[tuple[float, float | None]], pictures: int, seconds: int) -> None:
    looked = [loss for _, loss in curve if loss is not None]
    means = {"loss": round(sum(loss for loss, _ in curve) / len(curve), 4), "looked": round(sum(looked) / max(len(looked), 1), 4)}
    line = json.dumps({"step": step, **means, "pictures": pictures, "seconds": seconds})
    with file.open("a") as lines:
        lines.write(line + "\n")
    print(line, flush=True)


def save(model: Qwen2VLForConditionalGeneration, vocabulary: PreTrainedTokenizerFast, folder: Path) -> None:
    """Leave a checkpoint any transformers release can load: fp16 safetensors, tokenizer, templates, image processor."""
    weights = Qwen2VLForConditionalGeneration(model.config)
    weights.load_state_dict(model.state_dict())
    weights.generation_config = model.generation_config
    weights.half().save_pretrained(folder)
    vocabulary.save_pretrained(folder)
    image_processor().save_pretrained(folder)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3750)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--start", type=Path, help="a checkpoint step-N of an interrupted run, to go on from")
    parser.add_argument("--out", type=Path, default=Path("build/embedded-vision"))
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    train(Plan(wanted.steps, wanted.seed), wanted.out, wanted.every, wanted.start)


if __name__ == "__main__":
    main()
