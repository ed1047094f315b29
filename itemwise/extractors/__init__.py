"""Extracts the answer from a reply: `last_number` and `stated_choice`, pure functions, total and linear in time.

Any string goes in, also a broken one; a `Reading` or None comes out, never an exception. Nothing here imports other code of the package.
The regular expressions are compiled on import: 55 of them, 14 of the 36 ms of CPU time that the import takes (measured, Python 3.11).
"""

from itemwise.extractors.answer_equality import same_after_scaling, same_number, same_share, within
from itemwise.extractors.choice.stated_choice import stated_choice
from itemwise.extractors.number.last_number import last_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.sentence_end import is_finished
from itemwise.extractors.visible_parts import visible_text

__all__ = [
    "Reading", "is_finished", "last_number", "same_after_scaling", "same_number", "same_share", "stated_choice", "visible_text", "within",
]  # fmt: skip
