"""A chat: its turns with pictures, tool calls and what each cost, the rules that one to be asked must keep, and its plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.cases.picture import Picture
from itemwise.cases.plain_data import Kinds, known_fields, plain_text, require_kinds, shown_value, without_empty, without_zero

__all__ = ["PLACE", "ROLES", "ToolCall", "Turn", "TurnCost", "chat_fault", "conversation", "in_places", "turns_fault"]

ROLES = ("system", "user", "assistant", "tool", "text")
PLACE = "\ufffc"  # a picture's place in a content: Unicode's own character for an embedded object


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
    """One message of the conversation that led to a reply: `role` is system, user, assistant or tool; or the one turn of a chat whose
    role is text, which the model continues as it stands, without a chat template.

    An assistant's turn may hold `calls`; its `content` is all it said, calls as the model wrote them. Its `cost` says
    what it took. `pictures` are shown before the content, or each in its PLACE where the content has one for each. What a server told
    apart from the content is kept for the reports alone: the `reasoning` before it, and the words of a `refusal`. `logprobs` are of the
    continuations that were scored, of which `merged` had a token in common with the end of the prompt, and `outside` have the most that
    they may have, as a server tells it of its likeliest tokens alone.
    """

    role: str
    content: str
    calls: tuple[ToolCall, ...] = ()
    cost: TurnCost | None = None
    pictures: tuple[Picture, ...] = ()
    reasoning: str = ""
    refusal: str = ""
    logprobs: tuple[float, ...] = ()
    merged: int = 0
    outside: int = 0

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
        return without_empty({"role": self.role, "content": self.content, "calls": calls, "pictures": pictures}, "calls", "pictures")

    def record(self) -> dict[str, Any]:
        """The turn as plain data, with its cost and, where there is any, what was told apart from its content."""
        faults = [call.fault for call in self.calls] if any(call.fault for call in self.calls) else []
        cost = self.cost.record() if self.cost else {}
        of_scores = {"logprobs": list(self.logprobs), "merged": self.merged, "outside": self.outside}
        apart = {"reasoning": self.reasoning, "refusal": self.refusal, **of_scores}
        return {**self.message(), **without_empty({"faults": faults, **cost, **apart}, "faults", *apart)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Turn:
        """The turn that `record` was made of; its pictures are known by their hashes alone.

        Raises KeyError, TypeError or ValueError for what is none.
        """
        require_kinds(record, _TURN_KINDS)
        calls = record.get("calls", ())
        cost = {"prompt_tokens": 0, "completion_tokens": 0, **known_fields(TurnCost, record), "stop": tuple(record.get("stop", ()))}
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
            record.get("merged", 0),
            record.get("outside", 0),
        )


@dataclass(frozen=True)
class TurnCost:
    """What one assistant turn took: `finish_reason` is ``stop`` or ``length``, tokens are of this turn's chat alone.

    `temperature` 0 is greedy decoding; a sampled turn names the `seed` that its text follows from. `native_finish_reason`
    is a server's own word where neither of the two is what it said, such as ``content_filter``. `stop`, `top_p` and `max_new_tokens`
    are what the strategy asked for beside. `thinking_tokens` are those of the completion's that are of a thought, None where one came and
    nobody counted; `thinking_cut` says that a budget closed it.
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
    thinking_tokens: int | None = 0
    thinking_cut: bool = False

    def record(self) -> dict[str, Any]:
        """The cost as plain data, without what was not asked for or did not come."""
        record = without_empty(vars(self), "native_finish_reason", "stop", "top_p", "max_new_tokens", "thinking_cut")
        return without_zero(record, "thinking_tokens")


_TURN_KINDS: Kinds = {
    **dict.fromkeys(("role", "content", "reasoning", "refusal"), str),
    **dict.fromkeys(("calls", "faults", "pictures"), list),
}


def chat_fault(turns: Sequence[Any], called: str) -> str | None:
    """What is wrong with the turns of a case's chat, and what to do; None where nothing is."""
    if fault := turns_fault(turns, called):
        return fault
    for number, turn in enumerate(turns):
        if not (turn.content.strip() or turn.pictures or turn.calls or turn.role == "tool"):
            return f"the {turn.role} turn at {number} is empty; leave it out"
    if turns[-1].role == "assistant":
        return "it ends with the assistant's turn, so that the reply is there already; end it with the user's"
    return _call_fault(turns)


def turns_fault(turns: Sequence[Any], called: str) -> str | None:
    """What no chat that is asked may hold, one that a strategy made neither; None where that is nothing."""
    for number, turn in enumerate(turns):
        if not isinstance(turn, Turn):
            return f'it holds {shown_value(turn)} at {number}; give turns, such as Turn("user", "...")'
        plain_text(turn.content, f"{called}: content of the {shown_value(turn.role)} turn at {number}")
        if fault := _turn_fault(turn, number):
            return f"the {turn.role} turn at {number} {fault}" if turn.role in ROLES else fault
    if any(turn.role == "text" for turn in turns):
        return "a text turn stands alone, as it is continued without a chat template; ask it once" if len(turns) > 1 else None
    if not any(turn.role == "user" for turn in turns):
        return 'it has no user turn, so nothing would be asked; give Turn("user", "...") with the question'
    return None


def _turn_fault(turn: Turn, number: int) -> str | None:
    if turn.role not in ROLES:
        return f"the turn at {number} has the role {shown_value(turn.role)}; roles are {', '.join(ROLES)}"
    if turn.role == "system" and number:
        return "is not the first; a chat has one system turn at most, at its beginning"
    if turn.pictures and turn.role != "user":
        return "holds a picture; only the user's turns show any"
    if wrong := next((picture for picture in turn.pictures if not isinstance(picture, Picture)), None):
        return f"holds {shown_value(wrong)} as a picture; use row.picture(...)"
    if turn.pictures and (places := turn.content.count(PLACE)) not in (0, len(turn.pictures)):
        return f"has {places} places (U+FFFC) for {len(turn.pictures)} pictures; give each picture its place, or none any"
    if turn.calls and turn.role != "assistant":
        return "holds calls; only the assistant's turns make any"
    return None


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
    if [turn.role for turn in turns] in (["user"], ["text"]) and not turns[0].pictures:
        return turns[0].content
    return "\n\n".join(f"{turn.role}: {_lines_of(turn)}" for turn in turns)


def _lines_of(turn: Turn) -> str:
    calls = [f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})" for call in turn.calls]
    if turn.pictures and PLACE in turn.content:
        return "\n".join([turn.content.replace(PLACE, "[picture]"), *calls])
    return "\n".join(filter(None, [*("[picture]" for _ in turn.pictures), turn.content, *calls]))


def in_places(content: str, pictures: Sequence[Any]) -> list[Any]:
    """The words of a content and `pictures`, or whatever stands for them, in the order in which they are shown.

    >>> in_places("Is \ufffc in \ufffc?", [1, 2])
    ['Is ', 1, ' in ', 2, '?']
    """
    if not pictures or PLACE not in content:
        return [*pictures, content]
    words, *after = content.split(PLACE)
    return [part for part in (words, *(part for pair in zip(pictures, after, strict=True) for part in pair)) if part != ""]
