"""Parses the number a phrase states, as a person reads it: "x = 12", "$18 for 3 hats", "not 18 but 17", "3x + 4" (none)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from itemwise.extractors.number.narrowing import after_conclusion, without_asides, without_denials, without_reasons
from itemwise.extractors.number.number_words import spelled_number
from itemwise.extractors.number.numeral import opposite, ratio_text
from itemwise.extractors.number.phrase_tokens import Token, sentences, tokens
from itemwise.extractors.number.vocabulary import AMOUNTS, HEDGES, OBLIGING, PASSING, SAYING, VAGUE


class NumberMatch(NamedTuple):
    """The canonical text of the number a phrase states and its span; `number` is None where it states something else."""

    number: str | None
    start: int
    end: int

    def shifted(self, offset: int) -> NumberMatch:
        """The same match in the text that holds the phrase at `offset`."""
        return NumberMatch(self.number, self.start + offset, self.end + offset)


_SYMBOLS = {"π", "√", "∞", "±", "\\pi", "\\sqrt", "\\infty", "\\pm", "\\overline", *"⁰¹²³⁴⁵⁶⁷⁸⁹"}
_MINUS = ("-", "minus", "negative", "负")
_VARIABLES = set("xyznkabpqrtuvw")


def number_in_announcement(phrase: str) -> NumberMatch | None:
    """The number that announced words state, in their first sentence; None where it speaks of no number at all.

    A match with number None means that the words do state something, but no single number: an expression in
    unknowns, two different values, a range.
    """
    first = next(iter(sentences(tokens(phrase))), None)
    return _read_sentence(first, announced=True) if first else None


def number_in_prose(prose: str) -> NumberMatch | None:
    """The number that a piece of prose tells, in its last sentence with one; otherwise as `number_in_announcement`."""
    spoken = sentences(tokens(prose))
    with_numbers = [sentence for sentence in spoken if any(token.kind == "number" for token in sentence)]
    return _read_sentence((with_numbers or spoken)[-1], announced=False) if spoken else None


def opens_with_number(phrase: str) -> bool:
    """Whether the phrase comes to its number, or to an expression, at once."""
    first = next(iter(sentences(tokens(phrase))), None)
    return first is not None and _opens_with_number(first)


def number_in_words(phrase: str) -> NumberMatch | None:
    """The one number in words that the phrase has, None where it has none or several; "one" alone is a pronoun."""
    words = [token for token in tokens(phrase) if token.kind in ("word", "letter")]
    numbers: dict[str, NumberMatch] = {}
    inside = False
    for index, token in enumerate(words):
        spelled = spelled_number([word.text for word in words[index : index + 4]])
        if spelled and not inside and (spelled != (1, 1) or len(words) == 1):
            numbers[ratio_text(*spelled)] = NumberMatch(ratio_text(*spelled), token.start, token.end)
        inside = spelled is not None
    return next(iter(numbers.values())) if len(numbers) == 1 else None


def _opens_with_number(sentence: list[Token]) -> bool:
    start = _after_hedges(sentence)
    return start < len(sentence) and sentence[start].kind in ("number", "operator", "open", "letter")


def _read_sentence(sentence: list[Token], *, announced: bool) -> NumberMatch | None:
    if not any(token.kind == "number" for token in sentence):
        return _read_without_digits(sentence)
    if not any(token.kind == "number" for token in without_denials(sentence)):
        return _no_single_number(sentence)
    sentence = _narrowed(sentence, announced=announced)
    if _assigns_several(sentence):
        return _no_single_number(sentence)
    first, *results = _equality_sides(sentence)
    readings = [_number_of_side(side, direct=True) for side in reversed(results) if side]
    readings += [_number_of_side(first, direct=announced)] if first else []
    return next((reading for reading in readings if reading and reading.number), next(filter(None, readings), None))


def _narrowed(sentence: list[Token], *, announced: bool) -> list[Token]:
    """The sentence without what it says in passing, as long as a number is left."""
    narrowings: list[Callable[[list[Token]], list[Token]]] = [
        without_asides,
        without_denials,
        after_conclusion,
        partial(without_reasons, announced=announced),
    ]
    if announced and _opens_with_number(sentence):
        narrowings.remove(after_conclusion)
    for narrow in narrowings:
        narrower = narrow(sentence)
        if any(token.kind == "number" for token in narrower):
            sentence = narrower
    return sentence


def _read_without_digits(sentence: list[Token]) -> NumberMatch | None:
    spelled = spelled_number([token.text for token in sentence if token.kind in ("word", "letter")])
    if spelled is not None:
        number = ratio_text(*spelled)
        return NumberMatch(opposite(number) if sentence[0].text in _MINUS else number, sentence[0].start, sentence[-1].end)
    if any(token.text in _SYMBOLS for token in sentence) or _is_formula(sentence):
        return _no_single_number(sentence)
    return None


def _is_formula(sentence: list[Token]) -> bool:
    kinds = {token.kind for token in sentence}
    return "letter" in kinds and "operator" in kinds and "word" not in kinds


def _no_single_number(sentence: list[Token]) -> NumberMatch:
    return NumberMatch(None, sentence[0].start, sentence[-1].end)


def _assigns_several(sentence: list[Token]) -> bool:
    """Whether two values are given: "x = 3, y = 4", "x = 3 or x = 4"."""
    given = set()
    for index in range(len(sentence) - 2):
        name, equals, value = sentence[index : index + 3]
        behind = sentence[index + 3].kind if index + 3 < len(sentence) else "stop"
        free = index == 0 or sentence[index - 1].kind in ("comma", "word")
        whole = value.kind == "number" and behind not in ("letter", "operator")
        if free and whole and name.kind == "letter" and equals.text == "=":
            given.add((name.text, value.text))
    return len(given) > 1


def _equality_sides(sentence: list[Token]) -> list[list[Token]]:
    sides: list[list[Token]] = [[]]
    for token in sentence:
        if token.kind == "equals":
            sides.append([])
        else:
            sides[-1].append(token)
    return sides


def _after_hedges(side: list[Token]) -> int:
    index = 0
    while index < len(side) and (side[index].text in HEDGES or side[index].kind == "comma"):
        index += 1
    return index


def _number_of_side(side: list[Token], *, direct: bool) -> NumberMatch | None:
    """The number of one side of an equality; where it is `direct`, a number it opens with is the one it gives."""
    start = _after_hedges(side)
    if start == len(side):
        return None
    first = side[start]
    if first.kind == "open":
        return _read_bracketed(side[start:])
    if first.text in _SYMBOLS:
        return _no_single_number(side)
    counts_things = not direct or (start > 0 and side[start - 1].text == "the")
    if first.kind == "number" and counts_things and sum(token.kind == "number" for token in side) > 1:
        return _main_number(side)
    if first.kind == "number" or (first.text in ("+", *_MINUS) and start + 1 < len(side) and side[start + 1].kind == "number"):
        index = start + (first.kind != "number")
        return _no_single_number(side) if _is_continued(side, index) else _signed(side, index)
    if first.kind in ("letter", "operator"):
        return _no_single_number(side)
    return _main_number(side)


def _read_bracketed(side: list[Token]) -> NumberMatch | None:
    """The number in "(12)" or "{12}"; an interval, pair or product in brackets is no single number."""
    numbers = [index for index, token in enumerate(side) if token.kind == "number"]
    if len(numbers) != 1:
        return _no_single_number(side)
    if any(token.kind in ("letter", "operator") and token.text not in _MINUS for token in side):
        return _no_single_number(side)
    return _signed(side, numbers[0])


def _is_continued(side: list[Token], index: int) -> bool:
    """Whether the number at this index is only the start of an expression, a list or a range."""
    rest = side[index + 1 : index + 4]
    if not rest:
        return False
    following = rest[0]
    if following.text in _SYMBOLS:
        return True
    if following.kind == "letter" and following.text in _VARIABLES:
        return following.start == side[index].end or following.text in "xyz"
    if following.kind == "operator":
        return any(token.kind in ("number", "letter") for token in rest[1:2]) or _opens_operand(rest[1:])
    if following.kind == "open":
        return following.start == side[index].end and len(rest) > 1 and rest[1].kind != "word"
    return _is_list(side[index], rest)


def _opens_operand(rest: list[Token]) -> bool:
    return len(rest) > 1 and rest[0].kind == "open" and rest[1].kind in ("number", "letter")


def _is_list(number: Token, rest: list[Token]) -> bool:
    """Whether another value follows: "12 or 14", "3, 4", "2 hours 30 minutes", "15 apples and 3 pears"."""
    if rest[0].kind == "number":
        return True
    joins = [token.text in ("and", "or", "to", "或", "和", "与") or token.kind == "comma" for token in rest]
    if len(rest) > 1 and joins[0]:
        return rest[1].kind == "number" and rest[1].text != number.text
    if len(rest) > 1 and rest[0].kind == "word" and rest[1].kind == "number":
        return rest[0].text not in PASSING
    return len(rest) > 2 and rest[0].kind == "word" and rest[1].text in ("and", "or") and rest[2].kind == "number"


def _signed(side: list[Token], index: int) -> NumberMatch:
    token = side[index]
    if index and side[index - 1].text in _MINUS and _is_sign(side, index - 1):
        return NumberMatch(opposite(token.text) if token.text else None, side[index - 1].start, token.end)
    return NumberMatch(token.text or None, token.start, token.end)


def _is_sign(side: list[Token], index: int) -> bool:
    """Whether the dash at this index is a minus; between words or with room on both sides it is punctuation."""
    if index and side[index - 1].kind in ("number", "letter", "close"):
        return False
    glued = side[index + 1].start - side[index].end <= 2
    return glued and (index == 0 or side[index - 1].kind != "word" or side[index + 1].start == side[index].end)


def _main_number(side: list[Token]) -> NumberMatch:
    """The number a sentence is about: said of its subject rather than hung on a preposition, else the last one."""
    indices = [index for index, token in enumerate(side) if token.kind == "number"]
    if not indices:
        return _no_single_number(side) if _is_formula(side) else NumberMatch(None, side[0].start, side[-1].end)
    best = max(indices, key=lambda index: (_weight(side, index), index))
    joined = [index for index in indices if best - 4 <= index <= best and _weight(side, index) >= 0]
    return _no_single_number(side) if any(_is_continued(side, index) for index in joined) else _signed(side, best)


def _weight(side: list[Token], index: int) -> int:
    """1 for a number that the sentence says of its subject, -1 for one in passing, 0 where that is open."""
    before = ["", "", "", *(token.text for token in side[:index] if token.kind != "operator" and token.text not in VAGUE)]
    verb, last = before[-2:]
    if last == "of":
        return 1 if verb in AMOUNTS else -1 if verb else 0
    if verb == "to":
        return 1 if before[-3] in OBLIGING else -1
    return (last in SAYING) - (last in PASSING)
