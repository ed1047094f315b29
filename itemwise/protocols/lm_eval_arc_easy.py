"""lm-evaluation-harness, task arc_easy (version 1): the likeliest text of the options behind the question."""

from itemwise.cases.choices import Choices
from itemwise.cases.row import Hub
from itemwise.protocols.lm_eval_choices import scored_texts

REVISION = "210d026faf9955653af8916fad021475a3f00453"
ARC = Choices(
    "arc",
    {name.lower(): Hub("allenai/ai2_arc", f"ARC-{name}", revision=REVISION) for name in ("Easy", "Challenge")},
    question="question",
    options="choices",
    right="answerKey",
    stripped=False,
)
PROMPT = "Question: {question}\nAnswer:"

PROTOCOL = scored_texts("arc_easy", ARC, PROMPT, config="easy")
