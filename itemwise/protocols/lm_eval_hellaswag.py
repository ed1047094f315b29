"""lm-evaluation-harness, task hellaswag (version 1): the likeliest of four endings behind the scene, both cleaned as it cleans them."""

import re

from itemwise.cases.choices import Choices
from itemwise.cases.row import Hub, Row
from itemwise.protocols.lm_eval_choices import scored_texts

_HUB = Hub("Rowan/hellaswag", split="validation", revision="218ec52e09a7e7462a5400043bb9a69a41d06b76")


def cleaned(text: str) -> str:
    """A text as it cleans it: marks in brackets leave a blank behind, and of blanks in a row two become one, once."""
    return re.sub(r"\[.*?\]", "", text.strip().replace(" [title]", ". ")).replace("  ", " ")


def scene(row: Row) -> str:
    """Activity and what has happened. Where that ends in a blank, a second one stands for the blank before an ending."""
    text = cleaned(f"{row.text('activity_label')}: {row.text('ctx_a')} {row.text('ctx_b', '').capitalize()}")
    return f"{text} " if text.endswith(" ") else text


def endings(row: Row) -> list[str]:
    """The four endings, cleaned."""
    return [cleaned(ending) for ending in row.options("endings")]


_ROWS = Choices("hellaswag", _HUB, question=scene, options=endings, right="label", stripped=False)

PROTOCOL = scored_texts("hellaswag", _ROWS, "{question}")
