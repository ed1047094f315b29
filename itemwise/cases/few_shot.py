"""Few-shot prompts: a case with its examples as turns of a chat, as one text, or as a plain text that the model continues."""

from collections.abc import Sequence
from dataclasses import replace

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.examples import Examples
from itemwise.cases.row import RowsError

__all__ = ["FORMS", "with_examples"]

FORMS = ("turns", "text", "system", "completion")


def with_examples(case: Case, shown: Sequence[Case], form: str, examples: Examples) -> Case:
    """`case` behind the examples `shown`, in one of FORMS, with the same name, answer and tags.

    ``turns``: of each example a turn of the user, its prompt, and one of the assistant, its solution. ``text``: all in the one turn of the
    user. ``system``: the examples in a system turn, and the question in one of the user. ``completion``: all as a plain text, without chat
    template, which ends where the solution would begin. Raises RowsError for a case that the form cannot show.
    """
    if form == "turns":
        return _in_turns(case, shown)
    system, question = _one_question(case, form)
    if any(example.pictures for example in shown) or (form == "completion" and case.pictures):
        raise RowsError(f"{case.name}: pictures cannot be shown in a {form}; take --prompt-form turns.")
    parts = [f"{_one_question(example, form)[1].content}{examples.before_solution}{example.solved}" for example in shown]
    if form == "text":
        text = examples.between.join([*parts, question.content])
        return replace(case, prompt=[*system, replace(question, content=text)], picture=None)
    if form == "system":
        told = examples.between.join([*(turn.content for turn in system), *parts])
        return replace(case, prompt=[*([Turn("system", told)] if told else []), question], picture=None)
    if cut := next((example.name for example in shown for stop in examples.stop if stop in example.solved), None):
        raise RowsError(
            f"the solution of example {cut} holds one of the texts that end a reply ({', '.join(map(repr, examples.stop))}), so that a "
            "reply like it would be cut off; give Examples(..., stop=[...]) others, or the example another solution."
        )
    begun = question.content + examples.before_solution.rstrip(" ")  # a blank is part of the token that follows
    text = examples.between.join([*(turn.content for turn in system), *parts, begun])
    return replace(case, prompt=[Turn("text", text)], stop=(*case.stop, *(examples.stop if shown else ())))


def _in_turns(case: Case, shown: Sequence[Case]) -> Case:
    if not shown:
        return case
    begins_with_system = case.has_system_turn
    system, asked = case.chat[:begins_with_system], case.chat[begins_with_system:]
    turns = [turn for example in shown for turn in (*_without_system(example), Turn("assistant", example.solved))]
    return replace(case, prompt=[*system, *turns, *asked], picture=None)


def _without_system(example: Case) -> Sequence[Turn]:
    return example.chat[example.has_system_turn :]


def _one_question(case: Case, form: str) -> tuple[Sequence[Turn], Turn]:
    """The system turn, if there is one, and the one turn of the user. Raises RowsError where there are more."""
    first = int(case.has_system_turn)
    if [turn.role for turn in case.chat[first:]] != ["user"]:
        roles = ", ".join(turn.role for turn in case.chat)
        raise RowsError(f"{case.name} is a chat of several turns ({roles}), which cannot be shown as one {form}; take --prompt-form turns.")
    return case.chat[:first], case.chat[first]
