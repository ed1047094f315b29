"""LLM benchmarks as pytest: every dataset item is a case, every run an accuracy that says how sure it is."""

from itemwise.cases.benchmark import cases
from itemwise.cases.card import Card
from itemwise.cases.case import Case
from itemwise.cases.chat import ToolCall, Turn
from itemwise.cases.choices import ANSWER_PROMPTS, CHOICE_PROMPTS, Choices, subject_of
from itemwise.cases.draw import draw_like_random
from itemwise.cases.examples import Examples
from itemwise.cases.gold import gold_answer, gold_number
from itemwise.cases.inline_options import inline_options
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Reply, Undecided, Verdict
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source, hub, rows

__all__ = [
    "ANSWER_PROMPTS",
    "CHOICE_PROMPTS",
    "Card",
    "Case",
    "Choices",
    "Examples",
    "Hub",
    "Picture",
    "Reply",
    "Row",
    "Source",
    "ToolCall",
    "Turn",
    "Undecided",
    "Verdict",
    "cases",
    "draw_like_random",
    "gold_answer",
    "gold_number",
    "hub",
    "inline_options",
    "rows",
    "subject_of",
]
__version__ = "0.1.0"
