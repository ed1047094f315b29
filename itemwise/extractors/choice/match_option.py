"""Which option some words of a reply name: by letter, else by an option's text, else by number where all options are numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from itemwise.extractors.choice.match_letter import LetterMatch, letters_in, opening_letter, stands_alone
from itemwise.extractors.choice.match_text import normal, option_mentioned, option_stated, same_text
from itemwise.extractors.number.number_phrase import number_in_announcement

_SENTENCE_END = re.compile(r"(?<=[a-zA-Z)%0-9*])[.;](?=\s+[^\s0-9]|\s*$)|\n")
_MORE = re.compile(r"[.!?;]\s+\S")
_UNWORKED = re.compile(r"[0-9a-z)]\s?\+\s?[0-9a-z(]|[0-9a-z)]\s-\s(?:[0-9(]|[a-z]\b)")
_SYMBOLIC = re.compile(r"\bpi\b|π|√|sqrt")
_DIGITS = re.compile("[0-9]")
_SAYS = re.compile(r"(?:[=≈:]|\b(?:is|are|was|be|equals|about|approximately)\b)\W{0,6}$")
_OPENING = 8  # characters within which a sentence opens with its number
_LONGEST_NUMBER = 80  # characters in which a sentence gives its number
_DASH = re.compile(r"^-\s+")
_SHORT_ANSWER = re.compile(r"\s*\**A:[\s*(]*(?P<letter>[A-Z])[\s*).]*$")
_SHOWN = re.compile(r"[\s*_\"'$]*(?:[Tt]he )?[A-Za-z][a-z]+ \(?(?P<letter>[A-Z])[\s*_\"'$).]*$")
_DENIAL = re.compile(r"\s*[*_]*(?:not|neither)\b", re.IGNORECASE)
_DENIED_ALONE = re.compile(r"\s*[*_]*(?:not|neither)\s(?:option\s)?\(?[A-Z]\)?(?=[\s.,]|$)", re.IGNORECASE)
_LABELLED = re.compile(
    r"\b(?i:option|choice|letter|answer)\s[(*\"']{0,3}(?P<named>[A-Z])(?![A-Za-z0-9'’])|(?<![A-Za-z0-9])\((?P<bracketed>[A-Z])\)"
)
_COUNTED = re.compile(
    r"[\s*_\"'(]*(?:(?:most likely|probably|therefore|clearly|the|is)\s)*(?:(?P<word>first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)"
    r"\s(?:option|choice|alternative)\b"
    r"|(?:option|choice|alternative)\s(?:number |no\. ?|#\s?)?(?P<digit>[1-9])(?![0-9]|[.,][0-9])|第(?P<chinese>[一二三四五])个?选?项)"
    r"(?!\s(?:is|was|would be)\s\(?(?-i:[A-Z])\b)",
    re.IGNORECASE,
)
_PLACES = [("first", "1st", "1", "一"), ("second", "2nd", "2", "二"), ("third", "3rd", "3", "三"), ("fourth", "4th", "4", "四")]
_PLACES += [("fifth", "5th", "5", "五")]


class Options(NamedTuple):
    """The letters there are, and the options' texts where they are known."""

    letters: str
    texts: Sequence[str]

    @classmethod
    def of(cls, options: Sequence[str] | int) -> Options:
        """From the options' texts, or from how many there are; letters end at Z."""
        count = options if isinstance(options, int) else len(options)
        return cls(ascii_uppercase[: max(0, count)], () if isinstance(options, int) else tuple(options[:26]))

    def place(self, letter: str) -> int | None:
        """Where the letter stands among the options; None where it is none of theirs."""
        return self.letters.index(letter) if letter in self.letters else None

    def are_letters(self) -> bool:
        """Whether the options have no texts but their letters, as those that are shown in a picture."""
        return bool(self.texts) and all(normal(text) == letter.lower() for text, letter in zip(self.texts, self.letters, strict=False))


def match_option(part: str, start: int, end: int, options: Options, *, strict: bool = False) -> LetterMatch | None:
    """The option that part[start:end] names; a match without letter where it names several or one that is not there.

    With `strict`, an option's text must be all that the words say, but for a reason: in words that nothing announced.
    """
    words = part[start:end]
    whole = same_text(words, options.texts) if len(normal(words)) > 1 else None
    if whole is not None:
        return LetterMatch(options.letters[whole], start, end)
    match = _answer_to_a(words, options) or _shown(words, options) or opening_letter(words, options.letters) or _left_over(words, options)
    if match and strict and not (stands_alone(words, match.start, match.end) or _is_followed_by_its_text(match, words, options)):
        return None
    if match:
        return match.shifted(start)._replace(letter=_agreed_letter(match, words, options))
    if _is_ambiguous_place(words, options):
        return LetterMatch(None, start, end)
    index = _stated_index(words, options, strict=strict)
    if index is not None:
        return LetterMatch(options.letters[index], start, end)
    labelled = None if strict else _labelled(words, options)
    return labelled and labelled.shifted(start)


