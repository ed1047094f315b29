"""Whether two texts ask the same, however they are typed: by capitals, spaces, odd quotes and dashes, full-width forms."""

from itemwise.extractors.plain_characters import folded

__all__ = ["typed_plainly", "typed_without_spaces"]


def typed_plainly(text: str) -> str:
    """The text in lower case, with look-alike characters made plain and one space between words.

    >>> typed_plainly("Ann\\u2019s\\n eggs: \\uff12")
    "ann's eggs: 2"
    """
    return " ".join(folded(text).casefold().split())


def typed_without_spaces(text: str) -> str:
    """The same without any space: "2+2" is "2 + 2", and Chinese has none between words."""
    return typed_plainly(text).replace(" ", "")
