"""The options of a question, and what some words of a reply choose among them: by letter, else by an option's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from itemwise.extractors.letter import Named, letters_in, named_letter
from itemwise.extractors.option_text import option_stated
from itemwise.extractors.pattern import pattern
from itemwise.extractors.phrase import stated_number

_SENTENCE_END = pattern(r"(?<=[a-zA-Z)%0-9*])[.;](?=\s+[^\s0-9]|\s*$)|\n")
_LONGEST_NUMBER = 80  # characters in which a sentence gives its number
_SHORT_ANSWER = pattern(r"\s*\**A:[\s*(]*(?P<letter>[A-Z])[\s*).]*$")
_DENIAL = pattern(r"\s*[*_]*(?:not|neither)\b", re.IGNORECASE)


class Options(NamedTuple):
    """The letters there are, and the options' texts where they are known."""

    letters: str
    texts: Sequence[str]

    @classmethod
    def of(cls, options: Sequence[str] | int) -> Options:
        """From the options' texts, or from how many there are; letters end at Z."""
        count = options if isinstance(options, int) else len(options)
        return cls(ascii_uppercase[: max(0, count)], () if isinstance(options, int) else tuple(options[:26]))


def chosen(part: str, start: int, end: int, options: Options) -> Named | None:
    """What the words part[start:end] choose; Named without letter where they name several or none of the options."""
    words = part[start:end]
    named = _answer_to_a(words, options) or named_letter(words, options.letters) or _left_over(words, options)
    if named:
        return Named(_agreed(named, words, options), named.start + start, named.end + start)
    sentence = _SENTENCE_END.split(words.strip(), maxsplit=1)[0]
    for said in (words, sentence):
        place = option_stated(said, options.texts)
        if place is not None:
            return Named(options.letters[place], start, end)
    place = _same_number(sentence, options)
    return None if place is None else Named(options.letters[place], start, end)


def _same_number(sentence: str, options: Options) -> int | None:
    """The one option whose number the sentence states, where every option is a number: "Rs. 620" for "620"."""
    stated = stated_number(sentence[:_LONGEST_NUMBER].lower()) if options.texts else None
    if stated is None or stated.number is None:
        return None
    numbers = [stated_number(text.lower()) for text in options.texts]
    if not all(numbers):
        return None
    same = [place for place, number in enumerate(numbers) if number and number.number == stated.number]
    return same[0] if len(same) == 1 else None


def _answer_to_a(words: str, options: Options) -> Named | None:
    """The letter of "A: B", where A is no option but short for "answer"."""
    found = _SHORT_ANSWER.match(words)
    if not found or found["letter"] not in options.letters:
        return None
    return Named(found["letter"], *found.span("letter"))


def _left_over(words: str, options: Options) -> Named | None:
    """The one letter that is left after a denial: "not A but B"."""
    if not _DENIAL.match(words):
        return None
    left = letters_in(_SENTENCE_END.split(words, maxsplit=1)[0], options.letters)
    return left[-1] if len({one.letter for one in left}) == 1 else None


def _agreed(named: Named, words: str, options: Options) -> str | None:
    """The letter, unless the text behind it is another option's: in "A: No." with No as option B, A means "answer"."""
    place = option_stated(words[named.end :].lstrip(" ).:*_-\"'`"), options.texts)
    if place is None or named.letter is None or options.letters[place] == named.letter:
        return named.letter
    return options.letters[place] if words[named.end - 1 : named.end + 1] == "A:" else None
