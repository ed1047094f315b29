"""lm-evaluation-harness, task gsm8k_cot_llama (version 4): the words that Meta asks Llama 3 with, behind the 8 chains of thought.

Its published numbers are with `--prompt-form turns` and 1,024 tokens; by itself the harness asks a plain text, as here.
"""

from collections.abc import Iterable, Iterator

from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.protocols.lm_eval_gsm8k_cot import after_hashes
from itemwise.protocols.lm_eval_tasks import DECODING, FLEXIBLE, MAX_NEW_TOKENS, cases_of, examples_of_task, match_reader, task_file
from itemwise.protocols.protocol import Protocol

_FILE = "gsm8k-cot-llama.yaml"
_READER = match_reader("lm-eval-final-answer", r"The final answer is ((-?[$0-9.,]{2,})|(-?[0-9]+))", last=True)
_STOP = ("<|eot_id|>", "<|start_header_id|>user<|end_header_id|>", "Q:")


def gsm8k_cot_llama(source: Source) -> Iterator[Case]:
    """A row's question in the words of the task's own file."""
    return cases_of(source, _prompt(), _STOP, after_hashes)


def examples() -> Iterable[Case]:
    """Those of the task's own file."""
    return examples_of_task(_FILE, _prompt())


def _prompt() -> str:
    text: str = task_file(_FILE)["doc_to_text"]
    if text.count("{{question}}") != 1:
        raise RowsError(f"lm_eval's file {_FILE} asks in another form than that of version 0.4.13; install that.")
    before, after = text.split("{{question}}")
    return "{question}".join(part.replace("{", "{{").replace("}", "}}") for part in (before, after))


PROTOCOL = Protocol(
    "lm-eval/gsm8k_cot_llama",
    "gsm8k",
    gsm8k_cot_llama,
    "{question}",
    Examples(examples, shots=8, before_solution="", stop=()),
    "completion",
    MAX_NEW_TOKENS,
    _READER,
    (FLEXIBLE,),
    DECODING,
)
