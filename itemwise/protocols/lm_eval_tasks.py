"""What the gsm8k tasks of lm-evaluation-harness (0.4.13) have in common: rows, comparison, readers, stop texts, and their own task files.

Its readers and the order of its draws are followed to the letter, its oddities too. Texts of its task files are read in the package
`lm_eval` where it is installed (MIT; nothing of it is imported) and stand nowhere here.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from itemwise.cases.case import Case
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source
from itemwise.extractors.last_match import last_match
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.gsm8k_rows import GSM8K
from itemwise.protocols.installed_words import installed_file
from itemwise.synthetic import word_problems

__all__ = [
    "DECODING", "FLEXIBLE", "MAX_NEW_TOKENS", "STOP", "STRICT_HASHES",
    "cases_of", "compared", "examples_of_task", "match_reader", "one_stream", "one_stream_of_more", "one_stream_of_others", "strict_hashes",
    "task_file",
]  # fmt: skip

MAX_NEW_TOKENS = 256  # of its hf backend, where a task says nothing
DECODING = "greedy-penalised"  # its hf backend leaves the checkpoint's generation config in force, and only turns sampling off
STOP = ("</s>", "<|im_end|>")  # of every one of these tasks, beside the model's own end
_SEED = 1234  # of its few-shot sampler
_HASHES = re.compile(r"#### (-?[0-9.,]+)")
_NUMBER, _RUN = re.compile(r"-?[$0-9.,]{2,}|-?[0-9]+"), re.compile(r"[-$0-9.,]+")
_IGNORED = (",", r"\$", "(?s).*#### ", r"\.$")  # what its exact_match takes out of both sides, in this order


def compared(text: str) -> str:
    """A text as its exact_match compares it."""
    for pattern in _IGNORED:
        text = re.sub(pattern, "", text)
    return text.lower()


def match_reader(name: str, pattern: str, *, last: bool = False) -> NamedExtractor:
    """Its filter ``regex`` with ``take_first``: the first match, or the `last`, of a whole reply; None where it has "[invalid]"."""

    def read(text: str) -> str | None:
        found = re.findall(pattern, text)
        if not found:
            return None
        match = found[-1 if last else 0]
        if isinstance(match, tuple):
            match = next(filter(None, match), "")
        return compared(match.strip())

    read.__name__ = name.replace("-", "_")
    return NamedExtractor(name, read)


def strict_hashes(text: str) -> str | None:
    """The number behind the first ``#### ``, as its gsm8k task filters for strict-match; nothing is read of one without a digit."""
    match = _HASHES.search(text)
    return (match[1].replace(",", "").removesuffix(".") or None) if match else None


def lm_eval_flexible(text: str) -> str | None:
    """The last number with its signs, or the last signs alone: the second reader of the same task, flexible-extract."""
    found = last_match(_NUMBER, _RUN, text)
    return None if found is None else compared(found)


STRICT_HASHES = NamedExtractor("strict-hashes", strict_hashes)
FLEXIBLE = NamedExtractor("lm-eval-flexible", lm_eval_flexible)


def one_stream(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:  # noqa: ARG001 - its seed is always the same
    """Its sampler: one stream of draws over the rows in their order, so that a row's examples depend on how many came before it."""
    rng = random.Random(_SEED)
    while True:
        yield rng.sample(pool, shots)


def one_stream_of_more(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:
    """The same for a task without a test split: one more is drawn than is shown."""
    for drawn in one_stream(pool, min(shots + 1, len(pool)), seed):
        yield drawn[:shots]


def one_stream_of_others(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:  # noqa: ARG001 - as above
    """The same where the pool is the rows that are asked: one more is drawn, and the row itself left out."""
    rng = random.Random(_SEED)
    for row in chain(pool, repeat(None)):
        yield [example for example in rng.sample(pool, shots + 1) if example is not row][:shots]


def cases_of(
    source: Source, prompt: str, stop: Sequence[str], gold: Callable[[str], str] = str, *, hub: Hub = GSM8K, name: str = "gsm8k"
) -> Iterator[Case]:
    """GSM8K's rows in the words of `prompt`, or those of `hub`, whose cases' names begin with `name`; `gold` takes the reference out of a
    row's answer. Rows of examples may have a ``target``."""
    for row in source.rows(hub, synthetic=word_problems):
        yield Case(
            f"{name}-{row.id}",
            row.prompt(prompt),
            compared(gold(_answer(row))),
            solution=partial(row.text, "target" if "target" in row else "answer"),
            stop=[*stop, *STOP],
        )


def _answer(row: Row) -> str:
    return row.text("answer" if "answer" in row else "target")


def examples_of_task(file: str, prompt: str) -> Iterable[Case]:
    """The examples that a task's file holds. Raises RowsError where lm_eval is not installed."""
    samples: Sequence[dict[str, str]] = task_file(file)["fewshot_config"]["samples"]
    for number, sample in enumerate(samples):
        question = prompt.format(question=sample["question"])
        yield Case(f"{Path(file).stem}-{number}", question, compared(sample["target"]), solution=sample["target"])


def task_file(name: str, folder: str = "gsm8k") -> dict[str, Any]:
    """A task, of gsm8k or of another `folder`, as lm_eval's own file has it.

    Raises RowsError where the package is not installed, or has no such task.
    """
    import yaml  # type: ignore[import-untyped]  # comes with datasets

    instead = "; or give its examples with --examples FILE, a row for each with question and target" if folder == "gsm8k" else ""
    file = installed_file("lm_eval", f"tasks/{folder}/{name}", "lm_eval==0.4.13", instead=instead)
    task: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return task
