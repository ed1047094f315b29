"""The extractors of replies as this repository shows them; the code, and the only name that is installed, is `itemwise.extractors`.

A project may have an `extractors` of its own beside the installed plugin, so nothing of itemwise imports this name.
"""

from itemwise.extractors import (
    OR,
    UNANSWERABLE,
    Reading,
    is_finished,
    last_number,
    number_or_unanswerable,
    relaxed,
    same_after_scaling,
    same_number,
    same_share,
    same_words,
    stated_answer,
    stated_choice,
    stated_expression,
    stated_text,
    stated_yes_no,
    visible_text,
    within,
)

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
