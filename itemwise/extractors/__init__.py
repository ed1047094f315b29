"""Extracts the answer from a reply: `last_number`, `stated_choice` and others, pure functions, total and linear in time.

Any string goes in, also a broken one; a `Reading` or None comes out, never an exception. Nothing here imports other code of the package.
A module compiles its regular expressions when it is imported, so each is imported where something of it is asked for: one extractor costs
no run those of the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from itemwise.extractors.answer_equality import same_after_scaling, same_number, same_share, within
    from itemwise.extractors.choice.stated_choice import stated_choice
    from itemwise.extractors.expression.stated_expression import stated_expression
    from itemwise.extractors.number.last_number import last_number
    from itemwise.extractors.number.unanswerable import UNANSWERABLE, number_or_unanswerable
    from itemwise.extractors.reading import Reading
    from itemwise.extractors.sentence_end import is_finished
    from itemwise.extractors.visible_parts import visible_text
    from itemwise.extractors.words.stated_answer import OR, stated_answer
    from itemwise.extractors.words.stated_text import relaxed, same_words, stated_text
    from itemwise.extractors.words.stated_yes_no import stated_yes_no

__all__ = [
    "OR",
    "UNANSWERABLE",
    "Reading",
    "is_finished",
    "last_number",
    "number_or_unanswerable",
    "relaxed",
    "same_after_scaling",
    "same_number",
    "same_share",
    "same_words",
    "stated_answer",
    "stated_choice",
    "stated_expression",
    "stated_text",
    "stated_yes_no",
    "visible_text",
    "within",
]

_MODULES = {
    "answer_equality": ("same_after_scaling", "same_number", "same_share", "within"),
    "choice.stated_choice": ("stated_choice",),
    "expression.stated_expression": ("stated_expression",),
    "number.last_number": ("last_number",),
    "number.unanswerable": ("UNANSWERABLE", "number_or_unanswerable"),
    "reading": ("Reading",),
    "sentence_end": ("is_finished",),
    "visible_parts": ("visible_text",),
    "words.stated_answer": ("OR", "stated_answer"),
    "words.stated_text": ("relaxed", "same_words", "stated_text"),
    "words.stated_yes_no": ("stated_yes_no",),
}


def __getattr__(name: str) -> Any:
    """What the module of `name` has under it, imported now."""
    for module, names in _MODULES.items():
        if name in names:
            return globals().setdefault(name, getattr(import_module(f"{__name__}.{module}"), name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
