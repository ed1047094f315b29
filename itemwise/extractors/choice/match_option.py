"""Which option some words of a reply name: by letter, else by an option's text, else by number where all options are numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from itemwise.extractors.choice.match_letter import LetterMatch, letters_in, opening_letter
from itemwise.extractors.choice.match_text import option_stated
from itemwise.extractors.number.number_phrase import number_in_announcement

_SENTENCE_END = re.compile(r"(?<=[a-zA-Z)%0-9*])[.;](?=\s+[^\s0-9]|\s*$)|\n")
_LONGEST_NUMBER = 80  # characters in which a sentence gives its number
_SHORT_ANSWER = re.compile(r"\s*\**A:[\s*(]*(?P<letter>[A-Z])[\s*).]*$")
_DENIAL = re.compile(r"\s*[*_]*(?:not|neither)\b", re.IGNORECASE)


class Options(NamedTuple):
    """The letters there are, and the options' texts where they are known."""

    letters: str
    texts: Sequence[str]

    @classmethod
    def of(cls, options: Sequence[str] | int) -> Options:
        """From the options' texts, or from how many there are; letters end at Z."""
        count = options if isinstance(options, int) else len(options)
        return cls(ascii_uppercase[: max(0, count)], () if isinstance(options, int) else tuple(options[:26]))


def match_option(part: str, start: int, end: int, options: Options) -> LetterMatch | None:
    """The option that part[start:end] names; a match without letter where it names several or one that is not there."""
    words = part[start:end]
    match = _answer_to_a(words, options) or opening_letter(words, options.letters) or _left_over(words, options)
    if match:
        return match.shifted(start)._replace(letter=_agreed_letter(match, words, options))
    sentence = _SENTENCE_END.split(words.strip(), maxsplit=1)[0]
    for text in (words, sentence):
        index = option_stated(text, options.texts)
        if index is not None:
            return LetterMatch(options.letters[index], start, end)
    index = _same_number(sentence, options)
    return None if index is None else LetterMatch(options.letters[index], start, end)


def _same_number(sentence: str, options: Options) -> int | None:
    """The one option whose number the sentence states, where every option is a number: "Rs. 620" for "620"."""
    stated = number_in_announcement(sentence[:_LONGEST_NUMBER].lower()) if options.texts else None
    if stated is None or stated.number is None:
        return None
    numbers = [number_in_announcement(text.lower()) for text in options.texts]
    if not all(numbers):
        return None
    same = [index for index, number in enumerate(numbers) if number and number.number == stated.number]
    return same[0] if len(same) == 1 else None


def _answer_to_a(words: str, options: Options) -> LetterMatch | None:
    """The letter of "A: B", where A is no option but short for "answer"."""
    match = _SHORT_ANSWER.match(words)
    if not match or match["letter"] not in options.letters:
        return None
    return LetterMatch(match["letter"], *match.span("letter"))


def _left_over(words: str, options: Options) -> LetterMatch | None:
    """The one letter that is left after a denial: "not A but B"."""
    if not _DENIAL.match(words):
        return None
    left = letters_in(_SENTENCE_END.split(words, maxsplit=1)[0], options.letters)
    return left[-1] if len({match.letter for match in left}) == 1 else None


def _agreed_letter(match: LetterMatch, words: str, options: Options) -> str | None:
    """The letter, unless the text behind it is another option's: in "A: No." with No as option B, A means "answer"."""
    index = option_stated(words[match.end :].lstrip(" ).:*_-\"'`"), options.texts)
    if index is None or match.letter is None or options.letters[index] == match.letter:
        return match.letter
    return options.letters[index] if words[match.end - 1 : match.end + 1] == "A:" else None
