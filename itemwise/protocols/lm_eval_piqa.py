"""lm-evaluation-harness, task piqa (version 1): the likelier text of two behind the goal."""

from itemwise.cases.choices import Choices
from itemwise.cases.row import Hub
from itemwise.protocols.lm_eval_choices import scored_texts

_HUB = Hub("baber/piqa", split="validation", revision="142f6d7367fd9877f0fb3b5734ea6a545f54cdd1")
_ROWS = Choices("piqa", _HUB, question="goal", options=("sol1", "sol2"), right="label", stripped=False)

PROTOCOL = scored_texts("piqa", _ROWS, "Question: {question}\nAnswer:")
