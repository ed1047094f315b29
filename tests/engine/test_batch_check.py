"""Cases asked again alone, and what is told of those that come out otherwise."""

from __future__ import annotations

from itemwise.cases.chat import Turn, TurnCost
from itemwise.cases.reply import Reply
from itemwise.engine.batch_check import BatchedCase, rerun_alone
from itemwise.reporting.sections.batch_check_section import batch_check_lines
from itemwise.strategies import configured_strategy
from tests.scripted import ScriptedModel, read_all


def asked(text: str) -> BatchedCase:
    turns = (Turn("user", "x"), Turn("assistant", text, cost=TurnCost("stop", 1, 1)))
    return BatchedCase("case", configured_strategy("direct").bind(turns[:1], read_all), Reply(text, "stop", 1, 1, 0.1, 8, turns))


def test_a_text_that_depends_on_the_batch_is_told_with_both_texts() -> None:
    same, other = rerun_alone(ScriptedModel(str.upper), [asked("X"), asked("Y")])
    assert (same.is_same_text, same.is_same_answer) == (True, True)
    assert (other.is_same_text, other.is_same_answer, other.differing) == (False, False, ("Y", "X"))
    assert batch_check_lines([same, other]) == [
        "asked again alone, scripted, direct: 1 of 2 texts and 1 answer as in the batch",
        "  case: 'Y' in the batch, 'X' alone",
    ]


def test_each_is_asked_in_a_batch_of_its_own() -> None:
    model = ScriptedModel(str.upper)
    rerun_alone(model, [asked("X"), asked("X")])
    assert model.batches == [["x"], ["x"]]
