"""Qwen2.5-Math's gsm8k on rows of our own."""

from pathlib import Path

from tests.protocols.asked import asked


def test_the_bare_question_stands_behind_a_system_turn_that_asks_for_a_box(rows: Path) -> None:
    sample = asked("qwen2.5-math/gsm8k", rows)
    (first,) = [case for case in sample.cases if case.name == "gsm8k-0"]
    system = "Please reason step by step, and put your final answer within \\boxed{}."
    assert [(turn.role, turn.content) for turn in first.chat] == [("system", system), ("user", "What is 500*2?")]
    assert (first.answer, list(first.stop)) == ("1000", ["</s>", "<|im_end|>", "<|endoftext|>"])
    assert (sample.rows["protocol"], sample.rows["system"]) == ("qwen2.5-math/gsm8k", "the benchmark's own")
    assert "shots" not in sample.rows
