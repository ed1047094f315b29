"""Vocabulary of made word problems: names, things, and distracting facts."""

__all__ = ["DISTRACTORS", "PEOPLE", "PLACES", "PRONOUNS", "THINGS", "TREATS"]

PEOPLE: tuple[tuple[str, str], ...] = tuple(
    (name, pronoun)
    for pronoun, names in {
        "she": "Ada Bianca Chloe Dalia Elena Farah Grace Hana Ines Jade Kira Lena Mei Nora Olga Priya Rosa Sofia Tara Yuki",
        "he": "Amir Boris Carlos David Emil Felix Goran Hugo Ivan Jonas Kofi Liam Marco Nils Omar Pablo Ravi Sam Tom Wei",
    }.items()
    for name in names.split()
)
PRONOUNS = {"she": ("she", "her", "her"), "he": ("he", "his", "him")}

THINGS = ("marbles", "stickers", "pencils", "shells", "coins", "stamps", "beads", "cards", "buttons", "badges")
TREATS = ("apples", "cookies", "oranges", "muffins", "plums", "pears", "peaches", "buns", "lemons", "figs")
PLACES = ("library", "museum", "stadium", "school", "theater", "market", "station", "park")

DISTRACTORS = (
    "{name} is {stray} years old.",
    "The shop next door opened {stray} years ago.",
    "It is {stray} degrees outside.",
    "{name} lives at number {stray}.",
    "Yesterday it rained for {stray} minutes.",
    "A bus passes every {stray} minutes.",
)
