"""Case: one dataset item ready to be asked, its prompt (a text or a chat) and gold answer checked."""

from __future__ import annotations

import operator
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from itemwise.cases.chat import Turn, chat_fault, conversation
from itemwise.cases.picture import Picture
from itemwise.cases.plain_data import plain_text, shown_value
from itemwise.former_names import former_fields, former_parameters

__all__ = ["LETTERS", "Case"]

LETTERS = string.ascii_uppercase  # of the options of a choice
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")  # not fit for node ids, terminals or XML


@former_fields(word="prompt_for")
@dataclass(frozen=True)
class Case:
    """One dataset item, ready to be asked.

    `name` is the public id (``gsm8k-754``): stable, unique within its benchmark, and part of the test's node id.
    `prompt` is one text, or a chat: the turns before the reply, for few-shot examples, earlier turns and a system turn of the
    benchmark's own. `answer` is the gold answer in the form the extractor returns, so that a test can compare with ``==``.
    `tags` (subject, grade, ...) split the reports; they are never shown to the model. `picture` is shown to the model
    before the prompt; a chat has its pictures in the user's turns. A multiple-choice case has its `choices`, the options' texts
    in the order of their letters, and may have `prompt_for`, which gives the prompt for any order of them.
    `solution` is the reply that is shown where the case is an example (few-shot), or a function that gives it; empty for the answer. The
    strategy ``reference`` scores it.
    The first of the texts in `stop` ends a reply, which does not hold it. `repeat` is set by a run with ``--repeats``: the case is asked
    for the second, third, ... time.

    A chat may begin with one system turn, which is sent in the place of the system prompt of the model's entry, never beside it.
    Then come turns of user, assistant and tool, the last of them user or tool. Or it is one text turn, which is continued as it stands.

    Raises ValueError, naming the case, the field and its value, for a field that is not of this form: a number as the
    gold would be wrong against every reply, a None would be asked as "None".

    >>> case = Case("sums-1", [Turn("user", "1+1"), Turn("assistant", "2"), Turn("user", "2+3")], "5")
    >>> print(case.text)
    user: 1+1
    <BLANKLINE>
    assistant: 2
    <BLANKLINE>
    user: 2+3
    """

    name: str
    prompt: str | Sequence[Turn]
    answer: str
    tags: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None
    choices: tuple[str, ...] = ()
    prompt_for: Callable[[Sequence[str]], str | Sequence[Turn]] | None = field(default=None, compare=False, repr=False)
    solution: str | Callable[[], str] = field(default="", compare=False, repr=False)
    stop: Sequence[str] = ()
    repeat: int = 1

    def __post_init__(self) -> None:
        called = f"case {shown_value(self.name)}"
        name = plain_text(self.name, f"{called}: name")
        if not name.strip() or _NO_NAME.search(name):
            what = "holds a control character" if name.strip() else "is empty"
            raise ValueError(f"{called}: name {what}; it is the test's id: give a word such as gsm8k-754.")
        prompt = _plain_prompt(self.prompt, self.picture, called)
        plain_text(self.answer, f"{called}: answer", _answer_advice(self.answer))
        if self.picture is not None and not isinstance(self.picture, Picture):
            raise ValueError(
                f"{called}: picture must be an itemwise.Picture or None, got {shown_value(self.picture)}; use row.picture(...)."
            )
        if self.prompt_for is not None and not callable(self.prompt_for):
            raise ValueError(f"{called}: prompt_for must be a function of the choices, got {shown_value(self.prompt_for)}.")
        for name_of_field, value in (
            ("name", name),
            ("prompt", prompt),
            ("tags", _plain_tags(self.tags, called)),
            ("choices", _plain_choices(self.choices, called)),
            ("stop", _plain_stop(self.stop, called)),
        ):
            object.__setattr__(self, name_of_field, value)  # a copy: a loader may go on changing what it gave

    @classmethod
    @former_parameters(word="prompt_for")
    def choice(
        cls,
        name: str,
        prompt_for: Callable[[Sequence[str]], str | Sequence[Turn]],
        choices: Sequence[str],
        right: int,
        *,
        tags: Mapping[str, str] | None = None,
        picture: Picture | None = None,
        solution: str | Callable[[], str] = "",
    ) -> Case:
        """A multiple-choice case: `prompt_for` gives the prompt, a text or chat, for the options' texts; `right` is the right one's index.

        The answer is its letter, A for the first. Raises ValueError where `right` is no place in `choices`.
        """
        options = _plain_choices(choices, f"case {shown_value(name)}")
        index = operator.index(right) if hasattr(right, "__index__") and not isinstance(right, bool) else -1
        if not 0 <= index < len(options) <= len(LETTERS):
            raise ValueError(f"{name}: right must be a place in {len(options)} choices (at most {len(LETTERS)}), got {shown_value(right)}.")
        return cls(name, prompt_for(choices), LETTERS[index], tags or {}, picture, options, prompt_for, solution)

    @property
    def chat(self) -> tuple[Turn, ...]:
        """What the model is asked: the turns before its reply."""
        if isinstance(self.prompt, str):
            return (Turn("user", self.prompt, pictures=(self.picture,) if self.picture else ()),)
        return tuple(self.prompt)

    @property
    def solved(self) -> str:
        """The reply that is shown where the case is an example: its solution, else its answer. Raises ValueError for what is no text."""
        called = f"case {shown_value(self.name)}: solution"
        text = plain_text(self.solution() if callable(self.solution) else self.solution or self.answer, called)
        if not text.strip():
            raise ValueError(f"{called} is empty; give the reply that the example is to show.")
        return text

    @property
    def text(self) -> str:
        """The prompt for people: the text itself, or the chat as a conversation in plain text."""
        return self.prompt if isinstance(self.prompt, str) else conversation(self.prompt)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All that is shown, in order."""
        return tuple(picture for turn in self.chat for picture in turn.pictures)

    @property
    def has_system_turn(self) -> bool:
        """Whether the chat begins with a system turn, which is sent in the place of that of the model's entry."""
        return self.chat[0].role == "system"


