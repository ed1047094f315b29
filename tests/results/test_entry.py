"""An entry as plain data and back; a row that was damaged is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry, EntryText, Skip
from itemwise.results.labels import Key
from tests.reporting.conftest import an_entry


@pytest.mark.parametrize("verdict", list(Verdict))
def test_an_entry_comes_back_from_its_record_as_it_was(verdict: Verdict) -> None:
    entry = an_entry(3, verdict, span=(1, 2), measurement="abc", choices=("a", "b"), tags={"grade": "5"}, repeats=("wrong",))
    assert Entry.from_record(json.loads(json.dumps(entry.record()))) == entry


@pytest.mark.parametrize("damage", [{"verdict": "splendid"}, {"case": 5}, {"position": 5}, {"reply": []}, {"causes": [{"kind": 5}]}])
def test_a_record_that_was_damaged_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Entry.from_record(an_entry(0, Verdict.WRONG).record() | damage)


@pytest.mark.parametrize("missing", ["verdict", "case", "prompt", "position"])
def test_a_record_without_what_an_entry_needs_is_refused(missing: str) -> None:
    record = an_entry(0, Verdict.WRONG).record()
    del record[missing]
    with pytest.raises((KeyError, TypeError)):
        Entry.from_record(record)


def test_what_an_entry_cost_and_why_it_is_wrong() -> None:
    wrong, error = an_entry(0, Verdict.WRONG), an_entry(0, Verdict.ERROR)
    assert (wrong.cause, error.cause, error.cost) == ("arithmetic slip", "", None)
    assert wrong.cost is not None
    assert wrong.cost.completion_tokens == 12


def test_a_skip_comes_back_from_its_record_as_it_was() -> None:
    skip = Skip(
        node_id="t.py::t[c]", position=("t", 1), benchmark="t", model_name="m", strategy="s", case="c", sample_size=2, reason="not today"
    )
    assert Skip.from_record(json.loads(json.dumps(skip.record()))) == skip
    assert skip.key == Key("t", "m", "s")


def test_the_name_of_a_prompt_is_recorded_where_there_are_several_alone() -> None:
    assert "prompt_name" not in an_entry(0, Verdict.WRONG).record()
    among = an_entry(0, Verdict.WRONG, prompt_name="cot")
    assert among.record()["prompt_name"] == "cot"
    assert Entry.from_record(json.loads(json.dumps(among.record()))) == among


def test_a_verdict_is_called_as_the_run_calls_its_measurement() -> None:
    entry = an_entry(3, Verdict.WRONG)
    assert entry.called(entry.key) is entry
    called = entry.called(Key("sums", "embedded-text+int8", "direct", "cot"))
    assert called.key == Key("sums", "embedded-text+int8", "direct", "cot")
    assert called.node_id == "benchmarks/test_sums.py::test_sums[embedded-text+int8-direct-cot-sums-3]"
    assert (called.verdict, called.case, called.texts()) == (entry.verdict, entry.case, entry.texts())


@pytest.mark.parametrize(
    ("strategy", "is_answered", "told"),
    [("mine", False, {"is_answered": False}), ("mine", True, {}), ("reference", False, {}), ("reference", True, {"is_answered": True})],
)
def test_a_record_tells_whether_a_case_is_answered_where_the_name_of_its_strategy_does_not(
    strategy: str, is_answered: bool, told: dict[str, bool]
) -> None:
    entry = an_entry(0, Verdict.CORRECT, strategy=strategy, is_answered=is_answered)
    assert entry.record().items() >= told.items()
    assert ("is_answered" in entry.record()) == bool(told)
    assert Entry.from_record(json.loads(json.dumps(entry.record()))).is_answered is is_answered


def test_the_text_of_an_entry_is_read_only_where_it_was_made_elsewhere() -> None:
    entry = an_entry(0, Verdict.WRONG)
    text = EntryText.of(entry)
    assert text.read() is entry
    sent = str(text)
    assert (type(sent), EntryText(sent).read()) == (str, entry)
