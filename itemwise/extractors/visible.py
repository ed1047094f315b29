"""Cleans a reply for the extractors: think blocks blanked, cut at the next question, look-alike characters made plain.

Every cleaning keeps the length of the text, so that a position found in it is a position in the reply.
"""

import re
from collections.abc import Iterator

_LOOKALIKES: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms
_LOOKALIKES |= {ord(dash): "-" for dash in "−‐‑‒–—﹣"}
_LOOKALIKES |= {ord(quote): '"' for quote in "“”„″"} | {ord(quote): "'" for quote in "‘’"}
_LOOKALIKES |= {ord(space): " " for space in "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\ufeff\u200b"}
_LOOKALIKES |= {ord(odd): plain for odd, plain in zip("İ【】", "i[]", strict=True)}
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


def visible_parts(text: str) -> Iterator[tuple[str, int]]:
    """The parts of a reply that may hold its answer, in order, each with its offset: the turns of the folded text without thoughts."""
    shown = without_thoughts(folded(text))
    yield from ((shown[start:end], start) for start, end in turns(shown.lower()))


def folded(text: str) -> str:
    """The text with full-width forms, odd dashes, quotes and spaces made plain; as long as it was."""
    return text if text.isascii() else text.translate(_LOOKALIKES)


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
