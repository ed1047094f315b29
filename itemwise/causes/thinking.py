"""The cause "thought until the limit": the reply was cut off while it still thought. And what a reply says aloud, for other causes."""

from functools import lru_cache

from itemwise.causes.cause import THOUGHT, Cause, cause, quote
from itemwise.extractors import reply_marks
from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reply_parts import UNCLOSED, blanked, reply_parts
from itemwise.language import phrase

__all__ = ["said_aloud", "unfinished_thought"]


@lru_cache(maxsize=2)  # several causes ask it of the same reply, one after the other
def said_aloud(text: str) -> str:
    """The folded text with its thoughts blanked, as long as it was."""
    return blanked(folded(text), [(part.start, part.end) for part in reply_parts(text) if part.kind in (reply_marks.THOUGHT, UNCLOSED)])


def unfinished_thought(text: str, reasoning: str) -> Cause | None:
    """The thought that a reply, cut off by the token limit, never closed, with its length and its last words.

    `reasoning` is what the model thought where that came beside the text, which is empty then.
    """
    if reasoning and not text.strip():
        return _thought(reasoning, 0, len(reasoning))
    last = reply_parts(text)[-1:]
    return _thought(text, last[0].start, last[0].end) if last and last[0].kind == UNCLOSED else None


def _thought(text: str, start: int, end: int) -> Cause:
    return cause(THOUGHT, phrase("cut off after {n} characters of thought: {words}", n=end - start, words=quote(text, end, end)))
