"""GSM8K's rows for protocols: where they are on the hub, and cases of them with golds as `last_number` reads them."""

from collections.abc import Callable, Iterator, Sequence

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source
from itemwise.synthetic import word_problems

__all__ = ["GSM8K", "gsm8k_cases", "worked"]

GSM8K = Hub("openai/gsm8k", "main", split="test", revision="cc7b047b6e5bb11b4f1af84efc572db110a51b3c")


def gsm8k_cases(
    source: Source,
    prompt: Callable[[Row], str | Sequence[Turn]],
    *,
    hub: Hub = GSM8K,
    solution: Callable[[Row], str] | None = None,
    stop: Sequence[str] = (),
) -> Iterator[Case]:
    """A case for each row, asked by `prompt`; `solution` puts a row's answer into the words of an example."""
    for row in source.rows(hub, synthetic=word_problems):
        solved = solution(row) if solution else ""
        yield Case(f"gsm8k-{row.id}", prompt(row), row.number("answer"), solution=solved, stop=stop)


def worked(row: Row) -> tuple[str, str]:
    """A row's reasoning and what stands behind the last ``####``, without the blanks around them."""
    reasoning, _, answer = row.text("answer").rpartition("####")
    return reasoning.strip(), answer.strip()
