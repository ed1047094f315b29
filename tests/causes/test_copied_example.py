"""Replies that give the prompt's example, and replies that only look like it."""

from __future__ import annotations

import pytest

from itemwise.causes.copied_example import copied_example, examples_in

SHOWN = 'Reply as JSON.\nExample: {"steps": ["8*9=72", "72-5=67"], "answer": 67}\n\nProblem: '
FORM = 'Reply as JSON.\nForm: {"steps": ["calculation = result", ...], "answer": number}\n\nProblem: '
INLINE = 'Give the sum, for example: "8 * 9 = 72. The answer is 72". '
ZH = '只回复 JSON。\n例如：{"steps": ["8*9=72", "72-5=67"], "answer": 67}\n\n题目：'
TINS = "A shop has 40 tins and sells 12. How many are left?"

COPIED = [
    (SHOWN, '{"steps": ["8*9=72", "72-5=67"], "answer": 67}', "67", "as the prompt shows it: "),
    (SHOWN, '```json\n{\n  "steps": ["8 * 9 = 72", "72 - 5 = 67"],\n  "answer": 67\n}\n```', "67", "as the prompt shows it: "),
    (SHOWN, '["40*9=72", "72-5=67"], 67', "67", "as in the prompt's example: 72-5=67"),
    (SHOWN, '{"steps": ["8*9=72", "72-5=67", "67-12=55"], "answer": 55}', "55", "8*9=72, 72-5=67"),
    (SHOWN, '{"steps": ["72-5=67", "72-5=67", "72-5', None, "72-5=67"),
    (FORM, '{"steps": ["calculation = result"], "answer": 5}', "5", "as in the prompt's example: calculation = result"),
    (ZH, '{"steps": ["8*9=72", "72-5=67"], "answer": 67}', "67", "as the prompt shows it: "),
    (INLINE, "8 * 9 = 72. The answer is 72", "72", "8 * 9 = 72"),
]

NOT_COPIED = [
    (SHOWN, TINS, '{"steps": ["40-12=28"], "answer": 29}', "29"),
    (SHOWN, TINS, '{"steps": ["40+27=67"], "answer": 67}', "67"),
    (SHOWN, "Eight rows of 9 chairs (8 by 9), 5 of which broke.", '{"steps": ["8*9=72", "72+5=77"], "answer": 77}', "77"),
    (SHOWN, "72 birds, 5 fly off, 67 are left. How many birds?", '{"steps": ["72-5=67"], "answer": 67}', "67"),
    (SHOWN, TINS, '{"steps": ["72-5=67", "67-40=27"], "answer": 27}', "27"),
    (FORM, TINS, '{"steps": ["40-12=28"], "answer": 28}', "28"),
    ("Think step by step. " + TINS, TINS, "40 - 12 = 27. The answer is 27.", "27"),
    ("", "", "", None),
]


@pytest.mark.parametrize(("asked", "text", "answer", "evidence"), COPIED)
def test_a_copy_is_named_with_what_was_copied(asked: str, text: str, answer: str | None, evidence: str) -> None:
    found = copied_example(asked + TINS, text, answer)
    assert found is not None
    assert found.kind == "copied the prompt's example"
    assert evidence in found.evidence


@pytest.mark.parametrize(("asked", "question", "text", "answer"), NOT_COPIED)
def test_a_calculation_of_the_questions_own_numbers_is_no_copy(asked: str, question: str, text: str, answer: str | None) -> None:
    assert copied_example(asked + question, text, answer) is None


def test_examples_are_what_stands_behind_such_a_word() -> None:
    assert list(examples_in(SHOWN + TINS)) == ['{"steps": ["8*9=72", "72-5=67"], "answer": 67}']
    assert list(examples_in("A form of rent. For example, 5 + 5 = 10.\nExample: x")) == ["5 + 5 = 10."]
    assert list(examples_in("Example: a short line\n" * 50)) == ["a short line"] * 20
