"""How long a reply is to be: words, sentences, paragraphs."""

from itemwise.instructions.counting import sentences, words
from itemwise.instructions.instruction import Arguments
from itemwise.instructions.relation import counted
from itemwise.language import phrase

__all__ = ["nth_paragraph_first_word", "number_paragraphs", "number_sentences", "number_words"]

_ENDS = ".,?!'\""  # of a first word


def number_words(text: str, arguments: Arguments) -> str:
    """So many words."""
    return counted(words(text), phrase("words"), arguments["num_words"], arguments["relation"])


def number_sentences(text: str, arguments: Arguments) -> str:
    """So many sentences."""
    return counted(sentences(text), phrase("sentences"), arguments["num_sentences"], arguments["relation"])


def number_paragraphs(text: str, arguments: Arguments) -> str:
    """Exactly so many paragraphs between dividers of three asterisks; one at either end divides nothing."""
    parts = text.split("***")
    inner = parts[1:-1]
    if not all(part.strip() for part in inner):
        return phrase("an empty paragraph between two dividers")
    ends = parts[:1] + parts[1:][-1:]
    found = len(inner) + sum(bool(part.strip()) for part in ends)
    return (
        ""
        if found == arguments["num_paragraphs"]
        else phrase("{found} paragraphs, not {wanted}", found=found, wanted=arguments["num_paragraphs"])
    )


def nth_paragraph_first_word(text: str, arguments: Arguments) -> str:
    """Exactly so many paragraphs between empty lines, of which the n-th begins with a word; an empty one is none, but has a place."""
    places = text.split("\n\n")
    found, place = sum(bool(part.strip()) for part in places), arguments["nth_paragraph"]
    if other := _other_number(found, arguments):
        return other
    begun = _first_word(places[place - 1]) if place <= found else ""
    if begun == arguments["first_word"].lower():
        return ""
    told = "paragraph {place} begins with {begun!r}, not {wanted!r}"
    return phrase(told, place=place, begun=begun, wanted=arguments["first_word"])


def _other_number(found: int, arguments: Arguments) -> str:
    wanted = arguments["num_paragraphs"]
    return "" if found == wanted else phrase("{found} paragraphs, not {wanted}", found=found, wanted=wanted)


def _first_word(paragraph: str) -> str:
    """The first word in lowercase, without the quotation mark before it and all from the first mark behind; empty without a word."""
    word = next(iter(paragraph.split()), "").lstrip("'").lstrip('"')
    end = next((place for place, letter in enumerate(word) if letter in _ENDS), len(word))
    return word[:end].lower()
