"""The prompts of lm-evaluation-harness' gsm8k tasks, spelt out from the rule on rows of our own, and read from a task file of its form.

That they equal its own on GSM8K's 1,319 rows is checked by `python -m tools.check_protocols`.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from itemwise.cases.benchmark import BenchmarkError
from tests.protocols.asked import TEST, TRAIN, asked, package

COT = """\
fewshot_config:
  sampler: first_n
  samples:
  - question: Is one {1}
      more than none?
    target: It is. The answer is 1.
"""
LLAMA = 'doc_to_text: "Solve {it}.\\n{{question}}\\nEnd well.\\n"\n' + COT.replace("The answer", "The final answer")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package lm_eval with task files in the form of the real one's, and nothing else."""
    files = {"tasks/gsm8k/gsm8k-cot.yaml": COT, "tasks/gsm8k/gsm8k-cot-llama.yaml": LLAMA}
    return package(tmp_path, monkeypatch, "lm_eval", files) / "tasks" / "gsm8k"


def test_gsm8k_shows_five_worked_answers_as_they_stand_drawn_anew_for_each_row(rows: Path) -> None:
    rng = random.Random(1234)
    expected = []
    for row in TEST:
        shown = [TRAIN[index] for index in rng.sample(range(len(TRAIN)), 5)]
        examples = "".join(f"Question: {example['question']}\nAnswer: {example['answer']}\n\n" for example in shown)
        expected.append(f"{examples}Question: {row['question']}\nAnswer:")
    sample = asked("lm-eval/gsm8k", rows)
    assert [case.text for case in sample.cases] == expected
    assert [case.answer for case in sample.cases][:2] == ["1000", "1002"]
    assert {tuple(case.stop) for case in sample.cases} == {("Question:", "</s>", "<|im_end|>")}
    assert [[turn.role for turn in case.chat] for case in sample.cases[:1]] == [["text"]]


def test_a_sample_has_the_prompts_that_its_rows_have_among_all(rows: Path) -> None:
    whole = {case.name: case.text for case in asked("lm-eval/gsm8k", rows).cases}
    few = asked("lm-eval/gsm8k", rows, sample="5").cases
    assert len(few) == 5
    assert {case.name: case.text for case in few}.items() <= whole.items()


def test_gsm8k_platinum_shows_five_of_the_other_rows_that_are_asked(rows: Path) -> None:
    rng = random.Random(1234)
    drawn = [rng.sample(range(len(TEST)), 6) for _ in TEST]
    assert any(place in draws for place, draws in enumerate(drawn)), "one of the rows draws itself"
    shown = [[draw for draw in draws if draw != place][:5] for place, draws in enumerate(drawn)]
    expected = ["".join(f"Question: {TEST[at]['question']}\nAnswer: {TEST[at]['answer']}\n\n" for at in each) for each in shown]
    sample = asked("lm-eval/gsm8k_platinum", rows)
    questions = [f"Question: {row['question']}\nAnswer:" for row in TEST]
    assert [case.text for case in sample.cases] == [before + question for before, question in zip(expected, questions, strict=True)]
    assert [case.name for case in sample.cases][:1] == ["gsm8k_platinum-0"]
    assert (sample.rows["split"], sample.rows["protocol"]) == ("test", "lm-eval/gsm8k_platinum")
    assert sample.rows["examples"] == "one_stream_of_others, leave-one-out of test.jsonl (test): 20 different choices"


def test_gsm8k_cot_shows_the_examples_of_the_task_s_own_file(rows: Path, installed: Path) -> None:
    sample = asked("lm-eval/gsm8k_cot", rows, shots=["1"])
    assert sample.cases[0].text == "Q: Is one {1} more than none?\nA: It is. The answer is 1.\n\nQ: What is 500*2?\nA:"
    assert (sample.cases[0].answer, list(sample.cases[0].stop)) == ("1000", ["Q:", "</s>", "<|im_end|>"])
    assert sample.rows["examples"] == "first of the protocol's own: gsm8k-cot-0"


def test_gsm8k_cot_zeroshot_shows_none(rows: Path) -> None:
    sample = asked("lm-eval/gsm8k_cot_zeroshot", rows)
    assert sample.cases[0].text == "Q: What is 500*2?\nA: Let's think step by step."
    assert "shots" not in sample.rows


def test_gsm8k_cot_llama_asks_in_the_words_of_the_task_s_own_file(rows: Path, installed: Path) -> None:
    sample = asked("lm-eval/gsm8k_cot_llama", rows, shots=["1"])
    assert sample.cases[0].text == (
        "Solve {it}.\nIs one {1} more than none?\nEnd well.\nIt is. The final answer is 1.\n\nSolve {it}.\nWhat is 500*2?\nEnd well.\n"
    )


def test_examples_of_one_s_own_file_do_where_the_package_is_missing(rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(rows)])
    with pytest.raises(BenchmarkError, match=r"words of lm_eval in its own file tasks/gsm8k/gsm8k-cot.yaml: pip install --no-deps lm_eval"):
        asked("lm-eval/gsm8k_cot", rows)
    (rows / "mine.jsonl").write_text(json.dumps({"question": "1+1?", "target": "Two. The answer is 2."}) + "\n")
    sample = asked("lm-eval/gsm8k_cot", rows, shots=["1"], examples=str(rows / "mine.jsonl"))
    assert sample.cases[0].text.startswith("Q: 1+1?\nA: Two. The answer is 2.\n\nQ: What is 500*2?\nA:")


def test_a_task_file_of_another_form_is_refused(rows: Path, installed: Path) -> None:
    (installed / "gsm8k-cot-llama.yaml").write_text(LLAMA.replace("{{question}}", "{{problem}}"))
    with pytest.raises(BenchmarkError, match=r"gsm8k-cot-llama.yaml asks in another form than that of version 0.4.13; install that"):
        asked("lm-eval/gsm8k_cot_llama", rows)
