"""What became of every case, and what that adds up to."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply, Verdict
from itemwise.causes import Cause
from itemwise.results.entry import Entry, MeasuredCase, Skip, Texts
from itemwise.results.ledger import Ledger
from itemwise.results.spill import SpillFile
from itemwise.results.statistics import accuracy, clustered_accuracy

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine
REPLY = Reply("42", "stop", 12, 3, 0.5, 8, (Turn("user", "6*7?"), Turn("assistant", "42")))
VERDICTS = st.lists(st.sampled_from(Verdict), min_size=1, max_size=30)


def entry(number: int, verdict: Verdict, reply: Reply | None = REPLY, **changes: Any) -> Entry:
    values = {
        "node_id": f"test_sums.py::test_sums[m-direct-sum-{number}]",
        "position": (number,),
        "benchmark": "sums",
        "model_name": "m",
        "strategy": "direct",
        "case": f"sum-{number}",
        "sample_size": 50,
        "expected": "42",
        "verdict": verdict,
        "quoted": Texts("6*7?", reply=None if verdict is Verdict.ERROR else reply),
    }
    return Entry(**{**values, **changes})


def ledger_of(*entries: Entry) -> Ledger:
    ledger = Ledger()
    for each in entries:
        ledger.put(each)
    return ledger


def test_every_verdict_has_its_own_count() -> None:
    (tally,) = ledger_of(*(entry(number, verdict) for number, verdict in enumerate(Verdict))).tallies()
    assert tally.counts == dict.fromkeys(Verdict, 1)


def test_errors_of_ours_are_left_out_of_the_accuracy() -> None:
    (tally,) = ledger_of(entry(0, Verdict.CORRECT), entry(1, Verdict.WRONG), entry(2, Verdict.ERROR)).tallies()
    assert (tally.judged, tally.accuracy.share) == (2, 0.5)


def test_a_sample_of_errors_alone_has_no_accuracy() -> None:
    (tally,) = ledger_of(entry(0, Verdict.ERROR)).tallies()
    assert (tally.judged, tally.accuracy.share, tally.accuracy.interval) == (0, None, None)


def test_undecided_cases_bound_the_accuracy_as_wrong_and_as_right() -> None:
    verdicts = (Verdict.CORRECT, Verdict.WRONG, Verdict.UNDECIDED, Verdict.ERROR)
    (tally,) = ledger_of(*(entry(number, verdict) for number, verdict in enumerate(verdicts))).tallies()
    assert tally.bounds == (accuracy(1, 3), accuracy(2, 3))
    story = {"rows": {"cluster": "story"}, "tags": {"story": "ada"}}
    (told,) = ledger_of(*(entry(number, verdict, **story) for number, verdict in enumerate(verdicts))).tallies()
    assert told.bounds == (clustered_accuracy([(1, 3)]), clustered_accuracy([(2, 3)]))
    assert ledger_of(entry(0, Verdict.CORRECT)).tallies()[0].bounds is None


def test_a_tally_knows_how_many_of_how_many() -> None:
    (tally,) = ledger_of(entry(0, Verdict.CORRECT), entry(1, Verdict.WRONG)).tallies()
    assert (tally.judged, tally.sample_size, tally.complete) == (2, 50, False)


def test_a_tally_is_complete_when_every_case_of_the_sample_is_judged() -> None:
    (tally,) = ledger_of(*(entry(number, Verdict.WRONG, sample_size=2) for number in range(2))).tallies()
    assert tally.complete


def test_a_sample_with_an_error_is_not_complete() -> None:
    (tally,) = ledger_of(entry(0, Verdict.WRONG, sample_size=2), entry(1, Verdict.ERROR, sample_size=2)).tallies()
    assert not tally.complete


def test_a_case_judged_again_replaces_what_was_known() -> None:
    ledger = ledger_of(entry(0, Verdict.WRONG), entry(0, Verdict.CORRECT))
    assert (len(ledger), ledger.tallies()[0].accuracy.share) == (1, 1.0)


def test_a_tally_sums_tokens_and_seconds_of_the_replies_there_are() -> None:
    (tally,) = ledger_of(entry(0, Verdict.WRONG), entry(1, Verdict.TRUNCATED), entry(2, Verdict.ERROR)).tallies()
    assert (tally.completion_tokens, tally.seconds) == (6, 1.0)


def test_benchmarks_models_and_strategies_are_told_apart_in_running_order() -> None:
    parts = [("sums", "a", "tool"), ("sums", "a", "direct"), ("sums", "b", "direct"), ("letters", "a", "direct")]
    entries = [
        entry(number, Verdict.WRONG, node_id=str(number), benchmark=benchmark, model_name=model, strategy=strategy)
        for number, (benchmark, model, strategy) in enumerate(parts)
    ]
    assert [(tally.benchmark, tally.model_name, tally.strategy) for tally in ledger_of(*reversed(entries)).tallies()] == parts


@UNHURRIED
@given(VERDICTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(verdicts: list[Verdict], random: Any) -> None:
    entries = [entry(number, verdict) for number, verdict in enumerate(verdicts)]
    arrived = random.sample(entries, len(entries))
    assert ledger_of(*arrived).entries == entries
    assert ledger_of(*arrived).tallies() == ledger_of(*entries).tallies()


@UNHURRIED
@given(VERDICTS)
def test_the_counts_add_up_to_the_cases(verdicts: list[Verdict]) -> None:
    (tally,) = ledger_of(*(entry(number, verdict) for number, verdict in enumerate(verdicts))).tallies()
    assert sum(tally.counts.values()) == len(verdicts)
    assert tally.judged == len(verdicts) - verdicts.count(Verdict.ERROR) - verdicts.count(Verdict.UNDECIDED)
    assert tally.accuracy.correct == verdicts.count(Verdict.CORRECT)


@UNHURRIED
@given(st.sampled_from(Verdict), st.none() | st.tuples(st.integers(0, 9), st.integers(9, 20)), st.none() | st.text())
def test_an_entry_survives_the_way_through_json(verdict: Verdict, span: tuple[int, int] | None, answer: str | None) -> None:
    sent = entry(3, verdict, span=span, answer=answer, tags={"grade": "4"}, rows={"source": "hub"}, model={"model": "m"})
    sent = replace(sent, causes=(Cause("reasoning", "none"),), choices=("yes", "no"), picture="ab", measurement="12")
    assert Entry.from_record(json.loads(json.dumps(sent.record()))) == sent


def test_a_record_is_plain_data_for_the_way_between_processes() -> None:
    assert type(entry(0, Verdict.NO_ANSWER).record()["verdict"]) is str


def told(number: int, verdict: Verdict = Verdict.WRONG) -> Entry:
    """An entry with some 30,000 characters of texts."""
    reply = replace(REPLY, text=f"{number}" * 5000, turns=(Turn("user", f"{number}?" * 5000), Turn("assistant", f"{number}" * 5000)))
    quoted = Texts(f"{number}?" * 5000, f"not {number}", f"pytest {number}", None if verdict is Verdict.ERROR else reply)
    sent = entry(number, verdict, quoted=quoted, model={"model": "m"}, rows={"source": "hub"})
    return Entry.from_record(json.loads(json.dumps(sent.record())))


def whole(entry: Entry) -> Entry:
    """The entry with its texts in memory."""
    return replace(entry, quoted=entry.texts())


def test_a_ledger_with_a_spill_file_holds_no_texts_in_memory(tmp_path: Path) -> None:
    ledger = Ledger(SpillFile(tmp_path))
    ledger.put(told(1000))  # what is allocated once
    tracemalloc.start()
    try:
        for number in range(1001, 1201):
            ledger.put(told(number))
        assert tracemalloc.get_traced_memory()[0] < 200 * 4000
    finally:
        tracemalloc.stop()
    assert ledger.entries[7].texts().reply.turns[1].content == "1007" * 5000


@pytest.mark.parametrize("verdict", Verdict)
def test_an_entry_from_the_spill_file_is_the_entry_that_was_put(tmp_path: Path, verdict: Verdict) -> None:
    ledger = Ledger(SpillFile(tmp_path))
    for put in (told(1, verdict), entry(2, Verdict.ERROR, quoted=Texts("6*7?", "no memory"))):
        ledger.put(put)
    assert [whole(each) for each in ledger.entries] == [told(1, verdict), put]
    assert [json.dumps(each.record()) for each in ledger.entries] == [json.dumps(each.record()) for each in (told(1, verdict), put)]
    assert ledger.tallies() == ledger_of(told(1, verdict), put).tallies()


def test_entries_share_what_is_equal_in_them(tmp_path: Path) -> None:
    ledger = Ledger(SpillFile(tmp_path))
    for number in range(2):
        ledger.put(told(number))
    first, second = ledger.entries
    assert first.model is second.model
    assert first.rows is second.rows


def test_an_entry_that_the_spill_file_has_no_room_for_stays_whole(tmp_path: Path) -> None:
    ledger = Ledger(SpillFile(tmp_path / "missing"))
    ledger.put(told(1))
    assert ledger.entries == [told(1)]


def test_a_verdict_of_an_earlier_run_took_no_time_in_this_one(tmp_path: Path) -> None:
    ledger = Ledger(SpillFile(tmp_path))
    ledger.put(told(1, Verdict.CORRECT))
    for number in (1, 2):
        ledger.recall(told(number))
    assert [(each.verdict, each.earlier, each.cost.seconds, each.texts().reply.seconds) for each in ledger.entries] == [
        (Verdict.CORRECT, False, 0.5, 0.5),
        (Verdict.WRONG, True, 0.0, 0.0),
    ]


def test_a_changed_entry_keeps_its_texts_in_the_file(tmp_path: Path) -> None:
    ledger = Ledger(SpillFile(tmp_path))
    ledger.put(told(1))
    (found,) = ledger.entries
    changed = replace(found, strategy="other")
    assert changed.quoted is found.quoted
    assert whole(changed) == replace(told(1), strategy="other")


def test_the_record_that_came_is_the_one_that_is_spilled(tmp_path: Path) -> None:
    """A reply is serialised where its case ran, and not again to be spilled."""
    ledger = Ledger(SpillFile(tmp_path))
    sent = json.dumps(told(1).record())
    ledger.put(Entry.from_record(json.loads(sent)), sent.replace("not 1", "not 2"))
    assert ledger.entries[0].texts().message == "not 2"


@pytest.mark.parametrize("spilled", [False, True])
def test_what_was_generated_for_a_case_counts_however_often_it_ran(tmp_path: Path, *, spilled: bool) -> None:
    ledger = Ledger(SpillFile(tmp_path)) if spilled else Ledger()
    ledger.put(entry(0, Verdict.WRONG, replace(REPLY, generated=1, generated_tokens=7, seconds=2.0)))
    ledger.put(entry(0, Verdict.WRONG, replace(REPLY, generated=0, generated_tokens=0, seconds=0.0)))
    (tally,) = ledger.tallies()
    assert (tally.generated, tally.generated_tokens, tally.seconds) == (1, 7, 2.0)
    assert ledger.entries[0].texts().reply == replace(REPLY, generated=1, generated_tokens=7, seconds=2.0)


def test_what_is_no_entry_is_refused() -> None:
    record = told(1).record()
    for wrong in ({"verdict": "maybe"}, {"prompt": 5}, {"reply": 5}, {"reply": {"text": 5}}, {"causes": [{"kind": "x"}]}, {"run": None}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Entry.from_record(record | wrong)


def test_what_a_later_version_notes_besides_is_passed_over() -> None:
    record = told(1).record()
    reply = {**record["reply"], "mood": "good", "turns": [{**turn, "mood": "good"} for turn in record["reply"]["turns"]]}
    assert Entry.from_record(record | {"mood": "good", "reply": reply}) == told(1)


def test_the_record_of_a_case_that_ran_once_is_not_made_anew_and_that_of_one_that_ran_again_tells_so(tmp_path: Path) -> None:
    ledger, plain = Ledger(SpillFile(tmp_path)), Ledger()
    sent = [told(1), told(2), told(2, Verdict.CORRECT), told(3, Verdict.ERROR)]
    for entry in sent:
        ledger.put(entry, json.dumps(entry.record()))
        plain.put(entry)
    recalled = told(4)
    ledger.recall(recalled)
    plain.recall(recalled)
    assert [record for _, record in ledger.records()] == [record for _, record in plain.records()]
    assert [json.loads(record)["repeats"] for _, record in ledger.records()] == [[], ["wrong"], [], []]


def test_the_same_case_under_several_prompts_is_counted_for_each() -> None:
    entries = [
        entry(0, verdict, prompt_name=prompt, position=(way, 0))
        for way, (prompt, verdict) in enumerate([("a", Verdict.CORRECT), ("b", Verdict.WRONG)])
    ]
    tallies = ledger_of(*entries).tallies()
    assert [(tally.prompt_name, tally.name, tally.accuracy.share) for tally in tallies] == [
        ("a", "sums/m/direct/a", 1.0),
        ("b", "sums/m/direct/b", 0.0),
    ]
    assert [tally.counts_entry(each) for tally in tallies for each in entries] == [True, False, False, True]


def test_verdicts_of_earlier_runs_do_not_order_the_tallies() -> None:
    ledger = ledger_of(
        entry(1, Verdict.CORRECT, prompt_name="a", position=(0, 1)), entry(1, Verdict.CORRECT, prompt_name="b", position=(1, 1))
    )
    ledger.recall(entry(0, Verdict.WRONG, prompt_name="b", position=(0, 0)))  # which was the only prompt of its own run
    assert [(tally.prompt_name, tally.judged) for tally in ledger.tallies()] == [("a", 1), ("b", 2)]


def test_a_prompt_without_a_verdict_has_its_line() -> None:
    ledger = ledger_of(entry(0, Verdict.CORRECT, prompt_name="a"))
    ledger.skip(
        Skip(
            **{name: getattr(entry(0, Verdict.CORRECT, prompt_name="b"), name) for name in MeasuredCase.__dataclass_fields__},
            reason="not today",
        )
    )
    assert [(tally.prompt_name, tally.judged, tally.skipped) for tally in ledger.tallies()] == [("a", 1, 0), ("b", 0, 1)]
