"""Cleans a reply for the extractors: think blocks blanked, cut at the next question, look-alike characters made plain.

Every cleaning keeps the length of the text, so that a position found in it is a position in the reply.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from itemwise.extractors.plain_characters import folded

_THOUGHT = re.compile(
    r"<(?P<close>/?)(?:think|thinking|thought|thoughts|reasoning|scratchpad)>"
    r"|(?P<opener>◁think▷|<\|begin_of_thought\|>|\[think\]|<\|channel\|>analysis)"
    r"|(?P<closer>◁/think▷|<\|end_of_thought\|>|\[/think\]|<\|channel\|>final)"
)
_THOUGHT_GATES = ("think", "thought", "<reasoning>", "scratchpad>", "<|channel|>")

_TURN = re.compile(
    r"</s>|<eo[as]>|<\|(?:im_end|im_start|endoftext|eot_id|end|user|start_header_id)\|>|<end_of_turn>|\[/?inst\]"
    r"|^[ \t]*(?:[#*>]+[ \t]*)*(?:"
    r"(?:next |new |follow-?up )?(?:question|problem|exercise|example(?= ?\d))[ \t]*\d*[ \t]*\**:(?!\s*(?:the )?answer)"
    r"|q[ \t]?\d*:(?!\s*(?:the )?answer)|(?:human|user|instruction|input)s?[ \t]*\**:|#{1,4}[ \t]*(?:instructions?|question|problem)\b"
    r"|(?:题目|问题|问)[\d一二三四五]*[ \t]*:|\[题目\])",
    re.MULTILINE,
)
_TURN_WORDS = """
question problem exercise example human: user instruction q: q1 q2 q3 input inst] </s> <| <eo <end_of 题 问
"""
_TURN_GATES = _TURN_WORDS.split()


class VisiblePart(NamedTuple):
    """What a reply says aloud in one of its turns, as folded text; `start` is where the text stands in the reply."""

    text: str
    start: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the reply."""
        return self.start + start, self.start + end


def visible_parts(text: str) -> Iterator[VisiblePart]:
    """The parts of a reply that may hold its answer, in order: its turns without thoughts."""
    shown = without_thoughts(folded(text))
    yield from (VisiblePart(shown[start:end], start) for start, end in turns(shown.lower()))


def without_thoughts(text: str) -> str:
    """The folded text with everything inside a thinking block blanked; an unclosed block hides the rest.

    A closing tag without its opener, as chat templates leave it, hides what stands before it.
    """
    shown, at = [], 0
    for start, end in thoughts(text):
        shown += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*shown, text[at:]])


def thoughts(text: str) -> list[tuple[int, int]]:
    """The spans of the thinking blocks of a text, marks included, in order; see `without_thoughts`."""
    lower = text.lower()
    if not any(gate in lower for gate in _THOUGHT_GATES):
        return []
    spans, shown_from, depth = [], 0, 0
    for tag in _THOUGHT.finditer(lower):
        if tag["closer"] or tag["close"]:
            spans.append((shown_from, tag.end()))
            shown_from, depth = tag.end(), 0
        elif depth == 0:
            shown_from, depth = tag.start(), 1
    return [*spans, (shown_from, len(text))] if depth else spans


def turns(lower: str) -> list[tuple[int, int]]:
    """The spans between the places where a reply turns to another question, speaker or end mark, in order.

    Models run on after their answer; what they then ask and answer is not the reply. But a reply that opens with
    "Question 1:" goes through numbered questions of its own, and its last answer counts.
    """
    if not any(gate in lower for gate in _TURN_GATES):
        return [(0, len(lower))]
    numbered = lower.lstrip(" \n#*").startswith("question 1:")
    marks = [mark.start() for mark in _TURN.finditer(lower) if not (numbered and "question " in mark.group())]
    starts = [0, *marks]
    return [(start, end) for start, end in zip(starts, [*marks, len(lower)], strict=True) if lower[start:end].strip()]


def thoughts_in(text: str) -> str:
    """The think blocks of `text` with their marks, as the extractors leave them out; empty where there are none."""
    return "\n".join(text[start:end].strip() for start, end in thoughts(folded(text)))


def parted(text: str, span: tuple[int, int] | None = None) -> tuple[str, str, tuple[int, int] | None]:
    """`text` without its think blocks, those blocks, and where `span` of the text then is (None where it lies in a block)."""
    spans = thoughts(folded(text))
    if not spans:
        return text, "", span
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    shown = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return shown.strip(), thoughts_in(text), span and _moved(span, spans, len(shown) - len(shown.lstrip()))


def _moved(span: tuple[int, int], spans: list[tuple[int, int]], stripped: int) -> tuple[int, int] | None:
    """`span` where `spans` and so many characters at the beginning are taken out."""
    start, end = span
    gone = stripped + sum(last - first for first, last in spans if last <= start)
    overlaps = any(first < end and start < last for first, last in spans)
    return None if overlaps or start < gone else (start - gone, end - gone)
