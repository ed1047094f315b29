"""Which measurements of a run are of two models asked in the same way."""

from __future__ import annotations

from itertools import product

from itemwise.analysis.model_pairs import model_pairs
from itemwise.cases.reply import Verdict
from tests.reporting.conftest import MODEL, a_run, an_entry


def test_the_first_model_is_paired_with_each_other_under_the_same_strategy_and_prompt() -> None:
    ways = list(product(("base", "tuned", "small"), ("direct", "vote"), ("cot", "json")))
    entries = [
        an_entry(number, Verdict.CORRECT, model_name=model, strategy=strategy, prompt_name=prompt, model={**MODEL, "model": model})
        for model, strategy, prompt in ways
        for number in range(3)
    ]
    run = a_run(*entries)
    found = [(first.key, other.key, len(pair.judged)) for first, other, pair in model_pairs(run.tallies, run.entries)]
    assert len(found) == 8
    assert all(first.model == "base" and first._replace(model=other.model) == other and cases == 3 for first, other, cases in found)
    assert {other.model for _, other, _ in found} == {"tuned", "small"}


def test_of_one_model_there_is_no_pair() -> None:
    run = a_run(*(an_entry(0, Verdict.CORRECT, prompt_name=prompt) for prompt in ("cot", "json")))
    assert list(model_pairs(run.tallies, run.entries)) == []
