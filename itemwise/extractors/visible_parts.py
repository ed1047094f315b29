"""What of a reply is read: its messages, without thoughts and calls, in the order in which they may hold the answer.

Offsets are those of the reply as it was given: the folded text is as long as it was.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reading import Reading
from itemwise.extractors.reply_marks import CALL, END, FRAME, HEADER, OUTPUT, RESULT
from itemwise.extractors.reply_parts import PROMPT, SPEECH, UNCLOSED, Part, blanked, parts_of

_QUESTION = re.compile(
    r"^[ \t#*>]{0,20}(?:"
    r"(?:next |new |follow-?up )?(?:question|problem|exercise|example(?= ?\d))[ \t]*\d*[ \t]*\**:(?!\s*(?:the )?answer)"
    r"|q[ \t]?\d*:(?!\s*(?:the )?answer)|(?<!\* )(?:human|user|instruction|input)s?[ \t]*\**:"
    r"|#{1,4}[ \t]*(?:instructions?|question|problem)\b"
    r"|(?:题目|问题|问)[\d一二三四五]*[ \t]*:|\[题目\])",
    re.MULTILINE,
)
_GATES = """
question problem exercise example human user instruction input q: q1 q2 q3 题 问
"""
_QUESTION_GATES = _GATES.split()
_TRANSCRIPT = re.compile(  # a conversation as it is logged, not a reply that runs on with one
    r"[\W_]{0,200}(?:(?:iteration|round|step|turn)[ ]\d{1,3}[\W_]{0,200})?\b(?:assistant|user|human|system)[ *]{0,4}:"
)
_SPEAKER = re.compile(r"^[ \t#*>]{0,9}(?:(?P<reply>assistant)|user|human|system|tool)[ *]{0,4}:[ *]{0,4}", re.MULTILINE)
_DIGIT = re.compile("[0-9]")
_BLANK = re.compile(r"\s*")
_TAGS = ("<", "[tool", "assistantcommentary", "commentary to=")  # how what is marked as a call or a result begins


class VisiblePart(NamedTuple):
    """What a reply says aloud in one of its messages, as folded text in which lines take the place of what was left out.

    `starts` are the offsets of its pieces in `text`, `origins` those in the reply. `goes_on` says that the message ends with
    the call of a tool or a thought without end: what it says before is not its last word.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    goes_on: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the reply."""
        first, last = (bisect_right(self.starts, max(0, offset)) - 1 for offset in (start, max(start, end - 1)))
        return self.origins[first] + start - self.starts[first], self.origins[last] + end - self.starts[last]


def visible_parts(text: str) -> Iterator[VisiblePart]:
    """The parts of a reply that may hold its answer, in order: the first in which one is read has it.

    A reply is one message, without thoughts, calls of tools and their results. Between results the last message counts. Models
    run on after their answer; what they then ask themselves and answer comes after it. In a whole chat, its question first or its
    speakers named, only the last message is the reply.
    """
    shown = folded(text)
    lower = shown.lower()
    parts = _last_reply(lower, parts_of(lower))
    if len(parts) == 1 and not _may_ask(lower, parts[0]):  # as most replies are
        return iter([VisiblePart(shown[parts[0].start :], (0,), (parts[0].start,))] if parts[0].kind == SPEECH else [])
    return (_visible(shown, said) for said in _messages(lower, parts))


def visible_text(text: str) -> str:
    """What extractors of one's own are given of a reply: what it says, in its own characters.

    Thoughts, calls of tools and their results are left out as far as tags or special tokens mark them, and so is all behind the
    mark that ends the message. Of a conversation with tools it is the last message, and empty where nothing is said, as in a thought
    that was cut off; there an extractor has None to return. What is plain text stays, code blocks, JSON and a next question too.
    """
    return _said(text).text


def read_visible(extract: Callable[[str], Any], text: str) -> Any:
    """What `extract` reads in what a reply says (`visible_text`); the span of a `Reading` is that in the whole reply."""
    said = _said(text)
    read = extract(said.text)
    if not isinstance(read, Reading):
        return read
    if said.goes_on and not read.stated:
        return None
    start, end = said.span(read.start, read.end)
    return Reading(read, start=start, end=end, rule=read.rule, stated=read.stated)


def before_questions(text: str) -> list[tuple[int, int]]:
    """The spans of a text between the places where it turns to another question or speaker, in order; one span where it does not."""
    lower = folded(text).lower()
    return [span for span in _between_questions(lower, Part(SPEECH, 0, len(lower))) if text[slice(*span)].strip()] or [(0, len(text))]


def own_words(text: str) -> str:
    """The text with all that is not the reply's own blanked, as long as it was: calls, results, and what a model runs on with.

    Thoughts stay. What follows the first message that has a number is run on.
    """
    shown = folded(text)
    lower = shown.lower()
    parts = parts_of(lower)
    if len(parts) == 1 and parts[0].kind == SPEECH and not _may_ask(lower, parts[0]):  # as most replies are
        return text
    messages = _messages(lower, parts)
    numbered = (index for index, message in enumerate(messages) if any(_DIGIT.search(lower, *span) for span in message.spans))
    following = messages[next(numbered, len(messages)) + 1 :]
    end = following[0].spans[0][0] if following else len(text)
    hidden = [(part.start, part.end) for part in parts if part.kind in (CALL, RESULT, PROMPT)]
    return blanked(text, [*(span for span in hidden if span[1] <= end), (end, len(text))])


def _said(text: str) -> VisiblePart:
    lower = folded(text).lower()
    parts = [part._replace(kind=SPEECH) if _is_text(lower, part) else part for part in parts_of(lower)]
    messages = _messages(lower, _joined(parts), questions=False)
    return _visible(text, messages[0]) if messages else VisiblePart("", (0,), (0,))


def _last_reply(lower: str, parts: list[Part]) -> list[Part]:
    """The parts from the last words of the assistant on, where the text is a whole conversation that names its speakers."""
    if "assistant" not in lower or not _TRANSCRIPT.match(lower):
        return parts
    speakers = list(_SPEAKER.finditer(lower))
    start = max((speaker.end() for speaker in speakers if speaker["reply"]), default=0)
    is_conversation = any(not speaker["reply"] for speaker in speakers)
    return [part._replace(start=max(part.start, start)) for part in parts if part.end > start] if is_conversation else parts


def _is_text(lower: str, part: Part) -> bool:
    """Whether a part is text to whoever does not look for numbers and letters: a frame, a code block, JSON, a label of ReAct."""
    return part.kind in (FRAME, OUTPUT) or (part.kind in (CALL, RESULT) and not lower.startswith(_TAGS, part.start))


def _joined(parts: list[Part]) -> list[Part]:
    """The parts, speech next to speech as one."""
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind == SPEECH:
            joined[-1] = joined[-1]._replace(end=part.end)
        else:
            joined.append(part)
    return joined


class _Message(NamedTuple):
    """The spans of what a message says, and whether it goes on unheard."""

    spans: list[tuple[int, int]]
    goes_on: bool


def _visible(shown: str, message: _Message) -> VisiblePart:
    pieces = [shown[start:end] for start, end in message.spans]
    starts = accumulate((len(piece) + 1 for piece in pieces[:-1]), initial=0)
    return VisiblePart("\n".join(pieces), tuple(starts), tuple(start for start, _ in message.spans), message.goes_on)


def _messages(lower: str, parts: list[Part], *, questions: bool = True) -> list[_Message]:
    """The messages that say anything; of those between results only the last, and each ends where another question is put."""
    turns = [_Turn()]
    for part in parts:
        if part.kind == SPEECH:
            first, *more = _between_questions(lower, part) if questions else [(part.start, part.end)]
            turns[-1].say(lower, first)
            for span in more:
                turns.append(_Turn())
                turns[-1].say(lower, span)
        elif part.kind == RESULT or (part.kind in (OUTPUT, PROMPT) and turns[-1].goes_on):
            turns[-1].hear()
        elif part.kind in (CALL, OUTPUT, UNCLOSED):
            turns[-1].goes_on = True
        elif part.kind in (END, HEADER, PROMPT) and not turns[-1].goes_on:
            turns.append(_Turn())
    said = [_Message(turn.spans, turn.goes_on) for turn in turns if turn.spans]
    return said[-1:] if parts and parts[0].kind == PROMPT else said


class _Turn:
    """What one side says until the other speaks: the last of its messages that says anything."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.goes_on = False
        self._ended = False

    def say(self, lower: str, span: tuple[int, int]) -> None:
        """Take what is said, unless it is blank."""
        if _BLANK.match(lower, *span).end() < span[1]:  # type: ignore[union-attr]  # it always matches
            self.spans = [span] if self._ended else [*self.spans, span]
            self.goes_on = self._ended = False

    def hear(self) -> None:
        """End the message with the result of a tool."""
        self.goes_on = self._ended = True


def _may_ask(lower: str, part: Part) -> bool:
    """A quick look, that spares `_QUESTION`."""
    return any(lower.find(gate, part.start, part.end) >= 0 for gate in _QUESTION_GATES)


def _between_questions(lower: str, part: Part) -> list[tuple[int, int]]:
    """The spans between the places where speech turns to another question or speaker; the first may be blank.

    A reply that opens with "Question 1:" goes through numbered questions of its own, and its last answer counts.
    """
    start, end = part.start, part.end
    if not _may_ask(lower, part):
        return [(start, end)]
    numbered = lower.lstrip(" \n#*").startswith("question 1:")
    said = lower[start:end]
    marks = [start + mark.start() for mark in _QUESTION.finditer(said) if not (numbered and "question " in mark.group())]
    return list(zip([start, *marks], [*marks, end], strict=True))
