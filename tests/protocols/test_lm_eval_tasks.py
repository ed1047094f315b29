"""What lm-evaluation-harness' gsm8k tasks share: its comparison and its readers, to the letter."""

import random

import pytest

from itemwise import Case
from itemwise.protocols.lm_eval_gsm8k_cot import PROTOCOL as COT
from itemwise.protocols.lm_eval_gsm8k_cot_llama import PROTOCOL as LLAMA
from itemwise.protocols.lm_eval_tasks import FLEXIBLE, compared, one_stream


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("#### 18", "18"),
        ("He buys 2.\nAnd 3.\n#### 1,430", "1430"),
        ("$18.00", "18.00"),
        ("18.", "18"),
        ("18..", "18."),
        ("Eighteen", "eighteen"),
        ("####18", "####18"),
    ],
)
def test_both_sides_are_compared_without_commas_dollars_working_and_a_last_full_stop(text: str, left: str) -> None:
    assert compared(text) == left


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("So 9 + 9 = 18. The answer is 18.", "18"),
        ("The answer is 18. The answer is 20.", "18"),
        ("The answer is 18", "1"),  # its pattern wants one more character behind the number
        ("The answer is -1,430.50.", "-1430.50"),
        ("The answer is $18.", None),
        ("the answer is 18.", None),
        ("", None),
    ],
)
def test_the_strict_reader_of_chains_of_thought(reply: str, read: str | None) -> None:
    assert COT.extractor.read(reply) == read


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("The final answer is 18", "18"),
        ("The final answer is $18. The final answer is 20.", "20"),
        ("The final answer is 7", "7"),
        ("The final answer is (7)", None),
    ],
)
def test_the_strict_reader_of_the_llama_task_takes_the_last(reply: str, read: str | None) -> None:
    assert LLAMA.extractor.read(reply) == read


@pytest.mark.parametrize(
    ("reply", "read"), [("9 or 18", "18"), ("It costs $18.00.", "18.00"), ("18, 7, I think", "7"), ("Eighteen", None), ("about -5", "-5")]
)
def test_the_flexible_reader_takes_the_last_match(reply: str, read: str | None) -> None:
    assert FLEXIBLE.read(reply) == read


def test_thoughts_are_read_as_any_text() -> None:
    assert COT.extractor.read("<think>The answer is 4.</think>The answer is 5.") == "4"


def test_draws_are_one_stream_over_the_rows_whatever_the_run_s_seed() -> None:
    pool = [Case(str(n), "?", "1") for n in range(100)]
    rng = random.Random(1234)
    expected = [[str(n) for n in rng.sample(range(100), 5)] for _ in range(3)]
    for seed in (1, 2):
        draws = one_stream(pool, 5, seed)
        assert [[case.name for case in next(draws)] for _ in range(3)] == expected
