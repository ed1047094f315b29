"""lm-evaluation-harness, task arc_challenge (version 1): arc_easy on the harder questions."""

from itemwise.protocols.lm_eval_arc_easy import ARC, PROMPT
from itemwise.protocols.lm_eval_choices import scored_texts

PROTOCOL = scored_texts("arc_challenge", ARC, PROMPT, config="challenge")
