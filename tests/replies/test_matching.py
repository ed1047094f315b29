"""Which reply is to which case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.repeats import repeated
from itemwise.replies import GivenReply, MatchedReplies, RepliesError, ReplyFile, matched

CASES = [Case(f"sums-{n}", f"How much is {n} + {n}?\n\nThink first.", str(2 * n)) for n in range(3)]


def given(id: str, question: str = "", asked: str = "") -> GivenReply:
    turns = (Turn("text", asked),) if asked else ()
    return GivenReply(id, f"reply {id}", f"line {id}", question=question, asked=turns)


def found(*replies: GivenReply, cases: Sequence[Case] = CASES) -> MatchedReplies:
    return matched(ReplyFile(Path("r.jsonl"), "0" * 64, "jsonl", replies, {}), cases)


def texts(match: MatchedReplies) -> dict[str, str]:
    return {name: reply.text for name, reply in match.replies.items()}


def test_by_id_first_then_by_row_and_then_by_question() -> None:
    match = found(given("sums-2"), given("0"), given("x", "How much is 1 + 1?"))
    assert texts(match) == {"sums-2": "reply sums-2", "sums-0": "reply 0", "sums-1": "reply x"}
    assert match.rules == {"by id": 1, "by the id of the row": 1, "by the text of the question": 1}
    assert match.lines() == [
        "3 of 3 cases have a reply in r.jsonl (1 by id, 1 by the id of the row, 1 by the text of the question)",
    ]


def test_a_row_whose_question_is_another_is_another_row() -> None:
    match = found(given("0", "How much is 1 + 1?"), given("1", " How much\nis 0 + 0?"))
    assert texts(match) == {"sums-1": "reply 0", "sums-0": "reply 1"}
    assert found(given("0", "How much is 0 + 0?")).rules == {"by the id of the row, confirmed by the question": 1}
    assert texts(found(given("0", "Who was it?"))) == {}


def test_ids_that_run_from_1_are_told() -> None:
    assert any(line.startswith("row ids: they run from 1") for line in found(given("1"), given("2"), given("3")).lines())
    asked = found(*(given(str(n), f"How much is {n - 1} + {n - 1}?") for n in (1, 2, 3)))
    assert (texts(asked)["sums-0"], len(asked.lines())) == ("reply 1", 1)


def test_a_question_of_several_cases_is_of_none() -> None:
    cases = [*CASES, Case("more-7", "How much is 1 + 1? Say it.", "2"), Case("other-0", "Which?", "A")]
    assert found(given("q", "How much is"), given("0"), cases=cases).replies == {}


def test_what_is_missing_on_either_side_is_counted_and_named() -> None:
    match = found(given("sums-0"), *(given(f"left-{n}") for n in range(5)))
    assert match.lines()[1:] == ["cases without a reply: 2 (sums-1, sums-2)", "replies without a case: 5 (left-0, left-1, left-2, ...)"]
    assert match.reply("sums-0").text == "reply sums-0"
    with pytest.raises(RepliesError, match=r"r\.jsonl holds no reply to sums-1"):
        match.reply("sums-1")


def test_a_case_without_a_reply_tells_which_requests_failed() -> None:
    file = ReplyFile(Path("r.jsonl"), "0" * 64, "a batch", [given("sums-2")], {"failed requests": "1 (sums-1: status 500)"})
    with pytest.raises(RepliesError, match=r"holds no reply to sums-1 \(failed requests: 1 \(sums-1: status 500\)\); it counts"):
        matched(file, CASES).reply("sums-1")


def test_two_replies_to_one_case_name_both_places() -> None:
    with pytest.raises(RepliesError, match="line 1 and line sums-1 are both to sums-1; leave one of them"):
        found(given("sums-1"), given("1"))


def test_repeats_are_to_the_repeats_of_their_case() -> None:
    cases = [repeat for case in CASES for repeat in repeated(case, 2)]
    both = [
        replace(given(name, question), repeat=repeat)
        for repeat in (1, 2)
        for name, question in (("sums-2", ""), ("x", "How much is 1 + 1?"))
    ]
    match = found(*both, replace(given("0"), repeat=2), replace(given("sums-2"), repeat=3), cases=cases)
    assert texts(match) == {
        "sums-2": "reply sums-2",
        "sums-2-repeat2": "reply sums-2",
        "sums-1": "reply x",
        "sums-1-repeat2": "reply x",
        "sums-0-repeat2": "reply 0",
    }
    assert match.lines()[1:] == ["cases without a reply: 1 (sums-0)", "replies without a case: 1 (sums-2-repeat3)"]


def test_the_record_says_what_of_the_prompts_is_known() -> None:
    assert found(given("0")).words["prompt"] == "unknown, as the replies were made elsewhere"
    same = found(given("0", asked="How much is 0 + 0?\n\nThink first."), given("1", asked="1+1"))
    assert same.words["prompt"] == "as the file tells; 1 of 2 are the same here"
