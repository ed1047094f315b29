"""The extractors of replies as this repository shows them; the code, and the only name that is installed, is `itemwise.extractors`.

A project may have an `extractors` of its own beside the installed plugin, so nothing of itemwise imports this name.
"""

from itemwise.extractors import (
    Reading,
    is_finished,
    last_number,
    same_after_scaling,
    same_number,
    same_share,
    stated_choice,
    visible_text,
    within,
)

__all__ = [
    "Reading",
    "is_finished",
    "last_number",
    "same_after_scaling",
    "same_number",
    "same_share",
    "stated_choice",
    "visible_text",
    "within",
]
