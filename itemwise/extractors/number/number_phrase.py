"""Parses the number a phrase states, as a person reads it: "x = 12", "$18 for 3 hats", "not 18 but 17", "3x + 4" (none)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from itemwise.extractors.number.narrowing import after_conclusion, without_asides, without_conditions, without_denials, without_reasons
from itemwise.extractors.number.number_words import continues_number, is_number_word, is_share, spelled_number
from itemwise.extractors.number.numeral import opposite, ratio_text
from itemwise.extractors.number.phrase_tokens import Token
from itemwise.extractors.number.terms import MINUS, sentences, tokens
from itemwise.extractors.number.vocabulary import AMOUNTS, COPULAS, GIVING, HEDGES, OBLIGING, OF, PASSING, PURPOSES, REACHING, SAYING, VAGUE


class NumberMatch(NamedTuple):
    """The canonical text of the number a phrase states and its span; `number` is None where it states something else."""

    number: str | None
    start: int
    end: int

    def shifted(self, offset: int) -> NumberMatch:
        """The same match in the text that holds the phrase at `offset`."""
        return NumberMatch(self.number, self.start + offset, self.end + offset)


_BULLET = re.compile(r"\s*(?:[-*+•·>]\s+)+")
_BARE = re.compile(r"[ $]{0,9}([1-9][0-9]{0,15})\.?\s{0,9}\}?")  # most announcements: read without the grammar
_OPTION = re.compile(r"[\s$*_{]{0,9}(?:\\text(?:bf)?\{)?\(?[a-j]\)[\s}:.]{1,9}(?=-?[\\$0-9])")  # "(b) 12" says 12
_JOINS = frozenset(("and", "or", "to", "by", "plus", "或", "和", "与", "及", "至", "到"))
_TOTALS = frozenset(("total", "sum", "answer", "so", "thus", "therefore", "altogether"))
_BOUNDS = frozenset(("at", "least", "most", "about", "around", "approximately"))
_LONGEST_NAME = 8  # words of a unit and what it is of: "30 liters of the first kind and 20 liters of the second"
_LONGEST_UNIT = 3  # words between two numbers of a list: "8 green boxes and 5 white boxes"


def number_in_announcement(phrase: str) -> NumberMatch | None:
    """The number that announced words state, in their first sentence; None where it speaks of no number at all.

    A match with number None means that the words do state something, but no single number: an expression in
    unknowns, two different values, a range.
    """
    if bare := _BARE.fullmatch(phrase):
        return NumberMatch(bare[1], *bare.span(1))
    option = _OPTION.match(phrase)
    first = next(iter(sentences(tokens(phrase[option.end() :].rjust(len(phrase)) if option else phrase))), None)
    return _read_sentence(first, announced=True) if first else None


def number_in_prose(prose: str) -> NumberMatch | None:
    """The number that a piece of prose tells, in its last sentence with one; otherwise as `number_in_announcement`."""
    bullet = _BULLET.match(prose)
    line = tokens(prose if bullet is None else prose[bullet.end() :].rjust(len(prose)))
    spoken = sentences([token for token in line if not token.attribute])
    with_numbers = [sentence for sentence in spoken if any(token.kind == "number" for token in sentence)]
    return _read_sentence((with_numbers or spoken)[-1], announced=False) if spoken else None


def opens_with_number(phrase: str) -> bool:
    """Whether the phrase comes to its number, or to an expression, at once."""
    first = next(iter(sentences(tokens(phrase))), None)
    return first is not None and _opens_with_number(first)


def number_in_words(phrase: str) -> NumberMatch | None:
    """The one number in words that the phrase has, None where it has none or several; "one" alone is a pronoun."""
    words = [token for token in tokens(phrase) if token.kind in ("word", "letter", "operator")]
    numbers: dict[str, NumberMatch] = {}
    after = 0
    for index, token in enumerate(words):
        if index < after or not is_number_word(token.text):
            continue
        after = next((at for at in range(index, len(words)) if not continues_number(words[at].text)), len(words))
        spelled = spelled_number([word.text for word in words[index : max(after, index + 1) + 3]])
        if spelled and (spelled != (1, 1) or len(words) == 1):
            negative = index > 0 and words[index - 1].text in MINUS
            number = opposite(ratio_text(*spelled)) if negative else ratio_text(*spelled)
            numbers[number] = NumberMatch(number, words[index - negative].start, token.end)
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
    if _assigns_several(sentence) or _shares_out(sentence):
        return _no_single_number(sentence)
    first, *results = _equality_sides(sentence)
    if len(results) == 1 and any(token.unknown for token in first):
        return _no_single_number(sentence)
    readings = [_number_of_side(side, direct=True) for side in reversed(results) if side]
    readings += [_number_of_side(first, direct=announced)] if first else []
    return next(filter(None, readings), None)


def _narrowed(sentence: list[Token], *, announced: bool) -> list[Token]:
    """The sentence without what it says in passing, as long as a number is left."""
    narrowings: list[Callable[[list[Token]], list[Token]]] = [
        without_asides,
        without_conditions,
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
        return NumberMatch(opposite(number) if sentence[0].text in MINUS else number, sentence[0].start, sentence[-1].end)
    if _is_formula(sentence):
        return _no_single_number(sentence)
    return None


def _is_formula(sentence: list[Token]) -> bool:
    kinds = {token.kind for token in sentence}
    return "letter" in kinds and "operator" in kinds and "word" not in kinds


def _no_single_number(sentence: list[Token]) -> NumberMatch:
    return NumberMatch(None, sentence[0].start, sentence[-1].end)


def _assigns_several(sentence: list[Token]) -> bool:
    """Whether two values are given: "x = 3, y = 4", "x = 3 or x = 4", "pens = 3, hats = 7"."""
    given = set()
    name: list[str] = []
    for index, token in enumerate(sentence[:-1]):
        value = sentence[index + 1]
        behind = sentence[index + 2] if index + 2 < len(sentence) else None
        if token.text == "=" and name and value.kind == "number":
            ends = behind is None or behind.kind in ("comma", "word")
            given.update([(" ".join(name), value.text)] if ends and not _TOTALS.intersection(name) else [])
            name = []
        elif token.kind in ("word", "letter") and token.text not in _JOINS:
            name.append(token.text)
        else:
            name = []
    return len(given) > 1


def _shares_out(sentence: list[Token]) -> bool:
    """Whether the sentence names several values "respectively"."""
    given = {token.text for token in sentence if token.kind == "number"}
    return len(given) > 1 and any(token.text in ("respectively", "分", "别") for token in sentence)


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
    counts_things = not direct or (start > 0 and side[start - 1].text == "the")
    if first.kind == "number" and counts_things and sum(token.kind == "number" for token in side) > 1:
        return _main_number(side)
    if first.kind == "number":
        return _no_single_number(side) if _is_continued(side, start) or _is_label(side, start) else _number(first)
    if first.kind in ("letter", "operator"):
        return _no_single_number(side)
    return _main_number(side)


def _read_bracketed(side: list[Token]) -> NumberMatch | None:
    """The number in "(12)" or "{12}"; an interval, pair or product in brackets is no single number."""
    numbers = [index for index, token in enumerate(side) if token.kind == "number"]
    if len(numbers) != 1:
        return _no_single_number(side)
    if any(token.kind in ("letter", "operator") for token in side):
        return _no_single_number(side)
    return _number(side[numbers[0]])


def _is_continued(side: list[Token], index: int) -> bool:
    """Whether another value follows the number: "12 or 14", "3, -4", "2 hours 30 minutes", "8 green boxes and 5 white boxes"."""
    number, rest = side[index], side[index + 1 : index + 4 + _LONGEST_NAME]
    unit = next((at for at, token in enumerate(rest) if token.kind not in ("word", "letter") or token.text in _JOINS), len(rest))
    after = rest[unit:]
    if not after:
        return False
    if unit > _LONGEST_UNIT:
        return len(after) > 2 and after[0].text in _JOINS and after[1].kind == "number" and after[2].text == rest[0].text
    if after[0].kind == "number":
        return _adjoins(number, [token.text for token in rest[:unit]], last=len(after) == 1)
    joins = next((at for at, token in enumerate(after) if token.kind != "comma" and token.text not in _JOINS), len(after))
    joins += sum(token.text in _BOUNDS for token in after[joins : joins + 2]) if joins else 0
    if not joins or joins == len(after) or after[joins].kind != "number":
        return False
    if unit == 0:
        return after[joins].text != number.text or not number.text
    beside = len(after) == joins + 2 and after[joins + 1].kind == "word"  # "27 books, 18 pens"
    return beside or not after[joins].text or any(token.text in _JOINS for token in after[:joins])


def _is_label(side: list[Token], index: int) -> bool:
    """Whether the number only counts the items of a list: "1) 30"."""
    return index + 2 < len(side) and side[index + 1].kind == "close"


def _adjoins(number: Token, between: list[str], *, last: bool) -> bool:
    """Whether a number behind these words belongs to the one before them: "2 hours 30", "20 percent of 45", "1 in 6"."""
    if between in (["of"], ["percent", "of"]) or not between:
        return True
    if len(between) > 1:
        return False
    chance = number.text == "1" and between == ["in"] and last
    return chance or (between[0] not in PASSING and not between[0].endswith("ing"))


def _is_part(side: list[Token], index: int) -> bool:
    """Whether the number only ends a range or is what a share is taken of: "between 3 and 7", "half of 36"."""
    if index < 2:
        return False
    before, join = side[index - 2 : index]
    return (join.text in _JOINS and before.kind == "number" and before.text != side[index].text) or (
        join.text == "of" and is_share(before.text)
    )


def _number(token: Token) -> NumberMatch:
    return NumberMatch(token.text or None, token.start, token.end)


def _main_number(side: list[Token]) -> NumberMatch:
    """The number a sentence is about: said of its subject rather than hung on a preposition, else the last one."""
    indices = [index for index, token in enumerate(side) if token.kind == "number"]
    if not indices:
        return _no_single_number(side) if _is_formula(side) else NumberMatch(None, side[0].start, side[-1].end)
    weights = {index: _weight(side, index) for index in indices}
    for aside in _asides(side, indices[0], min((index for index in indices if weights[index] > 0), default=len(side))):
        weights.update((index, -1) for index in indices if index in aside)
    best = max(indices, key=lambda index: (weights[index], index))
    start = max((at + 1 for at in range(best) if side[at].text in COPULAS), default=0)  # "the sum of 3 and 4 is 7"
    joined = [index for index in indices if max(start, best - 4) <= index <= best and weights[index] >= 0]
    if _is_part(side, best) or any(_is_continued(side, index) for index in joined):
        return _no_single_number(side)
    return _number(side[best])


def _asides(side: list[Token], first: int, said: int) -> Iterator[range]:
    """Where the sentence says what for, of what, or compares: "took 12 hours *to* cover 360 miles", up to "which is ..."."""
    triples = zip(side[first:], side[first + 1 :], side[first + 2 :], strict=False)
    for at, (before, token, after) in enumerate(triples, first + 1):
        if token.text in PURPOSES or (at > said and _opens_aside(before, token, after)):
            ends = (end for end in range(at, len(side) - 1) if side[end].text == "which" and side[end + 1].text in COPULAS)
            yield range(at, next(ends, len(side)))
            return


def _opens_aside(before: Token, token: Token, after: Token) -> bool:
    if token.text == "to":
        return before.kind in ("word", "number") and before.text not in OBLIGING and after.kind == "word" and after.text not in PASSING
    return token.text == "than" or (token.text in ("that", "which") and after.text not in COPULAS)


def _weight(side: list[Token], index: int) -> int:
    """1 for a number that the sentence says of its subject, -1 for one in passing, 0 where that is open."""
    before = ["", "", "", *(token.text for token in side[:index] if token.kind != "operator" and token.text not in VAGUE)]
    verb, last = before[-2:]
    if last in OF:
        return -1 if before[-3] == "at" else 1 if verb in AMOUNTS else -1 if verb else 0
    if last == "to":
        return 0 if verb in REACHING or verb[:1].isalpha() else -1
    if verb == "to":
        return 1 if before[-3] in OBLIGING else -1
    return (last in SAYING or (verb in GIVING and last not in PASSING)) - (last in PASSING)
