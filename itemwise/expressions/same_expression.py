r"""`same_expression`: whether an answer has the value of the gold; what cannot be told is undecided, neither right nor wrong."""

from __future__ import annotations

import re

from itemwise.cases.reply import Undecided
from itemwise.expressions.comparison import same
from itemwise.expressions.expression import Expression, ExpressionError, Name, Words
from itemwise.expressions.latex_parser import parsed
from itemwise.expressions.latex_tokens import LONGEST
from itemwise.extractors.named_extractor import NotTheSame

__all__ = ["same_expression"]

_SHOWN = 100  # characters of a text in a message
_LOOKS = re.compile(r"\\(?:left|right|displaystyle|[!,;: ])(?![a-zA-Z])|[\s$]")
_SPACE = re.compile(r"(?<![\w.]) | (?![\w.])")
_COMMANDS = re.compile(r"\\(?:text[a-z]*|math[a-z]+|[mhf]box|boxed|emph|q?quad|left|right|displaystyle|[\[\]()])|[{}$]")
_APART = re.compile(r"[\W_]+")
_OPEN = re.compile(r"[<>]|\\[lg]e|\\end")  # another relation, or the rest of something
_CHOICE = re.compile(r"\(?([A-Z])\)?(?![A-Za-z])[\s.:]*(\S?)")


def same_expression(answer: str | None, gold: str) -> bool:
    r"""Whether an answer has the value of the gold, both written in LaTeX or as plain text. None is no answer.

    Exact: 0.333 is not 1/3, and of 0.3333333333 it cannot be told. A unit that one of them leaves out is no matter, nor is a name before an
    equals sign (``x = 3``), nor the order of a list or a set; 15% is 0.15, and 15 where the other has no percent sign. Points keep their
    order, and intervals their brackets.
    Raises `Undecided` where it cannot be told: a side is not understood or too large to compute, or it is the gold in a form that may not
    count, such as 42 for the numeral 52_8.

    >>> same_expression(r"\frac{3}{2}", "1.5"), same_expression("(3, 4]", "[3, 4]")
    (True, False)
    """
    if answer is None or isinstance(answer, NotTheSame):
        return False
    if answer == gold or _written(answer) == _written(gold):
        return True
    try:
        told = _compared(answer, gold)
    except ExpressionError as reason:
        raise Undecided(f"{_quoted(answer)} is not compared with {_quoted(gold)}: {reason}") from None
    if told is None:
        raise Undecided(f"{_quoted(answer)} may or may not count as {_quoted(gold)}")
    return told


def _quoted(text: str) -> str:
    return repr(str(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _written(text: str) -> str:
    """The text without what changes only its looks, as far as it is read at all; "1 2" is not "12"."""
    return _SPACE.sub("", " ".join(_LOOKS.sub(" ", text).split())).rstrip(" .") if len(text) <= LONGEST else text


def _compared(answer: str, gold: str) -> bool | None:
    wanted = _read(gold, "the gold")
    if isinstance(wanted, Words):
        return _same_word(answer, wanted.text)
    if isinstance(wanted, Name) and "text" in gold:
        return _same_letter(answer, wanted.text)
    return same(_read_answer(answer), wanted)


def _read_answer(text: str) -> Expression:
    """The expression of an answer; of an equation whose beginning is not understood what stands behind the last equals sign."""
    try:
        return _read(text, "the answer")
    except ExpressionError as fault:
        _, equals, last = text.rpartition("=")
        if not equals or _OPEN.search(last):
            raise
        try:
            return parsed(last)
        except ExpressionError:
            raise fault from None


def _read(text: str, what: str) -> Expression:
    try:
        return parsed(text)
    except ExpressionError as reason:
        raise ExpressionError(f"{what} is not understood, {reason}") from None


def _same_word(answer: str, gold: str) -> bool | None:
    """Whether the answer is the word; None where it is among others."""
    said, wanted = (_APART.sub(" ", _COMMANDS.sub(" ", text)).lower().strip() for text in (answer, gold))
    if said.replace(" ", "") == wanted.replace(" ", ""):
        return True
    return None if f" {wanted} " in f" {said} " else False


def _same_letter(answer: str, gold: str) -> bool | None:
    """Whether the answer is the option's letter; None where it goes on, and where it has no letter."""
    if not (choice := _CHOICE.match(_COMMANDS.sub("", answer).strip())):
        return None
    return False if choice[1] != gold else None if choice[2] else True
