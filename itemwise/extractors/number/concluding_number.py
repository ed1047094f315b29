"""Reads the number of the sentence that ends a reply without an announcement: "Therefore she pays $18.", or just the last number."""

import re
from collections.abc import Iterator

from itemwise.extractors.number.number_phrase import NumberMatch, number_in_prose, number_in_words
from itemwise.extractors.sentence_end import is_finished

_TAIL = 1500  # characters from the end in which a conclusion is looked for
_BREAK = re.compile(r"(?<![0-9][a-z])[.!](?=[\s*\"')]|$)[*\"')]*|[。!]|(?P<question>\?)[*\"')]*|\n+")
_DIGIT = re.compile("[0-9½¼¾]")
_CUE = re.compile(
    r"[\s*_#>$-]*(?:(?:and|but),? )?(?:therefore|thus|hence|so|finally|in total|altogether|in conclusion|overall|as a result"
    r"|consequently|in all|in summary|this means|that means|which means|to conclude|the total|total"
    r"|因此|所以|综上|故|总共|一共|最终|于是)(?![a-z])|\\therefore"
)
_AFTERWORD = re.compile(
    r"[\s*_#>(-]*(?:note|check|verif|let me know|let's (?:check|verify)|to (?:check|verify)|i hope|please|remember|explanation"
    r"|this (?:assumes|is because)|if you (?:have|need|want)|assuming|hope this)"
)
_PREAMBLE = re.compile(r"(?:sure|okay|ok|certainly|of course|let's|let us|here (?:is|are)|here's|i will|i'll|to (?:solve|find))\b[^=]*$")
_PROGRAM = re.compile(r"^(?:def \w+\(|import \w+|from \w+ import|class \w+)", re.MULTILINE)
_CODE = re.compile(r"```[ \t]*(?:python|py|sympy|javascript|js|c|cpp|java|sql|bash)\b.*?(?:```|\Z)", re.DOTALL)
_BOLD = re.compile(r"\*\*[^*\n]{1,60}\*\*")


def concluded_number(part: str) -> tuple[NumberMatch, str] | None:
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


def _in_words(prose: str) -> tuple[NumberMatch, str] | None:
    """The one number that a short reply without any digit spells out: "Zero.", "所以小明有十二个苹果"."""
    if len(prose) > _TAIL or _DIGIT.search(prose):
        return None
    match = number_in_words(prose)
    return (match, "last number") if match else None


def _prose(part: str) -> str | None:
    if part.lstrip(" \n\t`").startswith(("{", "json")):
        return None
    if "```" in part:
        part = _CODE.sub(lambda code: " " * len(code.group()), part)
    prose = part.strip()
    if _PROGRAM.search(part) or ("\n" not in prose and _PREAMBLE.match(prose)):
        return None
    return part.rstrip()


def _sentences_from_the_end(prose: str, offset: int) -> Iterator[tuple[int, int]]:
    spans, start = [], offset
    for mark in _BREAK.finditer(prose, offset):
        if not mark["question"]:
            spans.append((start, mark.start()))
        start = mark.end()
    spans.append((start, len(prose)))
    return (span for span in reversed(spans) if _DIGIT.search(prose, *span))


def _read(prose: str, start: int, end: int, rule: str) -> tuple[NumberMatch, str] | None:
    bold = [match for match in _BOLD.finditer(prose, start, end) if _DIGIT.search(match.group())]
    if len(bold) == 1:
        start, end = bold[0].span()
    match = number_in_prose(prose[start:end])
    return (match.shifted(start), rule) if match else None
