"""The comparison with lm-evaluation-harness' replies: the line of the table, and why a text differs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from itemwise.models.registry import EMBEDDED
from tools.check_protocol_texts import Asked, differences, results_of, row_of
from tools.first_difference import Difference, explained

TEXT = EMBEDDED / "text"
PROMPT = "Solve the problem. Problem: A book has 194 pages. How many are left?"


def said(text: str, prompt: str = "Q", prompt_tokens: int = 1) -> dict[str, Any]:
    return {"text": text, "prompt": prompt, "prompt_tokens": prompt_tokens}


def test_a_line_has_equal_texts_both_scores_and_speeds() -> None:
    theirs = Asked([said("a"), said("b"), said("c")], {"strict": 0.5, "flexible": 0.25}, 0.5, 8.0)
    ours = Asked([said("a"), said("b"), said("d")], {"strict": 1.0, "flexible": 0.75, "last-number": 0.125}, 2.0, 0.125)
    line = ("lm-eval/gsm8k", "3", "2", "50.0%", "100.0%", "25.0%", "75.0%", "12.5%", "0.50", "2.00", "8.00", "0.12")
    assert row_of("lm-eval/gsm8k", theirs, ours) == line
    assert [one.row for one in differences(theirs, ours)] == [2]


def test_a_run_that_does_not_answer_all_rows_ends_the_tool_with_what_it_said(tmp_path: Path) -> None:
    def asks(*replies: str, run: str) -> list[str]:
        """A process that makes a run with these replies, or none at all, says so and ends as pytest does where a case failed."""
        lines = "".join(f'{{"reply": {reply}}}\n' for reply in replies)
        makes = (
            f"f = Path({str(tmp_path / run)!r}); f.mkdir(); (f / 'results.jsonl').write_text({lines!r}); l.unlink(True); l.symlink_to(f); "
        )
        return [
            sys.executable,
            "-c",
            f"from pathlib import Path; l = Path({str(tmp_path / 'latest')!r}); {makes if run else ''}print('so'); exit(1)",
        ]

    assert results_of(asks('{"text": "a"}', '{"text": "b"}', run="1"), tmp_path, 2) == [{"reply": {"text": "a"}}, {"reply": {"text": "b"}}]
    for command, answered in [(asks(run=""), 0), (asks('{"text": "a"}', "null", run="2"), 1)]:
        with pytest.raises(SystemExit, match=rf"answered {answered} of 2 rows:\nso"):
            results_of(command, tmp_path, 2)


@pytest.mark.parametrize(
    ("theirs", "ours", "reason"),
    [
        (said("a", prompt="Q: 1"), said("b", prompt="Q:1"), "another prompt"),
        (said("a", prompt_tokens=7), said("b", prompt_tokens=8), "7 tokens of prompt, ours 8: a BOS, or a cut from the left"),
        (said(" a\n"), said("a"), "whitespace at an end"),
        (said("18"), said("18\nQ: 2"), r"ours goes on with '\nQ: 2'"),
        (said("18 apples"), said("18"), "theirs goes on with ' apples'"),
    ],
)
def test_what_needs_no_model_is_said_without(theirs: dict[str, Any], ours: dict[str, Any], reason: str) -> None:
    assert list(explained(Path("/nowhere"), [Difference(4, theirs, ours)])) == [f"4: {reason}"]


def test_a_penalty_is_told_apart_from_rounding_and_from_what_is_not_known(tmp_path: Path) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(TEXT, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(TEXT)
    asked = tokenizer(PROMPT, return_tensors="pt")

    def text(**settings: Any) -> str:
        ids = model.generate(**asked, do_sample=False, max_new_tokens=24, min_new_tokens=24, **settings)[0, asked["input_ids"].shape[1] :]
        return str(tokenizer.decode(ids, skip_special_tokens=True))

    model.generation_config.repetition_penalty = 3.0
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    greedy, penalised = text(repetition_penalty=1.0), text()
    pair = Difference(0, said(penalised, PROMPT), said(greedy, PROMPT))
    (line,) = explained(tmp_path, [pair])
    assert line.endswith("the checkpoint's repetition penalty 3")
    (line,) = explained(TEXT, [pair])
    assert line.endswith("not known")
