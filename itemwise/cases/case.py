"""The nouns: a case is asked, a reply comes back, a verdict is passed on it."""

from __future__ import annotations

import operator
import re
import reprlib
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from itemwise.cases.picture import Picture
from itemwise.cases.surrogates import half_character

__all__ = ["LETTERS", "Case", "Reply", "ToolCall", "Turn", "TurnCost", "Verdict"]

LETTERS = string.ascii_uppercase  # of the options of a choice
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")  # not fit for node ids, terminals or XML


@dataclass(frozen=True)
class Case:
    """One dataset item, ready to be asked.

    `name` is the public id (``gsm8k-754``): stable, unique within its benchmark, and part of the test's node id.
    `answer` is the gold answer in the form the extractor returns, so that a test can compare with ``==``.
    `tags` (subject, grade, ...) split the reports; they are never shown to the model. `picture` is shown to the model
    before the prompt. A multiple-choice case has its `choices`, the options' texts in the order of their letters, and
    may have `word`, which words the prompt for any order of them.

    Raises ValueError, naming the case, the field and its value, for a field that is not of this form: a number as the
    gold would be wrong against every reply, a None would be asked as "None".
    """

    name: str
    prompt: str
    answer: str
    tags: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None
    choices: tuple[str, ...] = ()
    word: Callable[[Sequence[str]], str] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        called = f"case {_shown(self.name)}"
        name = _plain_text(self.name, f"{called}: name")
        if not name.strip() or _NO_NAME.search(name):
            what = "holds a control character" if name.strip() else "is empty"
            raise ValueError(f"{called}: name {what}; it is the test's id: give a word such as gsm8k-754.")
        prompt = _plain_text(self.prompt, f"{called}: prompt", _PROMPT_ADVICE.get(type(self.prompt), ""))
        if not prompt.strip() and self.picture is None:
            raise ValueError(f"{called}: prompt is empty, so nothing would be asked; give the question, or leave the row out.")
        _plain_text(self.answer, f"{called}: answer", _answer_advice(self.answer))
        if self.picture is not None and not isinstance(self.picture, Picture):
            raise ValueError(f"{called}: picture must be an itemwise.Picture or None, got {_shown(self.picture)}; use row.picture(...).")
        if self.word is not None and not callable(self.word):
            raise ValueError(f"{called}: word must be a function of the choices, got {_shown(self.word)}.")
        for name_of_field, value in (
            ("name", name),
            ("prompt", prompt),
            ("tags", _plain_tags(self.tags, called)),
            ("choices", _plain_choices(self.choices, called)),
        ):
            object.__setattr__(self, name_of_field, value)  # a copy: a loader may go on changing what it gave

    @classmethod
    def choice(
        cls,
        name: str,
        word: Callable[[Sequence[str]], str],
        choices: Sequence[str],
        right: int,
        *,
        tags: Mapping[str, str] | None = None,
        picture: Picture | None = None,
    ) -> Case:
        """A multiple-choice case: `word` gives the prompt for the options' texts, `right` is the right one's place.

        The answer is its letter, A for the first. Raises ValueError where `right` is no place in `choices`.
        """
        options = _plain_choices(choices, f"case {_shown(name)}")
        place = _place(right)
        if not 0 <= place < len(options) <= len(LETTERS):
            raise ValueError(f"{name}: right must be a place in {len(options)} choices (at most {len(LETTERS)}), got {_shown(right)}.")
        return cls(name, word(choices), LETTERS[place], tags or {}, picture, options, word)

    def question(self) -> Turn:
        """What the model is asked."""
        return Turn("user", self.prompt, pictures=(self.picture,) if self.picture else ())


_PROMPT_ADVICE = {list: "a chat of several messages is not taken yet: give one text", bytes: "decode it, as UTF-8 say"}


def _shown(value: object) -> str:
    """A value in a message: short, whatever it is."""
    return reprlib.repr(value)


def _plain_text(value: object, what: str, advice: str = "") -> str:
    """`value` as a plain str, also where it is of a subclass. Raises ValueError where it is no text that can be sent and written."""
    if not isinstance(value, str):
        raise ValueError(f"{what} must be text (str), got {_shown(value)} ({type(value).__name__}){advice and '; '}{advice}.")
    if half := half_character(value):
        raise ValueError(f"{what} holds {half}, which no model or file can take; decode the row anew, or leave it out.")
    return str.__str__(value)


def _answer_advice(answer: Any) -> str:
    """What to give instead of an answer that is no text."""
    if answer is None:
        return "give the gold as the extractor returns it, or leave the row out"
    whole = not isinstance(answer, (bool, float)) and hasattr(answer, "__index__")
    given = f'"{operator.index(answer)}"' if whole else "the text that the extractor returns for a right reply"
    return f"an extractor returns text, so it would be wrong against every reply; give {given}"


def _plain_tags(tags: object, called: str) -> dict[str, str]:
    if not isinstance(tags, Mapping):
        raise ValueError(f'{called}: tags must be texts by name, such as {{"subject": "biology"}}, got {_shown(tags)}.')
    return {
        _plain_text(name, f"{called}: a tag's name"): _plain_text(value, f"{called}: tag {_shown(name)}", "give one text for each tag")
        for name, value in tags.items()
    }