def _answer_advice(answer: Any) -> str:
    """What to give instead of an answer that is no text."""
    if answer is None:
        return "give the gold as the extractor returns it, or leave the row out"
    whole = not isinstance(answer, (bool, float)) and hasattr(answer, "__index__")
    given = f'"{operator.index(answer)}"' if whole else "the text that the extractor returns for a right reply"
    return f"an extractor returns text, so it would be wrong against every reply; give {given}"


def _plain_prompt(prompt: object, picture: Picture | None, called: str) -> str | tuple[Turn, ...]:
    """The prompt as a plain text or a tuple of turns. Raises ValueError for one that cannot be asked."""
    if isinstance(prompt, (list, tuple)):
        if picture is not None:
            raise ValueError(f'{called}: a chat has its pictures in its turns: Turn("user", ..., pictures=(picture,)), none beside.')
        if fault := chat_fault(prompt, called):
            raise ValueError(f"{called}: prompt is no chat that can be asked: {fault}.")
        return tuple(prompt)
    text = plain_text(prompt, f"{called}: prompt", "decode it, as UTF-8 say" if isinstance(prompt, bytes) else "")
    if not text.strip() and picture is None:
        raise ValueError(f"{called}: prompt is empty, so nothing would be asked; give the question, or leave the row out.")
    return text


def _plain_tags(tags: object, called: str) -> dict[str, str]:
    if not isinstance(tags, Mapping):
        raise ValueError(f'{called}: tags must be texts by name, such as {{"subject": "biology"}}, got {shown_value(tags)}.')
    return {
        plain_text(name, f"{called}: a tag's name"): plain_text(value, f"{called}: tag {shown_value(name)}", "give one text for each tag")
        for name, value in tags.items()
    }


def _plain_stop(stop: object, called: str) -> tuple[str, ...]:
    if isinstance(stop, (str, bytes)) or not isinstance(stop, Iterable):
        raise ValueError(f'{called}: stop must be a list of texts, such as ["Question:"], got {shown_value(stop)}.')
    texts = tuple(plain_text(text, f"{called}: stop") for text in stop)
    if not all(texts):
        raise ValueError(f"{called}: a stop text is empty, which would end every reply at once; leave it out.")
    return texts


def _plain_choices(choices: object, called: str) -> tuple[str, ...]:
    if isinstance(choices, (str, bytes)) or not isinstance(choices, Iterable):
        raise ValueError(f"{called}: choices must be a list of texts, got {shown_value(choices)}.")
    return tuple(plain_text(choice, f"{called}: choice {number}") for number, choice in enumerate(choices))
