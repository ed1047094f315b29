"""Conclusions that name other numbers beside their own, and replies that conclude nothing."""

import pytest

from itemwise.extractors import last_number

CONCLUDED = [
    ("So, the old lift took 9 minutes to climb the same height of 270 metres.", "9"),
    ("So he has to write on average 6 lines per hour in the remaining 4 hours to be done.", "6"),
    ("Therefore, the length of the curve between $x = -1$ and $x = 4$ with $n = 8$ parts is $2.375$.", "2.375"),
    ("Therefore, the value of f at x = 3 is 11.", "11"),
    ("So it takes Ida 6 hours to drive back from 2 to 8 PM.", "6"),
    ("She needs to pay $31 for 4 tickets.", "31"),
    ("The number rises to 31.", "31"),
    ("They are not 12 but 31.", "31"),
    ("31 people say that lane #12 is the fast one.", "31"),
    ("4 hats: 8 x 4 = $32\\n3 ties: 5 x 3 = $15\\n\\nTia needs $47 to buy 4 hats and 3 ties.", "47"),
    ("$9 - $5 = $4\\n\\n$4 is the answer.", "4"),
    ("So there are 31 pens: 12 red and 19 blue.", "31"),
    ("The sum of 12 and 19 is 31.", "31"),
    ("It takes Uma 7 hours to walk round the lake at a speed of 4 miles per hour.", "7"),
    ("So it costs her 31 dollars for 3 pens.", "31"),
    ("We add 12 and 19. So we can find that the total is 31.", "31"),
    ("6/12 or 1/2.", "0.5"),
    ("Pia can ride the bus 4 times with her $31 ticket.", "4"),
    ("So, there is 1 shelf that has exactly 31 books.", "1"),
    ("Therefore, the price of 3 pens is $4 more than the price of 2 pads.", "4"),
    ("She has 3 bags that weigh 2 kilos each, which is 6 kilos.", "6"),
    ("So he has 31 figs, which he shares with 4 friends.", "31"),
    ("Since she asks $.25 per page, she must have copied 31 pages per day.", "31"),
    ("Lucie devra payer 31 $ chaque semaine pendant 5 semaines.", "31"),
    ("Antwort: Er muss im Durchschnitt 7 Seiten pro Tag lesen, um das Buch in den nächsten 5 Tagen zu schaffen.", "7"),
    ("Ответ: Анна должна прийти 7 раз, чтобы собрать яйца для приготовления 15 пирогов.", "7"),
    ("Respuesta: Ana puede vender 3000 piñas en un año de su campo de 12 hectáreas.", "3000"),
    ("Por lo tanto, Ana gana un total de 31 dólares cada día.", "31"),
    ("Okay, the bar ends at 31. So the value is 31.", "31"),
    ("```output\n2\n```\nTwo boys can stay on the boat.", "2"),
    ("There were 5 of 17 in it.\nSo twelve are left.", "12"),
]
NOTHING = [
    "First, we need the price of a pair. Since each pair costs $60, we can multiply $60 by 2 to find the price of 2 pairs.",
    "1. Write down m.\n2. Write down n.\n\nLet's start with step 1.",
    "Now, let's proceed with the working to find the time that 15 men take.",
    "Sure, here are 5 ways to see it",
    "There is no difference in weight between 1/2 cup of flour and 1/3 cup of salt.",
    "So she has 12 figs left and 3 pears.",
    "To answer this I need to know where the gap between the two lines is largest.",
    "1. Write the sum down.\n2. Take its square.\n3. Divide by the mean.\n\nLet's begin with these steps.",
    "There are 4 lamps. The colour of each of them depends on what the picture shows, and no picture of the room was part of the question, "
    "so it would have to be described.",
]


@pytest.mark.parametrize(("reply", "number"), CONCLUDED)
def test_a_conclusion_states_its_own_number_among_others(reply: str, number: str) -> None:
    assert last_number(reply) == number


@pytest.mark.parametrize("reply", NOTHING)
def test_numbers_in_passing_are_no_conclusion(reply: str) -> None:
    assert last_number(reply) is None
