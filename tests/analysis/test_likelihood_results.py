"""What the scored options of a run come to: ties, shared tokens, other norms."""

from __future__ import annotations

from dataclasses import replace

from itemwise.analysis.likelihood_results import likelihood_results
from itemwise.cases.option_scores import OptionScores
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from tests.reporting.conftest import a_reply, a_run, an_entry

CHOICES = ("a dog", "überaus", "it")


def scored(number: int, expected: str, *logprobs: float, form: str = "text", merged: int = 0, outside: int = 0, **changes: object) -> Entry:
    """A case whose options have these log-probabilities, compared by their sums."""
    scores = OptionScores(form, "sum", list(logprobs), list(logprobs), merged, outside)
    reply = replace(a_reply(scores.letter), completion_tokens=0, notes=scores.notes())
    verdict = Verdict.CORRECT if scores.letter == expected else Verdict.WRONG
    return an_entry(number, verdict, expected=expected, answer=scores.letter, choices=CHOICES, reply=reply, **changes)


def test_ties_and_shared_tokens_are_counted_by_case_and_other_norms_need_no_model() -> None:
    run = a_run(scored(0, "B", -6.0, -7.0, -3.0), scored(1, "C", -3.0, -9.0, -3.0, merged=2), scored(2, "C", -9.0, -9.0, -1.0))
    (result,) = likelihood_results(run.tallies, run.entries)
    assert (result.form, result.norm, len(result.cases), result.tied, result.merged) == ("text", "sum", 3, 1, 1)
    assert result.by_norm == {"sum": 1 / 3, "characters": 2 / 3, "bytes": 2 / 3}


def test_letters_are_alike_under_all_norms() -> None:
    run = a_run(scored(0, "B", -6.0, -7.0, -3.0, form="letter"))
    (result,) = likelihood_results(run.tallies, run.entries)
    assert result.by_norm == {}


def test_replies_that_were_generated_have_no_scores() -> None:
    run = a_run(an_entry(0, Verdict.CORRECT), an_entry(1, Verdict.WRONG, choices=CHOICES))
    assert likelihood_results(run.tallies, run.entries) == []
