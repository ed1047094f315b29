"""The ladder: each way of asking or reading against the one before it, on the same cases."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from itemwise.analysis.ladder import Ladder, Rung, ladders
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry, MeasuredCase, Skip
from itemwise.results.ledger import Ledger, tallied
from itemwise.results.statistics import holm, mcnemar
from tests.reporting.conftest import MODEL, a_reply, an_entry, with_changes

LETTERS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "N": Verdict.NO_ANSWER, "E": Verdict.ERROR}


def judged(verdicts: str, strategy: str = "direct", **changes: object) -> list[Entry]:
    return [an_entry(number, LETTERS[letter], strategy=strategy, **changes) for number, letter in enumerate(verdicts)]


def ladder_of(*parts: Iterable[Entry]) -> Ladder:
    entries = [entry for part in parts for entry in part]
    (found,) = ladders(tallied(entries), entries)
    return found


def rung(ladder: Ladder, name: str) -> Rung:
    (found,) = (each for each in ladder.rungs if each.name == name)
    return found


def test_one_way_of_asking_is_no_ladder() -> None:
    entries = judged("CWC")
    assert ladders(tallied(entries), entries) == []


def test_each_rung_is_paired_with_the_one_before_it() -> None:
    ladder = ladder_of(judged("WWWWWWCC"), judged("CCCCCCCW", "retry"), judged("CCCCCCCC", "tool"))
    assert [(each.name, each.against, each.gain) for each in ladder.rungs] == [
        ("direct", None, ""),
        ("retry", "direct", "asking again"),
        ("tool", "retry", "the calculator"),
    ]
    retry = rung(ladder, "retry")
    assert retry.pair is not None
    assert (retry.pair.gained, retry.pair.lost) == ([f"sums-{n}" for n in range(6)], ["sums-7"])
    assert retry.pair.change == pytest.approx(5 / 8)
    assert retry.pair.p == mcnemar(6, 1)


def test_p_values_are_corrected_for_all_rungs() -> None:
    ladder = ladder_of(judged("W" * 20), judged("C" * 9 + "W" * 11, "retry"), judged("C" * 15 + "W" * 5, "tool"))
    raw = [each.pair.p for each in ladder.rungs if each.pair]
    assert [each.holm_p for each in ladder.rungs[1:]] == holm(raw)


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        ("W" * 9, "C" * 9, "helps"),
        ("C" * 9, "W" * 9, "hurts"),
        ("CWCWCWCWC", "CCCWCWCWC", "no difference shown"),
        ("CCC", "CCC", "no difference shown"),
    ],
)
def test_a_rung_that_does_not_help_says_so(before: str, after: str, finding: str) -> None:
    assert rung(ladder_of(judged(before), judged(after, "vote")), "vote").finding == finding


def test_errors_of_ours_are_left_out_of_the_pair() -> None:
    found = rung(ladder_of(judged("WWE"), judged("CEC", "tool")), "tool")
    assert found.pair is not None
    assert found.pair.judged == ["sums-0"]


def test_the_first_rung_reads_the_same_replies_strictly_where_json_was_asked_for() -> None:
    replies = ['{"answer": 42}', 'Sure: {"answer": "$42"}', '{"answer": "42"}', "I cannot say."]
    entries = [
        with_changes(each, prompt="Reply with JSON only.", reply=a_reply(text)) for each, text in zip(judged("CCCN"), replies, strict=True)
    ]
    ladder = ladder_of(entries, judged("CCCC", "tool", prompt="Reply with JSON only."))
    assert [(each.name, each.gain) for each in ladder.rungs] == [
        ("direct, strict-json", ""),
        ("direct", "reading"),
        ("tool", "the calculator"),
    ]
    strict = ladder.rungs[0].tally
    assert (strict.counts[Verdict.CORRECT], strict.counts[Verdict.NO_ANSWER]) == (2, 2)
    pair = rung(ladder, "direct").pair
    assert pair is not None
    assert pair.gained == ["sums-1"]


def test_strict_reading_is_no_rung_where_the_run_itself_read_so_or_no_json_was_asked_for() -> None:
    rows = {"reader": "strict-json"}
    strictly = ladder_of(judged("CW", prompt="JSON", rows=rows), judged("CC", "tool", prompt="JSON", rows=rows))
    plainly = ladder_of(judged("CW"), judged("CC", "tool"))
    assert [each.name for each in strictly.rungs] == [each.name for each in plainly.rungs] == ["direct", "tool"]


def test_another_model_is_compared_with_the_same_strategy_of_the_one_before() -> None:
    ladder = ladder_of(judged("CW"), judged("CC", "tool"), judged("WW", model_name="other"), judged("WC", "tool", model_name="other"))
    assert [(each.name, each.against, each.gain) for each in ladder.rungs[1:]] == [
        ("embedded-text, tool", "embedded-text, direct", "the calculator"),
        ("other, direct", "embedded-text, direct", "the model"),
        ("other, tool", "other, direct", "the calculator"),
    ]


def test_cases_that_only_one_rung_holds_are_not_paired() -> None:
    found = rung(ladder_of(judged("WWW"), judged("CC", "tool")), "tool")
    assert found.pair is not None
    assert found.pair.judged == ["sums-0", "sums-1"]


def test_a_rung_that_does_not_stand_on_the_one_before_says_what_it_is_instead_of_and_what_it_adds_to_the_first() -> None:
    ladder = ladder_of(judged("WWWWWWCC"), judged("CCCCCCCC", "tool"), judged("CWWWWWCC", "vote"))
    vote = rung(ladder, "vote")
    assert (vote.against, vote.gain) == ("tool", "voting instead of the calculator")
    assert vote.since_first is not None
    assert (vote.since_first.change, vote.since_first.p) == (1 / 8, 1.0)
    assert rung(ladder, "tool").since_first is None  # its rung before is the first


def prompted(prompt: str, verdicts: str, strategy: str = "direct", **changes: object) -> list[Entry]:
    return judged(verdicts, strategy, prompt_name=prompt, rows={"prompt": prompt}, **changes)


def asking_for_json(entries: list[Entry]) -> list[Entry]:
    return [with_changes(each, prompt="Reply with JSON only.") for each in entries]


def test_a_further_prompt_is_compared_with_the_same_strategy_of_the_prompt_before() -> None:
    ladder = ladder_of(
        prompted("json", "WWWWC"), prompted("json", "WWWCC", "retry"), prompted("cot", "CCWWC"), prompted("cot", "CCCWC", "retry")
    )
    assert [(each.name, each.against, each.gain) for each in ladder.rungs] == [
        ("json, direct", None, ""),
        ("json, retry", "json, direct", "asking again"),
        ("cot, direct", "json, direct", "the prompt"),
        ("cot, retry", "cot, direct", "asking again"),
    ]
    cot = rung(ladder, "cot, direct").pair
    assert cot is not None
    assert (cot.change, cot.gained, cot.lost) == (pytest.approx(2 / 5), ["sums-0", "sums-1"], [])


def test_a_further_number_of_examples_is_compared_under_the_same_prompt_and_a_prompt_under_the_same_number() -> None:
    def shown(prompt: str, shots: str, verdicts: str) -> list[Entry]:
        return judged(verdicts, prompt_name=f"{prompt}-{shots}-shot", rows={"prompt": prompt} | ({"shots": shots} if shots != "0" else {}))

    ladder = ladder_of(shown("cot", "0", "WW"), shown("cot", "4", "CW"), shown("json", "0", "WC"), shown("json", "4", "CC"))
    assert [(each.name, each.against, each.gain) for each in ladder.rungs[1:]] == [
        ("cot-4-shot, direct", "cot-0-shot, direct", "the examples"),
        ("json-0-shot, direct", "cot-0-shot, direct", "the prompt"),
        ("json-4-shot, direct", "json-0-shot, direct", "the examples"),
    ]


def test_a_further_model_is_compared_under_the_same_prompt() -> None:
    other = {"model_name": "other"}
    ladder = ladder_of(prompted("a", "CW"), prompted("b", "CC"), prompted("a", "WW", **other), prompted("b", "WC", **other))
    assert [(each.name, each.against, each.gain) for each in ladder.rungs[1:]] == [
        ("embedded-text, b, direct", "embedded-text, a, direct", "the prompt"),
        ("other, a, direct", "embedded-text, a, direct", "the model"),
        ("other, b, direct", "other, a, direct", "the prompt"),
    ]


def test_a_model_that_prefers_another_prompt_differs_in_both() -> None:
    asked = judged("CW", rows={"prompt": "json"})
    other = judged("WC", rows={"prompt": "cot"}, model_name="other", model=MODEL | {"revision": "sha256:other"})
    assert ladder_of(asked, other).rungs[1].gain == "the model and the prompt"
    again = judged("WC", rows={"prompt": "cot"}, model_name="the same under another name")
    assert ladder_of(asked, again).rungs[1].gain == "the prompt"


def test_replies_are_read_strictly_under_the_first_prompt_of_a_model_alone() -> None:
    ladder = ladder_of(asking_for_json(prompted("json", "CW")), asking_for_json(prompted("json-zh", "CC")))
    assert [(each.name, each.gain) for each in ladder.rungs] == [
        ("json, direct, strict-json", ""),
        ("json, direct", "reading"),
        ("json-zh, direct", "the prompt"),
    ]


def test_a_measurement_without_a_verdict_is_no_rung() -> None:
    ledger = Ledger()
    for each in judged("CW"):
        ledger.put(each)
    ledger.skip(Skip(**{name: getattr(judged("C", "tool")[0], name) for name in MeasuredCase.__dataclass_fields__}, reason="not today"))
    assert len(ledger.tallies()) == 2
    assert ladders(ledger.tallies(), ledger.entries) == []
    ladder = ladder_of(judged("CW"), judged("EE", "retry"), judged("CC", "tool"))
    assert [(each.name, each.against) for each in ladder.rungs] == [("direct", None), ("tool", "direct")]


@pytest.mark.parametrize(
    ("loaded", "gain"),
    [
        ({"quantisation": "int8"}, "the quantisation"),
        ({"adapter": "my-lora sha256:5"}, "the adapter"),
        ({"max new tokens": "64"}, "the token limit"),
        ({"quantisation": "int8", "max new tokens": "64"}, "the quantisation and the token limit"),
        ({"quantisation": "int8", "revision": "sha256:other"}, "the model"),
        ({"prompting": "another chat template"}, "the model"),
        ({}, "the model"),
    ],
)
def test_the_same_weights_loaded_otherwise_differ_by_that_alone(loaded: dict[str, str], gain: str) -> None:
    assert ladder_of(judged("CW"), judged("WC", model_name="other", model=MODEL | loaded)).rungs[1].gain == gain
