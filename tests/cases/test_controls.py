"""Controls: the same case without its picture, or with its options in another order."""

from __future__ import annotations

from collections.abc import Sequence

import PIL.Image
import pytest

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.chat import Turn
from itemwise.cases.controls import BLANK, CIRCULAR, SHUFFLED, controlled, joined_orders, original_and_control
from itemwise.cases.picture import Picture

CHOICES = ("red", "green", "blue", "white")


def prompt_for(choices: Sequence[str]) -> str:
    return "Which colour?\n" + "\n".join(f"{letter}. {choice}" for letter, choice in zip(LETTERS, choices, strict=False))


def a_case(right: int = 1, choices: Sequence[str] = CHOICES) -> Case:
    picture = Picture("row 0", lambda: PIL.Image.new("RGB", (20, 10), "green"))
    return Case.choice("colours-0", prompt_for, choices, right, tags={"subject": "art"}, picture=picture)


def test_a_blank_image_is_white_and_of_the_same_size_and_nothing_else_changes() -> None:
    case = a_case()
    (blank,) = controlled(case, BLANK, seed=42)
    assert blank.picture is not None
    assert (blank.name, blank.prompt, blank.answer, blank.tags) == ("colours-0-blank-image", case.prompt, case.answer, case.tags)
    image = blank.picture.image()
    assert (image.size, image.getcolors()) == ((20, 10), [(200, (255, 255, 255))])


@pytest.mark.parametrize("right", range(4))
@pytest.mark.parametrize("seed", [0, 42])
def test_shuffled_options_are_the_same_options_and_the_right_one_has_another_letter(right: int, seed: int) -> None:
    case = a_case(right)
    (shuffled,) = controlled(case, SHUFFLED, seed)
    assert (shuffled.name, sorted(shuffled.choices), shuffled.picture) == ("colours-0-shuffle-options", sorted(CHOICES), case.picture)
    assert shuffled.answer != case.answer
    assert shuffled.choices[LETTERS.index(shuffled.answer)] == CHOICES[right]
    assert shuffled.prompt == prompt_for(shuffled.choices)


def test_the_order_follows_from_the_seed_and_the_case() -> None:
    orders = {controlled(a_case(), SHUFFLED, seed)[0].choices for seed in range(20)}
    assert len(orders) > 3
    assert controlled(a_case(), SHUFFLED, 7) == controlled(a_case(), SHUFFLED, 7)


def test_a_control_that_does_not_apply_makes_nothing() -> None:
    plain = Case("sum-0", "6*7?", "42")
    assert [controlled(plain, control, 42) for control in (BLANK, SHUFFLED, CIRCULAR)] == [[], [], []]
    assert [controlled(a_case(0, ("yes",)), control, 42) for control in (SHUFFLED, CIRCULAR)] == [[], []]


def test_a_controls_name_tells_the_case_and_the_control() -> None:
    assert original_and_control("colours-0-shuffle-options") == ("colours-0", SHUFFLED)
    assert original_and_control("colours-0-circular-options-3of4") == ("colours-0", CIRCULAR)
    assert original_and_control("colours-0") is None


def test_in_all_orders_of_its_options_the_right_one_has_each_letter_once_and_the_first_is_the_case_as_it_is() -> None:
    case = a_case(1)
    orders = controlled(case, CIRCULAR, seed=42)
    assert [order.name for order in orders] == [f"colours-0-circular-options-{number}of4" for number in (1, 2, 3, 4)]
    assert (orders[0].prompt, orders[0].answer, orders[0].picture) == (case.prompt, case.answer, case.picture)
    assert [order.choices for order in orders[1:3]] == [("green", "blue", "white", "red"), ("blue", "white", "red", "green")]
    assert [order.answer for order in orders] == ["B", "A", "D", "C"]
    assert all(order.prompt == prompt_for(order.choices) for order in orders)
    assert {joined_orders(order.name) for order in orders} == {("colours-0-circular-options", 4)}


@pytest.mark.parametrize("right", [-1, 4])
def test_a_right_choice_that_is_none_is_refused(right: int) -> None:
    with pytest.raises(ValueError, match=f"right must be a place in 4 choices .*, got {right}"):
        a_case(right)


def test_every_picture_of_a_chat_is_blanked_and_its_words_stay() -> None:
    pictures = [Picture(f"row {number}", lambda: PIL.Image.new("RGB", (20, 10), "green")) for number in range(2)]
    chat = [Turn("user", "This?", pictures=(pictures[0],)), Turn("assistant", "Green."), Turn("user", "And this?", pictures=(pictures[1],))]
    (blank,) = controlled(Case("colours-0", chat, "green"), BLANK, seed=42)
    assert (blank.name, [turn.content for turn in blank.chat]) == ("colours-0-blank-image", ["This?", "Green.", "And this?"])
    assert [picture.image().getcolors() for picture in blank.pictures] == [[(200, (255, 255, 255))]] * 2
    assert controlled(Case("words-0", [Turn("user", "?")], "0"), BLANK, seed=42) == []


def test_options_are_shuffled_in_a_chat_as_its_word_has_them() -> None:
    case = Case.choice("colours-0", lambda choices: [Turn("system", "Reply with a letter."), Turn("user", prompt_for(choices))], CHOICES, 1)
    (shuffled,) = controlled(case, SHUFFLED, seed=42)
    assert [turn.content for turn in shuffled.chat] == ["Reply with a letter.", prompt_for(shuffled.choices)]
    assert shuffled.choices[LETTERS.index(shuffled.answer)] == CHOICES[1]
