"""Options that stand in the text of a question: on lines of their own, or behind "Options:" in one."""

import re
from typing import NamedTuple

__all__ = ["InlineOptions", "inline_options"]

_LINE = re.compile(r"^[ \t]*\(?([A-Z])[.):][ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_WITHOUT_A_DOT = re.compile(r"^[ \t]*\(?([A-Z])[.):]?[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"\s*\b(?:Options|Choices)\s*:\s*")
_LABEL = re.compile(r"(?:^|(?<=[,;\n])|(?<=\s))\s*\(?([A-Z])[.):]\s+")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class InlineOptions(NamedTuple):
    """What is asked before the options, their texts in the order of their letters, and what is said behind them."""

    question: str
    options: tuple[str, ...]
    behind: str


def inline_options(text: str) -> InlineOptions:
    r"""The text in its parts; without options, which are two or more in the order of the alphabet, all of it is the question.

    >>> inline_options("What is it?\nOptions: A: a cup, B: a pen")
    InlineOptions(question='What is it?', options=('a cup', 'a pen'), behind='')
    """
    lines = list(_LINE.finditer(text))
    if len(lines) > 1 and not _in_order([line[1] for line in lines]):  # the dot behind a letter between two others may be missing
        lines = list(_WITHOUT_A_DOT.finditer(text, lines[0].start(), lines[-1].end()))
    if len(lines) > 1 and _in_order([line[1] for line in lines]):
        before = _HEADING.sub("", text[: lines[0].start()])
        return InlineOptions(before.strip(), tuple(line[2] for line in lines), text[lines[-1].end() :].strip())
    heading = next(iter(reversed(list(_HEADING.finditer(text)))), None)
    options = _in_a_line(text[heading.end() :]) if heading else ()
    return InlineOptions(text[: heading.start()].strip(), options, "") if heading and options else InlineOptions(text.strip(), (), "")


def _in_a_line(text: str) -> tuple[str, ...]:
    """The options of "A: a cup, B: a pen": each letter is looked for behind the one before it."""
    starts: list[tuple[int, int]] = []
    for letter in _LETTERS:
        after = starts[-1][1] if starts else 0
        label = next((label for label in _LABEL.finditer(text, after) if label[1] == letter), None)
        if label is None or (not starts and label.start()):
            break
        starts.append(label.span())
    ends = [*(start for start, _ in starts[1:]), len(text)]
    texts = tuple(text[begin:end].strip().rstrip(",;").strip() for (_, begin), end in zip(starts, ends, strict=True))
    return texts if len(texts) > 1 and all(texts) else ()


def _in_order(letters: list[str]) -> bool:
    return "".join(letters) == _LETTERS[: len(letters)]
