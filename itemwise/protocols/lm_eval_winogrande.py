"""lm-evaluation-harness, task winogrande (version 1): how likely the rest of a sentence is behind each name that may fill its blank."""

from dataclasses import replace

from itemwise.cases.choices import Choices
from itemwise.cases.row import Hub, Row
from itemwise.protocols.lm_eval_choices import scored_texts

_HUB = Hub("allenai/winogrande", "winogrande_xl", split="validation", revision="01e74176c63542e6b0bcb004dcdea22d94fb67b5")


NUMBERS = ("1", "2")


def right(row: Row) -> int:
    """The right option's place, from 0."""
    number = row.text("answer")
    if number not in NUMBERS:
        raise row.error("answer", f"{number!r} is the number of no option; give {' or '.join(NUMBERS)}.")
    return NUMBERS.index(number)


_ROWS = Choices("winogrande", _HUB, question="sentence", options=("option1", "option2"), right=right, stripped=False)

PROTOCOL = replace(scored_texts("winogrande", _ROWS, "{question}"), strategy="likelihood:form=blank")
