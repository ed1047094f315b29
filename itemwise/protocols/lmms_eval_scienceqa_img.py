"""lmms-eval's scienceqa_img (0.7.3, its default format): LLaVA's words, 16 tokens, and a letter that begins the reply."""

from collections.abc import Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.llava_scienceqa import context_first
from itemwise.protocols.protocol import Protocol
from itemwise.protocols.scienceqa_rows import scienceqa_cases


def scienceqa_img(source: Source) -> Iterator[Case]:
    """A row with its picture."""
    return scienceqa_cases(source, context_first)


def letter_at_the_start(text: str) -> str | None:
    """A reply of one letter, whatever its case, or the capital before a full stop that a reply begins with."""
    reply = text.strip()
    if len(reply) == 1 and reply.isalpha():
        return reply.upper()
    return reply[0] if reply[:1].isupper() and reply[1:2] == "." else None


LETTER = NamedExtractor("lmms-eval-letter", letter_at_the_start)
PROTOCOL = Protocol("lmms-eval/scienceqa_img", "scienceqa", scienceqa_img, "{question}", Examples(()), "turns", 16, LETTER)
