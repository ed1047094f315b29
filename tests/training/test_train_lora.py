"""Training a LoRA: only solutions of train rows are learned, and what is left is an adapter that a run asks beside its base."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from itemwise import Source
from itemwise.cases.case import Case
from itemwise.cases.row import RowsError
from itemwise.models.registry import EMBEDDED
from training.train_lora import Plan, encode, passes, solved_cases, train
from training.train_text import IGNORED, loss_of

MODEL = str(EMBEDDED / "text")
MADE = Source("synthetic")


def test_only_the_solution_and_its_end_are_learned() -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    (case,) = islice(solved_cases(MADE, "json"), 1)
    ids, labels = encode(case, tokenizer)
    learned = tokenizer.decode([label for label in labels if label != IGNORED])
    assert learned == f"{case.solved}<|im_end|>"
    unlearned = tokenizer.decode([token for token, label in zip(ids, labels, strict=True) if label == IGNORED])
    assert case.text in unlearned
    assert unlearned + learned == tokenizer.decode(ids)


def test_a_template_that_shows_a_reply_otherwise_is_refused() -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    tokenizer.chat_template = "{% if add_generation_prompt %}ask{% else %}told{% endif %}"
    with pytest.raises(ValueError, match="shows a finished reply otherwise than it prompts for one"):
        encode(Case("sum", "2+3?", "5"), tokenizer)


def test_steps_are_of_similar_length_within_their_tokens_and_the_seed_decides_them() -> None:
    tokenizer, plan = AutoTokenizer.from_pretrained(MODEL), Plan(steps=8, tokens_per_step=400)
    drawn = [list(islice(passes(solved_cases(MADE, "json"), tokenizer, plan), 8)) for _ in range(2)]
    assert [ids.tolist() for ids, _ in drawn[0]] == [ids.tolist() for ids, _ in drawn[1]]
    assert all(ids.shape == labels.shape and ids.numel() <= plan.tokens_per_step for ids, labels in drawn[0])


def test_a_file_of_test_rows_is_never_trained_on(tmp_path: Path) -> None:
    (tmp_path / "test.jsonl").write_text('{"question": "2+3?", "answer": "5"}\n')
    with pytest.raises(RowsError, match="test"):
        list(solved_cases(Source("file", path=tmp_path / "test.jsonl"), "cot"))


def losses(plan: Plan, adapter: Path) -> tuple[float, float]:
    """Of the base and of the tuned model on the same rows."""
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(MODEL), adapter)
    ids, labels = next(passes(solved_cases(MADE, "cot"), AutoTokenizer.from_pretrained(MODEL), plan))
    with torch.no_grad():
        tuned = loss_of(model.get_base_model(), ids, labels).item()
        with model.disable_adapter():
            return loss_of(model.get_base_model(), ids, labels).item(), tuned


def test_an_adapter_learns_and_is_asked_beside_its_base_in_one_run(pytester: pytest.Pytester) -> None:
    plan = Plan(steps=10, rank=4, warm_up=1, tokens_per_step=400)
    train(MODEL, MADE, "cot", plan, pytester.path / "my-lora")
    base, tuned = losses(plan, pytester.path / "my-lora")
    assert tuned < base
    shutil.copy(Path(__file__).parents[2] / "benchmarks" / "test_gsm8k.py", pytester.path)
    options = ("--adapter", "none", "--adapter", "my-lora", "--quant", "none", "--max-new-tokens", "48", "--sample", "4")
    pytester.runpytest_inprocess("-k", "gsm8k", *options, "--prompt", "cot", "-p", "no:hypothesispytest", "-q", "--tb=no")
    record = json.loads(pytester.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    (ladder,) = record["ladders"]
    assert [(rung["rung"], rung.get("by")) for rung in ladder["rungs"]] == [
        ("embedded-text, direct", None),
        ("embedded-text+my-lora, direct", "the adapter"),
    ]
    assert [name for name, model in record["models"].items() if "adapter" in model] == ["embedded-text+my-lora"]
