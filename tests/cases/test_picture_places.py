"""Pictures where the text names them."""

from __future__ import annotations

import pytest

from itemwise.cases.chat import PLACE, Turn, chat_fault, conversation, in_places
from itemwise.cases.picture import Picture
from itemwise.cases.picture_places import turn_with_pictures

ONE, TWO = (Picture(f"row {number}", lambda: b"") for number in (1, 2))


def test_each_picture_stands_where_it_is_named_and_one_that_is_not_before_the_text() -> None:
    turn = turn_with_pictures("Is it <image 2>, <image2> or <image 9>?", {1: ONE, 2: TWO})
    assert in_places(turn.content, turn.pictures) == [ONE, "Is it ", TWO, ", ", TWO, " or <image 9>?"]
    assert conversation([turn]) == "user: [picture]Is it [picture], [picture] or <image 9>?"


def test_without_places_pictures_stand_before_the_text() -> None:
    assert in_places("Which?", [ONE, TWO]) == [ONE, TWO, "Which?"]
    assert in_places(f"a{PLACE}b", []) == [f"a{PLACE}b"]


@pytest.mark.parametrize(("content", "is_refused"), [("?", False), (f"{PLACE}{PLACE}?", False), (f"{PLACE}?", True), (PLACE * 3, True)])
def test_a_place_too_many_or_too_few_is_refused(content: str, is_refused: bool) -> None:
    fault = chat_fault([Turn("user", content, pictures=(ONE, TWO))], "case quiz-0")
    assert bool(fault and "places (U+FFFC) for 2 pictures" in fault) is is_refused
