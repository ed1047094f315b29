"""Reply text to answer: pure, total, linear-time extractors that say what they read and where.

Any string goes in, also a broken one; a `Reading` or None comes out, never an exception.
"""

from itemwise.extractors.choice import stated_choice
from itemwise.extractors.comparison import same_after_scaling, same_number, same_share, within
from itemwise.extractors.number import last_number
from itemwise.extractors.reading import Reading

__all__ = [
    "Reading",
    "last_number",
    "same_after_scaling",
    "same_number",
    "same_share",
    "stated_choice",
    "within",
]
