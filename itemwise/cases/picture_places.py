"""Puts the pictures of a row where its text names them: ``<image 1>`` in a question or in an option."""

import re
from collections.abc import Mapping, Sequence

from itemwise.cases.chat import PLACE, Turn
from itemwise.cases.picture import Picture
from itemwise.cases.row import Row

__all__ = ["numbered_pictures", "turn_with_pictures"]

_NAMED = re.compile(r"<image ?(\d{1,2})>")


def numbered_pictures(row: Row, columns: Sequence[str]) -> dict[int, Picture]:
    """The pictures that a row has in `columns`, each by its number, 1 for the first column; null is none, in a jsonl too."""
    filled = set(row)
    found = ((number, row.picture(column)) for number, column in enumerate(columns, start=1) if column in filled)
    return {number: picture for number, picture in found if picture}


def turn_with_pictures(text: str, pictures: Mapping[int, Picture]) -> Turn:
    """The turn of a user in which each picture stands wherever `text` names it; those that it does not name stand before the text.

    A name without a picture stays as it is. A picture that is named twice is shown twice.
    """
    named = [int(number) for number in _NAMED.findall(text)]
    before = [picture for number, picture in pictures.items() if number not in named]
    shown = [*before, *(pictures[number] for number in named if number in pictures)]
    placed = _NAMED.sub(lambda name: PLACE if int(name[1]) in pictures else name[0], text.replace(PLACE, " "))
    return Turn("user", PLACE * len(before) + placed, pictures=tuple(shown))
