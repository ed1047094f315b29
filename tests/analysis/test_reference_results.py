"""Reference answers over a measurement, in two models of a run, and where they are held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log

import pytest

from itemwise.analysis.gold_change import gold_change
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.analysis.reference_results import reference_results
from itemwise.cases.reference_score import ReferenceScore
from itemwise.cases.reply import Verdict
from itemwise.reporting.sections import BUILDERS, reference_section
from itemwise.results.entry import Entry
from tests.reporting.conftest import MODEL, a_reply, a_run, an_entry


def answers(logprobs: Sequence[float], *, model: str = "embedded-text", text: str = "The answer is 42.") -> list[Entry]:
    """A case for each log-probability of the reference answer `text`."""
    found = []
    for number, logprob in enumerate(logprobs):
        reply = replace(a_reply(text), completion_tokens=0, notes=ReferenceScore(logprob, len(text.encode())).notes())
        changes = {"sample_size": len(logprobs), "model_name": model, "model": {**MODEL, "model": model}, "strategy": "reference"}
        changes["is_answered"] = False
        found.append(an_entry(number, Verdict.CORRECT, reply=reply, **changes))
    return found


def side(entries: list[Entry]) -> Measurement:
    return measurement("#", "run", a_run(*entries).tallies[0], entries)


def test_bits_are_over_all_answers_together() -> None:
    run = a_run(*answers([-17 * log(2), -34 * log(2)]))
    (result,) = reference_results(run.tallies, run.entries)
    assert (result.bytes, result.merged) == (34, 0)
    assert (result.nats, result.bits_per_byte) == (pytest.approx(-25.5 * log(2)), pytest.approx(1.5))
    assert result.interval is not None
    assert result.interval.low < 1.5 < result.interval.high
    alike = a_run(*answers([-1.0, -1.0]))
    assert reference_results(alike.tallies, alike.entries)[0].interval is None


def test_a_run_tells_them_and_the_models_difference_and_no_accuracy() -> None:
    before = [-10.0 - number for number in range(8)]
    run = a_run(*answers(before), *answers([each - 0.5 - 0.1 * each / 10 for each in before], model="nf4"))
    (section,) = reference_section.build(run)
    assert section.table()[1][-6:-3] == ["8 of 8", "136", "-13.500"]
    (note,) = section.notes
    assert "log-likelihood of the reference answer against embedded-text -0.365 nats a case" in note.text
    assert note.text.endswith(": the reference answers are less likely")
    assert section.record["reference_changes"][0]["mean"] == pytest.approx(-0.365)  # type: ignore[index]
    assert [tally.accuracy.share for tally in run.tallies] == [None, None]
    assert (run.recoveries, run.plain_tallies, run.choices) == ([], [], [])
    assert not any(made.rows for build in BUILDERS for made in build(run) if made.id.startswith(("ladder", "recovery", "split")))
    assert list(reference_section.build(a_run(an_entry(0, Verdict.CORRECT)))) == []


def test_other_texts_are_not_held_against_each_other() -> None:
    first = side(answers([-1.0, -2.0]))
    change = gold_change(Pair(first, side(answers([-1.5, -2.25]))))
    assert change is not None
    assert (change.what, change.mean) == ("reference answer", -0.375)
    assert gold_change(Pair(first, side(answers([-1.5, -2.25], text='{"answer": 42}')))) is None
