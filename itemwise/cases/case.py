"""The nouns of a run: Case (prompt and gold answer), Turn and ToolCall (a chat), Reply with its cost, Verdict."""

from __future__ import annotations

import operator
import re
import reprlib
import string
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, fields
from enum import Enum
from typing import Any

from itemwise.cases.picture import Picture
from itemwise.cases.plain_data import Kinds, require_kinds
from itemwise.cases.surrogates import half_character

__all__ = ["LETTERS", "ROLES", "Case", "Reply", "ToolCall", "Turn", "TurnCost", "Verdict", "conversation"]

LETTERS = string.ascii_uppercase  # of the options of a choice
ROLES = ("system", "user", "assistant", "tool")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")  # not fit for node ids, terminals or XML


@dataclass(frozen=True)
class Case:
    """One dataset item, ready to be asked.

    `name` is the public id (``gsm8k-754``): stable, unique within its benchmark, and part of the test's node id.
    `prompt` is one text, or a chat: the turns before the reply, for few-shot examples, earlier turns and a system turn of the
    benchmark's own. `answer` is the gold answer in the form the extractor returns, so that a test can compare with ``==``.
    `tags` (subject, grade, ...) split the reports; they are never shown to the model. `picture` is shown to the model
    before the prompt; a chat has its pictures in the user's turns. A multiple-choice case has its `choices`, the options' texts
    in the order of their letters, and may have `prompt_for`, which gives the prompt for any order of them.

    A chat may begin with one system turn, which is sent in the place of the system prompt of the model's entry, never beside it.
    Then come turns of user, assistant and tool, the last of them user or tool.

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
    word: InitVar[Callable[[Sequence[str]], str] | None] = None  # what prompt_for was called

    def __post_init__(self, word: Callable[[Sequence[str]], str] | None) -> None:
        if word is not None:
            warnings.warn("Case(word=) is called prompt_for= now.", DeprecationWarning, stacklevel=3)
            object.__setattr__(self, "prompt_for", word)
        called = f"case {_shown(self.name)}"
        name = _plain_text(self.name, f"{called}: name")
        if not name.strip() or _NO_NAME.search(name):
            what = "holds a control character" if name.strip() else "is empty"
            raise ValueError(f"{called}: name {what}; it is the test's id: give a word such as gsm8k-754.")
        prompt = _plain_prompt(self.prompt, self.picture, called)
        _plain_text(self.answer, f"{called}: answer", _answer_advice(self.answer))
        if self.picture is not None and not isinstance(self.picture, Picture):
            raise ValueError(f"{called}: picture must be an itemwise.Picture or None, got {_shown(self.picture)}; use row.picture(...).")
        if self.prompt_for is not None and not callable(self.prompt_for):
            raise ValueError(f"{called}: prompt_for must be a function of the choices, got {_shown(self.prompt_for)}.")
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
        prompt_for: Callable[[Sequence[str]], str | Sequence[Turn]],
        choices: Sequence[str],
        right: int,
        *,
        tags: Mapping[str, str] | None = None,
        picture: Picture | None = None,
    ) -> Case:
        """A multiple-choice case: `prompt_for` gives the prompt, a text or chat, for the options' texts; `right` is the right one's index.

        The answer is its letter, A for the first. Raises ValueError where `right` is no place in `choices`.
        """
        options = _plain_choices(choices, f"case {_shown(name)}")
        index = _index(right)
        if not 0 <= index < len(options) <= len(LETTERS):
            raise ValueError(f"{name}: right must be a place in {len(options)} choices (at most {len(LETTERS)}), got {_shown(right)}.")
        return cls(name, prompt_for(choices), LETTERS[index], tags or {}, picture, options, prompt_for)

    @property
    def chat(self) -> tuple[Turn, ...]:
        """What the model is asked: the turns before its reply."""
        if isinstance(self.prompt, str):
            return (Turn("user", self.prompt, pictures=(self.picture,) if self.picture else ()),)
        return tuple(self.prompt)

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


def _plain_prompt(prompt: object, picture: Picture | None, called: str) -> str | tuple[Turn, ...]:
    """The prompt as a plain text or a tuple of turns. Raises ValueError for one that cannot be asked."""
    if isinstance(prompt, (list, tuple)):
        if picture is not None:
            raise ValueError(f'{called}: a chat has its pictures in its turns: Turn("user", ..., pictures=(picture,)), none beside.')
        if fault := _chat_fault(prompt, called):
            raise ValueError(f"{called}: prompt is no chat that can be asked: {fault}.")
        return tuple(prompt)
    text = _plain_text(prompt, f"{called}: prompt", "decode it, as UTF-8 say" if isinstance(prompt, bytes) else "")
    if not text.strip() and picture is None:
        raise ValueError(f"{called}: prompt is empty, so nothing would be asked; give the question, or leave the row out.")
    return text


def _chat_fault(turns: Sequence[Any], called: str) -> str | None:
    """What is wrong with the turns of a chat that is to be asked, and what to do; None where nothing is."""
    for number, turn in enumerate(turns):
        if not isinstance(turn, Turn):
            return f'it holds {_shown(turn)} at {number}; give turns, such as Turn("user", "...")'
        _plain_text(turn.content, f"{called}: content of the {_shown(turn.role)} turn at {number}")
        if fault := _turn_fault(turn, number):
            return f"the {turn.role} turn at {number} {fault}" if turn.role in ROLES else fault
    if not any(turn.role == "user" for turn in turns):
        return 'it has no user turn, so nothing would be asked; give Turn("user", "...") with the question'
    if turns[-1].role == "assistant":
        return "it ends with the assistant's turn, so that the reply is there already; end it with the user's"
    return _call_fault(turns)


def _turn_fault(turn: Turn, number: int) -> str | None:
    if turn.role not in ROLES:
        return f"the turn at {number} has the role {_shown(turn.role)}; roles are {', '.join(ROLES)}"
    if turn.role == "system" and number:
        return "is not the first; a chat has one system turn at most, at its beginning"
    if turn.pictures and turn.role != "user":
        return "holds a picture; only the user's turns show any"
    if wrong := next((picture for picture in turn.pictures if not isinstance(picture, Picture)), None):
        return f"holds {_shown(wrong)} as a picture; use row.picture(...)"
    if turn.calls and turn.role != "assistant":
        return "holds calls; only the assistant's turns make any"
    return None if turn.content.strip() or turn.pictures or turn.calls or turn.role == "tool" else "is empty; leave it out"


def _call_fault(turns: Sequence[Turn]) -> str | None:
    """What is wrong with the calls of a chat: each is answered by one tool turn, right behind the calls of its turn."""
    unanswered = 0
    for number, turn in enumerate(turns):
        if turn.role == "tool" and not unanswered:
            return f"the tool turn at {number} answers no call; give the assistant's turn before it its calls"
        if turn.role != "tool" and unanswered:
            return f"a call before the turn at {number} has no answer; give a tool turn for each"
        unanswered = unanswered - 1 if turn.role == "tool" else len(turn.calls)
    return "its last call has no answer; give a tool turn for each" if unanswered else None


def conversation(turns: Sequence[Turn]) -> str:
    """A chat in plain text, each turn under its role; that of one user turn in words is these words.

    Pictures stand in it as ``[picture]``, calls as they would be written in Python.
    """
    if [turn.role for turn in turns] == ["user"] and not turns[0].pictures:
        return turns[0].content
    return "\n\n".join(f"{turn.role}: {_lines_of(turn)}" for turn in turns)


def _lines_of(turn: Turn) -> str:
    calls = [f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})" for call in turn.calls]
    return "\n".join(filter(None, [*("[picture]" for _ in turn.pictures), turn.content, *calls]))


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


def _index(right: Any) -> int:
    """The index as a number; -1 for what is none, such as True or a letter."""
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
    reports alone: the `reasoning` before it, and the words of a `refusal`. `logprobs` are of the continuations that were scored.
    """

    role: str
    content: str
    calls: tuple[ToolCall, ...] = ()
    cost: TurnCost | None = None
    pictures: tuple[Picture, ...] = ()
    reasoning: str = ""
    refusal: str = ""
    logprobs: tuple[float, ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether the token limit ended the turn."""
        return self.cost is not None and self.cost.finish_reason == "length"

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
        scored = {"logprobs": list(self.logprobs)} if self.logprobs else {}
        return {**self.message(), **faults, **cost, **_without_empty(reasoning=self.reasoning, refusal=self.refusal), **scored}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Turn:
        """The turn that `record` was made of; its pictures are known by their hashes alone.

        Raises KeyError, TypeError or ValueError for what is none.
        """
        require_kinds(record, _TURN_KINDS)
        calls = record.get("calls", ())
        cost = {"prompt_tokens": 0, "completion_tokens": 0, **_known(TurnCost, record), "stop": tuple(record.get("stop", ()))}
        faults = record.get("faults") or [""] * len(calls)
        return cls(
            record["role"],
            record["content"],
            tuple(ToolCall(call["name"], call["arguments"], fault) for call, fault in zip(calls, faults, strict=True)),
            TurnCost(**cost) if "finish_reason" in record else None,
            tuple(Picture.known(sha256) for sha256 in record.get("pictures", ())),
            record.get("reasoning", ""),
            record.get("refusal", ""),
            tuple(record.get("logprobs", ())),
        )


@dataclass(frozen=True)
class TurnCost:
    """What one assistant turn took: `finish_reason` is ``stop`` or ``length``, tokens are of this turn's chat alone.

    `temperature` 0 is greedy decoding; a sampled turn names the `seed` that its text follows from. `native_finish_reason`
    is a server's own word where neither of the two is what it said, such as ``content_filter``. `stop`, `top_p` and `max_new_tokens`
    are what the strategy asked for beside.
    """

    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    temperature: float = 0.0
    seed: int = 0
    native_finish_reason: str = ""
    stop: tuple[str, ...] = ()
    top_p: float | None = None
    max_new_tokens: int | None = None

    def record(self) -> dict[str, Any]:
        """The cost as plain data, without what was not asked for."""
        rare = ("native_finish_reason", "stop", "top_p", "max_new_tokens")
        return {name: value for name, value in vars(self).items() if name not in rare or value}


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

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Reply:
        """The reply that `record` was made of; a cost that it does not tell is 0.

        Raises KeyError, TypeError or ValueError for what is none.
        """
        require_kinds(record, _REPLY_KINDS)
        turns = tuple(Turn.from_record(turn) for turn in record.get("turns", ()))
        return cls(**{**_NO_COST, **_known(cls, record), "text": record["text"], "turns": turns})


_NO_COST = {"finish_reason": "", "prompt_tokens": 0, "completion_tokens": 0, "seconds": 0.0, "batch_size": 0}
_TURN_KINDS: Kinds = {
    **dict.fromkeys(("role", "content", "reasoning", "refusal"), str),
    **dict.fromkeys(("calls", "faults", "pictures"), list),
}
_REPLY_KINDS: Kinds = {
    **dict.fromkeys(("text", "finish_reason", "reasoning", "refusal"), str),
    **dict.fromkeys(("prompt_tokens", "completion_tokens", "seconds", "batch_size", "generated", "generated_tokens"), (int, float)),
    "turns": list,
    "notes": Mapping,
}


def _known(noun: type[TurnCost | Reply], record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record is a field of `noun`; a later version may note more."""
    return {part.name: record[part.name] for part in fields(noun) if part.name in record}


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
