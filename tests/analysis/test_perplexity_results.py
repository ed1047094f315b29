"""Bits per byte over documents, and how two measurements of them differ."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest

from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.analysis.perplexity_results import bits_change, perplexity_results
from itemwise.cases.reply import Verdict
from itemwise.cases.text_score import TextScore
from itemwise.reporting.sections import perplexity_section
from itemwise.results.entry import Entry
from tests.reporting.conftest import MODEL, a_reply, a_run, an_entry

SIZES = (100, 300, 50, 200)


def documents(*bits: float, model: str = "embedded-text", window: int = 64) -> list[Entry]:
    """A document of each of SIZES bytes, of so many bits a byte."""
    found = []
    for number, (each, size) in enumerate(zip(bits, SIZES, strict=True)):
        score = TextScore(-each * size * log(2), tokens=size // 5, bytes=size, words=size // 10, window=window)
        reply = replace(a_reply(score.text), completion_tokens=0, notes=score.notes())
        changes = {"sample_size": len(SIZES), "model_name": model, "model": {**MODEL, "model": model}}
        found.append(an_entry(number, Verdict.CORRECT, expected="scored", answer="scored", reply=reply, **changes))
    return found


def side(entries: list[Entry]) -> Measurement:
    return measurement("#", "run", a_run(*entries).tallies[0], entries)


def test_a_long_document_counts_for_more_and_tokens_and_words_have_their_own_mean() -> None:
    run = a_run(*documents(1.0, 2.0, 1.0, 1.0))
    (result,) = perplexity_results(run.tallies, run.entries)
    assert result.bits_per_byte == pytest.approx(950 / 650)
    assert result.token_perplexity == pytest.approx(exp(950 * log(2) / 130))
    assert result.word_perplexity == pytest.approx(exp(950 * log(2) / 65))
    assert result.interval is not None
    assert 1.0 <= result.interval.low < result.bits_per_byte < result.interval.high <= 2.0


def test_documents_that_are_all_alike_have_no_interval() -> None:
    run = a_run(*documents(1.0, 1.0, 1.0, 1.0))
    (result,) = perplexity_results(run.tallies, run.entries)
    assert (result.bits_per_byte, result.interval) == (pytest.approx(1.0), None)


def test_a_difference_is_of_the_same_documents_in_the_same_windows() -> None:
    before, after = documents(1.0, 2.0, 1.0, 1.0), documents(1.1, 2.2, 1.1, 1.1)
    change = bits_change(Pair(side(before), side(after)))
    assert change is not None
    assert (change.cases, change.mean) == (4, pytest.approx(95 / 650))
    assert change.interval is not None
    assert change.interval.low < change.mean < change.interval.high
    assert change.p == pytest.approx(2 / 2**4)
    assert change.text.startswith("+0.146 bits per byte (95% interval +0.1")
    assert bits_change(Pair(side(before), side(documents(1.1, 2.2, 1.1, 1.1, window=32)))) is None


def test_a_run_tells_its_perplexity_and_the_models_difference() -> None:
    (section,) = perplexity_section.build(a_run(*documents(1.0, 2.0, 1.0, 1.0), *documents(1.0, 2.0, 1.0, 1.5, model="other")))
    assert section.table()[1][-8:-5] == ["4 of 4", "650", "130"]
    assert section.table()[1][-5:-3] == ["64", "1.4615"]
    (note,) = section.notes
    assert note.text.endswith("over 4 documents, p 1: no difference is shown")
    assert list(perplexity_section.build(a_run(an_entry(0, Verdict.CORRECT)))) == []
