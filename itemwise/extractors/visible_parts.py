"""What of a reply is read: its messages, without thoughts and calls, in the order in which they may hold the answer.

Offsets are those of the reply as it was given: the folded text is as long as it was.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reply_marks import CALL, END, HEADER, OUTPUT, RESULT
from itemwise.extractors.reply_parts import PROMPT, SPEECH, Part, parts_of

_QUESTION = re.compile(
    r"^[ \t#*>]{0,20}(?:"
    r"(?:next |new |follow-?up )?(?:question|problem|exercise|example(?= ?\d))[ \t]*\d*[ \t]*\**:(?!\s*(?:the )?answer)"
    r"|q[ \t]?\d*:(?!\s*(?:the )?answer)|(?<!\* )(?:human|user|instruction|input)s?[ \t]*\**:"
    r"|#{1,4}[ \t]*(?:instructions?|question|problem)\b"
    r"|(?:题目|问题|问)[\d一二三四五]*[ \t]*:|\[题目\])",
    re.MULTILINE,
)
_QUESTION_GATES = ("question", "problem", "exercise", "example", "human", "user", "instruction", "q", "input", "题", "问")
_BLANK = re.compile(r"\s*")


class VisiblePart(NamedTuple):
    """What a reply says aloud in one of its messages, as folded text in which lines take the place of what was left out.

    `starts` are the offsets of its pieces in `text`, `origins` those in the reply. `calls` says that the message ends with a
    call of a tool: what it says is not its last word.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    calls: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the reply."""
        first, last = (bisect_right(self.starts, max(0, offset)) - 1 for offset in (start, max(start, end - 1)))
        return self.origins[first] + start - self.starts[first], self.origins[last] + end - self.starts[last]


def visible_parts(text: str) -> Iterator[VisiblePart]:
    """The parts of a reply that may hold its answer, in order: the first in which one is read has it.

    A reply is one message, without thoughts, calls of tools and their results. Between results the last message counts. Models
    run on after their answer; what they then ask themselves and answer comes after it. In a whole chat, its question first,
    only the last message is the reply.
    """
    shown = folded(text)
    for spans, calls in _messages(shown.lower()):
        pieces = [shown[start:end] for start, end in spans]
        starts = [0]
        for piece in pieces[:-1]:
            starts.append(starts[-1] + len(piece) + 1)
        yield VisiblePart("\n".join(pieces), tuple(starts), tuple(start for start, _ in spans), calls)


def _messages(lower: str) -> list[tuple[list[tuple[int, int]], bool]]:
    """The spans of what each message says, with whether a call ends it; of messages between results only the last."""
    parts = parts_of(lower)
    turns = [_Turn()]
    for part in parts:
        if part.kind == SPEECH:
            first, *more = _between_questions(lower, part)
            turns[-1].say(lower, first)
            for span in more:
                turns.append(_Turn())
                turns[-1].say(lower, span)
        elif part.kind == RESULT or (part.kind in (OUTPUT, PROMPT) and turns[-1].calls):
            turns[-1].hear()
        elif part.kind in (CALL, OUTPUT):
            turns[-1].calls = True
        elif part.kind in (END, HEADER, PROMPT) and not turns[-1].calls:
            turns.append(_Turn())
    said = [(turn.spans, turn.calls) for turn in turns if turn.spans]
    return said[-1:] if parts and parts[0].kind == PROMPT else said


class _Turn:
    """What one side says until the other speaks: the last of its messages that says anything."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.calls = False
        self._ended = False

    def say(self, lower: str, span: tuple[int, int]) -> None:
        """Take what is said, unless it is blank."""
        if _BLANK.match(lower, *span).end() < span[1]:  # type: ignore[union-attr]  # it always matches
            self.spans = [span] if self._ended else [*self.spans, span]
            self.calls = self._ended = False

    def hear(self) -> None:
        """End the message with the result of a tool."""
        self.calls = self._ended = True


def _between_questions(lower: str, part: Part) -> list[tuple[int, int]]:
    """The spans between the places where speech turns to another question or speaker; the first may be blank.

    A reply that opens with "Question 1:" goes through numbered questions of its own, and its last answer counts.
    """
    start, end = part.start, part.end
    if not any(lower.find(gate, start, end) >= 0 for gate in _QUESTION_GATES):
        return [(start, end)]
    numbered = lower.lstrip(" \n#*").startswith("question 1:")
    said = lower[start:end]
    marks = [start + mark.start() for mark in _QUESTION.finditer(said) if not (numbered and "question " in mark.group())]
    return list(zip([start, *marks], [*marks, end], strict=True))