def _stated_index(words: str, options: Options, *, strict: bool) -> int | None:
    """The index of the option that the words name by its text, its place or its number."""
    sentence = _SENTENCE_END.split(words.strip(), maxsplit=1)[0]
    for text in (words, sentence):
        index = option_stated(text, options.texts, strict=strict)
        if index is not None:
            return index
    index = _counted(words, options)
    if index is None and not (strict and _MORE.search(words)):
        index = _same_number(sentence, options, strict=strict)
    if index is None and not strict and not _labelled(words, options):
        index = option_mentioned(sentence, options.texts)
    return index


def _counted(words: str, options: Options) -> int | None:
    """The option that is named by its place, "the second option" or "option 2"."""
    counted = _COUNTED.match(words)
    if counted is None:
        return None
    place = (counted["word"] or counted["digit"] or counted["chinese"]).lower()
    index = next((index for index, places in enumerate(_PLACES) if place in places), len(_PLACES))
    return index if index < min(len(_PLACES), len(options.letters)) else None


def _is_ambiguous_place(words: str, options: Options) -> bool:
    """Whether the words say "option 3" where an option is the number 3 itself."""
    counted = _COUNTED.match(words)
    return counted is not None and bool(counted["digit"]) and any(counted["digit"] in text for text in options.texts)


def _same_number(sentence: str, options: Options, *, strict: bool) -> int | None:
    """The one option whose number the sentence states, where every option is a number: "Rs. 620" for "620".

    With `strict`, the sentence must open or end with it: "It is 620", "600 + 20 = 620".
    """
    lower = sentence[:_LONGEST_NUMBER].lower()
    if not options.texts or _SYMBOLIC.search(lower) or ("=" not in lower and _UNWORKED.search(lower)):
        return None
    stated = number_in_announcement(lower)
    if stated is None or stated.number is None:
        return None
    direct = stated.start <= _OPENING or _SAYS.search(lower, max(0, stated.start - 20), stated.start)
    passing = strict and not (direct and not _DIGITS.search(lower, stated.end))
    return None if passing else option_of_number(stated.number, options)


def option_of_number(number: str, options: Options) -> int | None:
    """The one option that is this number, where every option is a number."""
    numbers = [number_in_announcement(text.lower()) for text in options.texts]
    if not all(numbers):
        return None
    same = [index for index, found in enumerate(numbers) if found and found.number == number]
    return same[0] if len(same) == 1 else None


def _answer_to_a(words: str, options: Options) -> LetterMatch | None:
    """The letter of "A: B", where A is no option but short for "answer"."""
    match = _SHORT_ANSWER.match(words)
    if not match or match["letter"] not in options.letters:
        return None
    return LetterMatch(match["letter"], *match.span("letter"))


def _shown(words: str, options: Options) -> LetterMatch | None:
    """The letter of "Picture B.", where the options are only letters."""
    match = _SHOWN.match(words)
    if not match or match["letter"] not in options.letters or not options.are_letters():
        return None
    return LetterMatch(match["letter"], *match.span("letter"))


def _left_over(words: str, options: Options) -> LetterMatch | None:
    """The one letter that is left after a denial, "not A but B"; a match without letter where it leaves none, "neither A nor B"."""
    if not _DENIAL.match(words):
        return None
    sentence = _SENTENCE_END.split(words, maxsplit=1)[0]
    left = letters_in(sentence, options.letters)
    if not left and (denied := _DENIED_ALONE.match(sentence)):
        return LetterMatch(None, *denied.span())
    return left[-1] if len({match.letter for match in left}) == 1 else None


def _labelled(words: str, options: Options) -> LetterMatch | None:
    """The letter that is marked as an option's in the first sentence, "64, which is option C"; a match without one where several are."""
    sentence = _SENTENCE_END.split(words, maxsplit=1)[0]
    marked = {match.end(match.lastgroup) for match in _LABELLED.finditer(sentence) if match.lastgroup}
    matches = [match for match in letters_in(sentence, options.letters) if match.end in marked]
    several = len({match.letter for match in matches}) > 1
    return matches[-1]._replace(letter=None if several else matches[-1].letter) if matches else None


def _is_followed_by_its_text(match: LetterMatch, words: str, options: Options) -> bool:
    index = option_stated(words[match.end :], options.texts)
    return index is not None and options.letters[index] == match.letter


def _agreed_letter(match: LetterMatch, words: str, options: Options) -> str | None:
    """The letter, unless the text behind it is another option's: in "A: No." with No as option B, A means "answer"."""
    index = option_stated(_DASH.sub("", words[match.end :].lstrip(" ).:*_\"'`"), count=1), options.texts)
    if index is None or match.letter is None or options.letters[index] == match.letter:
        return match.letter
    return options.letters[index] if words[match.end - 1 : match.end + 1] == "A:" else None
