"""The number of the sentence that ends a reply which announces no answer: "Therefore she pays $18.", or just the last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from itemwise.extractors.pattern import pattern
from itemwise.extractors.phrase import Stated, spelled_in, told_number

_TAIL = 1500  # characters from the end in which a conclusion is looked for
_BREAK = pattern(r"(?<![0-9][a-z])[.!](?=[\s*\"')]|$)[*\"')]*|[。!]|(?P<question>\?)[*\"')]*|\n+")
_DIGIT = pattern("[0-9½¼¾]")
_CUE = pattern(
    r"[\s*_#>$-]*(?:(?:and|but),? )?(?:therefore|thus|hence|so|finally|in total|altogether|in conclusion|overall|as a result"
    r"|consequently|in all|in summary|this means|that means|which means|to conclude|the total|total"
    r"|因此|所以|综上|故|总共|一共|最终|于是)(?![a-z])|\\therefore"
)
_RESULT = pattern(r"\b(?:equals|is|are|was|get|gives|total of) [\\$€£]{0,2}[0-9][0-9.,]*%?$")
_DANGLING = pattern(r"\b(?:is|are|the|of|and|to|a|an|in|for|with|by|that|then|so|we|or|as|be|which|if|than)$", re.IGNORECASE)
_AFTERWORD = pattern(
    r"[\s*_#>(-]*(?:note|check|verif|let me know|let's (?:check|verify)|to (?:check|verify)|i hope|please|remember|explanation"
    r"|this (?:assumes|is because)|if you (?:have|need|want)|assuming|hope this)"
)
_PREAMBLE = pattern(r"(?:sure|okay|ok|certainly|of course|let's|let us|here (?:is|are)|here's|i will|i'll|to (?:solve|find))\b[^=]*$")
_PROGRAM = pattern(r"^(?:def \w+\(|import \w+|from \w+ import|class \w+)", re.MULTILINE)
_CODE = pattern(r"```[ \t]*(?:python|py|sympy|javascript|js|c|cpp|java|sql|bash)\b.*?(?:```|\Z)", re.DOTALL)
_BOLD = pattern(r"\*\*[^*\n]{1,60}\*\*")


def concluded_number(part: str) -> tuple[Stated, str] | None:
    """The concluding number of a lower-case reply and the rule that read it; None where the reply is no finished prose.

    A reply that stops inside a sentence was cut off before its answer, an object or program states none in prose.
    """
    prose = _prose(part)
    if prose is None or not is_finished(prose):
        return None
    for start, end in _sentences_from_the_end(prose, max(0, len(prose) - _TAIL)):
        if not _AFTERWORD.match(prose, start, end):
            return _read(prose, start, end, "conclusion" if _CUE.match(prose, start, end) else "last number")
    return _in_words(prose)


def _in_words(prose: str) -> tuple[Stated, str] | None:
    """The one number that a short reply without any digit spells out: "Zero.", "所以小明有十二个苹果"."""
    if len(prose) > _TAIL or _DIGIT.search(prose):
        return None
    found = spelled_in(prose)
    return (found, "last number") if found else None


def _prose(part: str) -> str | None:
    if part.lstrip(" \n\t`").startswith(("{", "json")):
        return None
    if "```" in part:
        part = _CODE.sub(lambda code: " " * len(code.group()), part)
    prose = part.strip()
    if _PROGRAM.search(part) or ("\n" not in prose and _PREAMBLE.match(prose)):
        return None
    return part.rstrip()


def is_finished(prose: str) -> bool:
    """Whether the last line ends as a sentence, or is short enough to be one value; not cut off in mid-sentence."""
    line = prose[prose.rfind("\n") + 1 :][-400:].rstrip("*_`\"')]}$ ")
    if _DANGLING.search(line):
        return False
    if line.endswith((".", "!", "?", "。", "|")) or "=" in line[-60:] or "≈" in line[-60:]:
        return not line.endswith(("...", "=", "+"))
    return bool(_RESULT.search(line)) or (len(line.split()) <= 8 and not line.endswith((",", ":", "+", "-", "*", "/", "=")))


def _sentences_from_the_end(prose: str, offset: int) -> Iterator[tuple[int, int]]:
    spans, start = [], offset
    for mark in _BREAK.finditer(prose, offset):
        if not mark["question"]:
            spans.append((start, mark.start()))
        start = mark.end()
    spans.append((start, len(prose)))
    return (span for span in reversed(spans) if _DIGIT.search(prose, *span))


def _read(prose: str, start: int, end: int, rule: str) -> tuple[Stated, str] | None:
    bold = [match for match in _BOLD.finditer(prose, start, end) if _DIGIT.search(match.group())]
    if len(bold) == 1:
        start, end = bold[0].span()
    found = told_number(prose[start:end])
    return (Stated(found.number, found.start + start, found.end + start), rule) if found else None
