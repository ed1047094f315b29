r"""`same_expression`: whether an answer has the value of the gold; what cannot be told is undecided, neither right nor wrong."""

from __future__ import annotations

import re
from contextlib import suppress

from itemwise.cases.reply import Undecided
from itemwise.expressions.comparison import numbers_said, same
from itemwise.expressions.expression import Expression, ExpressionError, Name, Number, Operation, Words
from itemwise.expressions.latex_parser import parsed
from itemwise.expressions.latex_tokens import LONGEST
from itemwise.extractors.named_extractor import NotTheSame
from itemwise.language import phrase

__all__ = ["same_expression"]

_SHOWN = 100  # characters of a text in a message
_LOOKS = re.compile(r"\\(?:left|right|displaystyle|[!,;: ])(?![a-zA-Z])|[\s$]")
_SPACE = re.compile(r"(?<![\w.]) | (?![\w.])")
_COMMANDS = re.compile(r"\\(?:text[a-z]*|math[a-z]+|[mhf]box|boxed|emph|q?quad|left|right|displaystyle|[\[\]()])|[{}$]")
_APART = re.compile(r"[\W_]+")
_OPEN = re.compile(r"[<>]|\\[lg]e|\\end")  # another relation, or the rest of something
_CHOICE = re.compile(r"(?:(?i:option|choice|answer)\s*:?\s*)?\(?([A-Z])\)?(?![A-Za-z])[\s.:]*(\S?)")
_ARTICLE = re.compile(r"^(?:an?|the) ")
_PLURAL = re.compile(r"(?<=[a-z]{3})s(?= |$)")
_LETTERS = re.compile(r"[A-Za-z][A-Za-z ]+")
_SAYS = re.compile(r"=|:|\b(?:is|are|equals)\b")
_PROSE = re.compile(r"(?:(?<![\\A-Za-z{])[A-Za-z]{2,}[^A-Za-z\\]+){3}")
_WORKED = re.compile(r"[\\^=√π]|\d\s*[*/+!]|[*/+]\s*\d")  # what is worked out, and may be any number


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
    if answer == gold or _written(answer) == _written(gold) or _are_same_letters(answer, gold):
        return True
    try:
        told = _compared(answer, gold)
    except ExpressionError as reason:
        why = phrase("{words} is not compared with {gold}: {fault}", words=_quoted(answer), gold=_quoted(gold), fault=str(reason))
        raise Undecided(why) from None
    if told is None:
        raise Undecided(phrase("{words} may or may not count as {gold}", words=_quoted(answer), gold=_quoted(gold)))
    return told


def _quoted(text: str) -> str:
    return repr(str(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _written(text: str) -> str:
    """The text without what changes only its looks, as far as it is read at all; "1 2" is not "12"."""
    return _SPACE.sub("", " ".join(_LOOKS.sub(" ", text).split())).rstrip(" .") if len(text) <= LONGEST else text


def _compared(answer: str, gold: str) -> bool | None:
    wanted = _read(gold, "the gold is not understood, {fault}")
    if isinstance(wanted, Words):
        return _same_word(answer, wanted.text)
    if isinstance(wanted, Name) and "text" in gold and wanted.text.isupper():
        return _same_letter(answer, wanted.text)
    try:
        return same(_read_answer(answer), wanted)
    except ExpressionError:
        if _is_other_prose(answer, wanted):
            return False
        raise


def _read_answer(text: str) -> Expression:
    """The expression of an answer; where what it begins with is not understood, or is words, what stands behind the last "=" or "is"."""
    found: Expression | ExpressionError
    try:
        found = _read(text, "the answer is not understood, {fault}")
    except ExpressionError as fault:
        found = fault
    if len(text) <= LONGEST and (isinstance(found, ExpressionError) or (isinstance(found, Words) and _SAYS.search(found.text))):
        for last in (text.rpartition("=")[2], _SAYS.split(text)[-1]):
            with suppress(ExpressionError):
                if last != text and not _OPEN.search(last):
                    return parsed(last)
    return _raised(found)


def _raised(found: Expression | ExpressionError) -> Expression:
    if isinstance(found, ExpressionError):
        raise found
    return found


def _read(text: str, told: str) -> Expression:
    """The expression of a text. Raises ExpressionError with what `told` says of the fault."""
    try:
        return parsed(text)
    except ExpressionError as reason:
        raise ExpressionError(phrase(told, fault=str(reason))) from None


def _same_word(answer: str, gold: str) -> bool | None:
    """Whether the answer is the word; None where it is among others."""
    said, wanted = _said(answer), _said(gold)
    if said.replace(" ", "") == wanted.replace(" ", ""):
        return True
    return None if f" {wanted} " in f" {said} " else False


def _said(text: str) -> str:
    """The words of a text in lowercase, without an article before them and in the singular."""
    return _PLURAL.sub("", _ARTICLE.sub("", _APART.sub(" ", _COMMANDS.sub(" ", text)).lower().strip()))


def _are_same_letters(answer: str, gold: str) -> bool:
    """Whether both are the same letters and nothing else, as a word in plain letters may be read as a product."""
    letters = [_COMMANDS.sub(" ", text).strip(" .") for text in (answer, gold) if len(text) <= LONGEST]
    return len(letters) == 2 and all(map(_LETTERS.fullmatch, letters)) and len(letters[1]) > 2 and _said(answer) == _said(gold)


def _is_other_prose(answer: str, gold: Expression) -> bool:
    """Whether the gold is a number, and the answer plain words that do not have it."""
    match gold:
        case Number(number) | Operation("negative", (Number(number),)):
            if len(answer) > LONGEST or not _PROSE.search(answer) or _WORKED.search(answer):
                return False
            return number not in map(abs, numbers_said(answer))
    return False


def _same_letter(answer: str, gold: str) -> bool | None:
    """Whether the answer is the option's letter; None where it goes on, and where it has no letter."""
    if not (choice := _CHOICE.match(_COMMANDS.sub("", answer).strip())):
        return None
    return False if choice[1] != gold else None if choice[2] else True
