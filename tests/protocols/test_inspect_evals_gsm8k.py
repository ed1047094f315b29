"""inspect_evals' gsm8k: its system turn spelt out on rows of our own, and its reader to the letter."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from itemwise.cases.benchmark import BenchmarkError
from itemwise.protocols.inspect_evals_gsm8k import MATCH
from tests.protocols.asked import TRAIN, asked, package

TASK = 'import nothing\n\nMATH_PROMPT_TEMPLATE = """\nSolve this.\n\n{prompt}\n\nEnd with $ANSWER and \\\\boxed.\n""".strip()\n'


def test_ten_rows_of_train_stand_in_a_system_turn_as_its_shuffle_has_them(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, monkeypatch, "inspect_evals", {"gsm8k/gsm8k.py": TASK})
    order = numpy.random.default_rng(42).permutation(len(TRAIN))[:10]
    shown = [f"What is {n}+1?\n\nReasoning:\nIt is {n}+1=<<{n}+1={n + 1}>>{n + 1}.\n\nANSWER: {n + 1}" for n in order]
    sample = asked("inspect-evals/gsm8k", rows, seed="7")
    assert {(case.chat[0].role, case.chat[0].content, len(case.chat)) for case in sample.cases} == {("system", "\n\n".join(shown), 2)}
    texts = {case.name: case.chat[1].content for case in sample.cases}
    assert texts["gsm8k-0"] == "Solve this.\n\nWhat is 500*2?\n\nEnd with $ANSWER and \\boxed."
    assert [case.answer for case in sample.cases if case.name == "gsm8k-0"] == ["1000"]
    assert (sample.rows["protocol"], sample.rows["shots"], sample.rows["prompt form"]) == ("inspect-evals/gsm8k", "10", "system")
    assert asked("inspect-evals/gsm8k", rows, shots=["2"]).cases[0].chat[0].content == "\n\n".join(shown[:2])


def test_without_its_package_it_says_what_to_install(rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [str(rows)])
    with pytest.raises(BenchmarkError, match=r"inspect_evals in its own file gsm8k/gsm8k.py: pip install --no-deps inspect_evals"):
        asked("inspect-evals/gsm8k", rows)


@pytest.mark.parametrize(
    ("reply", "expected", "is_right"),
    [
        ("ANSWER: 18", "18", True),
        ("ANSWER: \\$1,430.00", "1430", True),
        ("**ANSWER: 18.**", "18", True),
        ("(18)", "18", True),
        ("It is 18 dollars, I think!", "18", True),
        ("18 of 20", "18", False),
        ("18%", "18", False),
        ("~18", "18", False),
        ("x=18", "18", False),
        ("2½", "2.5", True),
        ("\N{MINUS SIGN}3", "-3", True),
        ("ANSWER: 123459", "123456", True),  # five digits are compared
        ("ANSWER: 12345", "12346", False),
        ("nan", "18", False),
        ("eighteen", "18", False),
        ("", "18", False),
    ],
)
def test_the_last_word_that_is_a_number_is_compared_to_five_digits(reply: str, expected: str, is_right: bool) -> None:
    assert (MATCH.answer(reply, expected) == expected) is is_right