def _plain_choices(choices: object, called: str) -> tuple[str, ...]:
    if isinstance(choices, (str, bytes)) or not isinstance(choices, Iterable):
        raise ValueError(f"{called}: choices must be a list of texts, got {_shown(choices)}.")
    return tuple(_plain_text(choice, f"{called}: choice {number}") for number, choice in enumerate(choices))


def _place(right: Any) -> int:
    """The place as a number; -1 for what is none, such as True or a letter."""
    return operator.index(right) if hasattr(right, "__index__") and not isinstance(right, bool) else -1


@dataclass(frozen=True)
class ToolCall:
    """A call that a model made of a tool: the tool's `name` and its `arguments` by parameter.

    `fault` says in words fit for the model what is wrong with a call that could not be read; `arguments` then hold its
    text under ``text``.
    """

    name: str
    arguments: Mapping[str, Any]
    fault: str = ""


@dataclass(frozen=True)
class Turn:
    """One message of the conversation that led to a reply: `role` is system, user, assistant or tool.

    An assistant's turn may hold `calls`; its `content` is all it said, calls as the model wrote them. Its `cost` says
    what it took. `pictures` are shown before the content. What a server told apart from the content is kept for the
    reports alone: the `reasoning` before it, and the words of a `refusal`.
    """

    role: str
    content: str
    calls: tuple[ToolCall, ...] = ()
    cost: TurnCost | None = None
    pictures: tuple[Picture, ...] = ()
    reasoning: str = ""
    refusal: str = ""

    def message(self) -> dict[str, Any]:
        """The turn as a model's request tells it: what decides the text that follows, and nothing of its cost or reasoning.

        Pictures stand in it by the hash of their content. Raises PictureError where one cannot be read.
        """
        calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in self.calls]
        pictures = [picture.sha256 for picture in self.pictures]
        return {
            "role": self.role,
            "content": self.content,
            **({"calls": calls} if calls else {}),
            **({"pictures": pictures} if pictures else {}),
        }

    def record(self) -> dict[str, Any]:
        """The turn as plain data, with its cost and, where there is any, what was told apart from its content."""
        faults = {"faults": [call.fault for call in self.calls]} if any(call.fault for call in self.calls) else {}
        cost = self.cost.record() if self.cost else {}
        return {**self.message(), **faults, **cost, **_without_empty(reasoning=self.reasoning, refusal=self.refusal)}


@dataclass(frozen=True)
class TurnCost:
    """What one assistant turn took: `finish_reason` is ``stop`` or ``length``, tokens are of this turn's chat alone.

    `temperature` 0 is greedy decoding; a sampled turn names the `seed` that its text follows from. `native_finish_reason`
    is a server's own word where neither of the two is what it said, such as ``content_filter``.
    """

    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    temperature: float = 0.0
    seed: int = 0
    native_finish_reason: str = ""

    def record(self) -> dict[str, Any]:
        """The cost as plain data."""
        return {name: value for name, value in vars(self).items() if name != "native_finish_reason" or value}


@dataclass(frozen=True)
class Reply:
    """What the model said to a case, with what it cost.

    `text` is the assistant turn that the strategy gives as the reply, `finish_reason` that turn's: ``stop`` (the model
    ended it) or ``length`` (the token limit did). `turns` are all turns in the order they were said, those of attempts
    that were given up and samples that were outvoted among them; token counts sum over all of them. `notes` are what
    the strategy says of its doing, such as attempts made or votes cast. `seconds` is this reply's share of the time its
    batches took, so that the seconds of a run add up to its generation time; `batch_size` is the largest batch it was
    part of. `generated` turns with `generated_tokens` were made in this run; the others came from the store and took no time.
    `reasoning` is what the model thought and `refusal` the words in which it refused, as far as they are told apart from
    other words; neither is read as the answer.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    batch_size: int
    turns: tuple[Turn, ...]
    generated: int = 0
    generated_tokens: int = 0
    notes: Mapping[str, Any] = field(default_factory=dict)
    reasoning: str = ""
    refusal: str = ""

    @property
    def truncated(self) -> bool:
        """Whether the token limit ended the reply."""
        return self.finish_reason == "length"

    def record(self) -> dict[str, Any]:
        """The reply as plain data, for reports and for the way between processes."""
        return {
            "text": self.text,
            "finish_reason": self.finish_reason,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "seconds": self.seconds,
            "batch_size": self.batch_size,
            "turns": [turn.record() for turn in self.turns],
            "generated": self.generated,
            "generated_tokens": self.generated_tokens,
            "notes": dict(self.notes),
            **_without_empty(reasoning=self.reasoning, refusal=self.refusal),
        }


def _without_empty(**texts: str) -> dict[str, str]:
    """Those of `texts` that say something."""
    return {name: text for name, text in texts.items() if text}


class Verdict(str, Enum):
    """What became of a case. The first four are results of the model; `ERROR` is a fault of ours and counts for nothing."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no answer"
    TRUNCATED = "truncated"
    ERROR = "error"
