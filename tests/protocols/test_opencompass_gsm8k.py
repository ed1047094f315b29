"""OpenCompass' gsm8k_gen: the dialogue of its configuration file, and its reader to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.cases.benchmark import BenchmarkError
from itemwise.protocols.opencompass_gsm8k import LAST_NUMBER
from tests.protocols.asked import asked, package

FILE = "configs/datasets/gsm8k/gsm8k_gen_1d7fe4.py"
TURNS = [turn for n in range(4) for turn in (("HUMAN", f"Question: {n} and {{none}}?\nAnswer:"), ("BOT", f"The answer is {n}\n"))]


def configuration(turns: list[tuple[str, str]]) -> str:
    rounds = ",\n".join(f"dict(role={role!r}, prompt={prompt!r})" for role, prompt in turns)
    return (
        f"gsm8k_infer_cfg = dict(prompt_template=dict(type=PromptTemplate, template=dict(round=[{rounds}])), other=dict(max_out_len=512))\n"
    )


def test_four_questions_and_replies_of_its_own_file_stand_before_the_row(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = ("HUMAN", "Question: {question}\nAnswer:")
    place = package(tmp_path, monkeypatch, "opencompass", {FILE: configuration([*TURNS, asking])})
    sample = asked("opencompass/gsm8k_gen", rows)
    (first,) = [case for case in sample.cases if case.name == "gsm8k-0"]
    roles = {"HUMAN": "user", "BOT": "assistant"}
    dialogue = [(roles[role], prompt) for role, prompt in TURNS]
    assert [(turn.role, turn.content) for turn in first.chat] == [*dialogue, ("user", "Question: What is 500*2?\nAnswer:")]
    assert sample.rows["examples"] == "first of the protocol's own: opencompass-0, opencompass-1, opencompass-2, opencompass-3"
    (place / FILE).write_text(configuration(TURNS))
    with pytest.raises(BenchmarkError, match=r"gsm8k_gen_1d7fe4.py asks in another form than that of opencompass 0.5.4; install that"):
        asked("opencompass/gsm8k_gen", rows)


@pytest.mark.parametrize(
    ("reply", "expected", "is_right"),
    [
        ("The answer is 18\n", "18", True),
        ("18.0", "18", True),
        ("So 18.\n\nQuestion: What is 7?", "18", True),
        ("It costs $1,430.", "1430", False),  # the comma ends the number
        ("-18", "18", False),
        ("18.5", "18", False),
        ("none", "18", False),
    ],
)
def test_the_last_number_before_another_question_is_compared_to_a_millionth(reply: str, expected: str, is_right: bool) -> None:
    assert (LAST_NUMBER.answer(reply, expected) == expected) is is_right
