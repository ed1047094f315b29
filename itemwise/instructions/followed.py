"""Which instructions a reply follows, strictly and loosely, and what it lacks of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from itemwise.cases.case import Case
from itemwise.instructions import casing, content, frame, keywords, layout, length
from itemwise.instructions.instruction import Arguments, Instruction
from itemwise.language import phrase

__all__ = ["KINDS", "Followed", "fault", "followed", "followed_scores"]

KINDS: Mapping[str, Callable[[str, Arguments], str]] = {  # what each finds wrong with a text; empty where it is followed
    "change_case:capital_word_frequency": casing.capital_word_frequency,
    "change_case:english_capital": casing.english_capital,
    "change_case:english_lowercase": casing.english_lowercase,
    "combination:repeat_prompt": frame.repeat_prompt,
    "combination:two_responses": frame.two_responses,
    "detectable_content:number_placeholders": content.number_placeholders,
    "detectable_content:postscript": content.postscript,
    "detectable_format:constrained_response": layout.constrained_response,
    "detectable_format:json_format": layout.json_format,
    "detectable_format:multiple_sections": layout.multiple_sections,
    "detectable_format:number_bullet_lists": layout.number_bullet_lists,
    "detectable_format:number_highlighted_sections": layout.number_highlighted_sections,
    "detectable_format:title": layout.title,
    "keywords:existence": keywords.existence,
    "keywords:forbidden_words": keywords.forbidden_words,
    "keywords:frequency": keywords.frequency,
    "keywords:letter_frequency": keywords.letter_frequency,
    "language:response_language": casing.response_language,
    "length_constraints:nth_paragraph_first_word": length.nth_paragraph_first_word,
    "length_constraints:number_paragraphs": length.number_paragraphs,
    "length_constraints:number_sentences": length.number_sentences,
    "length_constraints:number_words": length.number_words,
    "punctuation:no_comma": casing.no_comma,
    "startend:end_checker": frame.end_checker,
    "startend:quotation": frame.quotation,
}


class Followed(str):
    """The instructions that a reply follows strictly, a line each as the case has them: all of them where it is right.

    `faults` say what it lacks of the others. `loosely` has for each instruction whether the reply follows it loosely.
    """

    faults: Sequence[str]
    loosely: Sequence[bool]

    def __new__(cls, asked: Sequence[Instruction], text: str) -> Followed:
        """What of `asked` the `text` of a reply follows."""
        found = [fault(instruction, text) for instruction in asked]
        kept = super().__new__(cls, "\n".join(str(each) for each, wrong in zip(asked, found, strict=True) if not wrong))
        kept.faults = [phrase("{id}: {fault}", id=each.id, fault=wrong) for each, wrong in zip(asked, found, strict=True) if wrong]
        loose = _loose_texts(text)
        kept.loosely = [not wrong or any(not fault(each, part) for part in loose) for each, wrong in zip(asked, found, strict=True)]
        return kept


def fault(instruction: Instruction, text: str) -> str:
    """What a text lacks of an instruction, empty where it follows it; a blank text follows none.

    Raises ValueError for an instruction of another kind, or with other arguments.
    """
    if instruction.id not in KINDS:
        raise ValueError(f"{instruction.id!r} is no instruction that can be checked; there is {', '.join(KINDS)}.")
    try:
        return KINDS[instruction.id](text, instruction.arguments) if text.strip() else phrase("the reply is empty")
    except KeyError as error:
        raise ValueError(f"{instruction.id} lacks the argument {error}; it has {dict(instruction.arguments)}.") from None


def followed(text: str, case: Case) -> Followed | None:
    """An extractor: which of the instructions in a case's answer the text of a reply follows; None for a blank one."""
    return Followed(_asked(case), text) if text.strip() else None


def followed_scores(case: Case, answer: str | None) -> dict[str, tuple[int, int] | bool]:
    """The scores of what `followed` found: ``score`` counts the instructions that are followed strictly, ``score.loose`` loosely, and
    ``score.prompt-loose`` is whether all of them are loosely.

    Raises TypeError for an answer that another extractor read, which tells nothing of instructions.
    """
    asked = len(_asked(case))
    if not isinstance(answer, Followed | None):
        raise TypeError(f"instructions are read by {followed.__name__} alone, got {answer!r}; leave --extractor out.")
    strictly = asked - len(answer.faults) if answer is not None else 0
    loosely = sum(answer.loosely) if answer is not None else 0
    return {"score": (strictly, asked), "score.loose": (loosely, asked), "score.prompt-loose": loosely == asked}


def _asked(case: Case) -> list[Instruction]:
    return [Instruction.parse(line) for line in case.answer.split("\n")]


def _loose_texts(text: str) -> list[str]:
    """The text without asterisks, and without its first or last line or both, which may be no part of the answer, with and without them."""
    lines = text.split("\n")
    cut = ["\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
    return list(dict.fromkeys(part for whole in (text, *cut) for part in (whole, whole.replace("*", ""))))
