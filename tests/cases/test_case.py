"""The nouns."""

from __future__ import annotations

import json
import re
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from itemwise.cases.case import Case
from itemwise.cases.chat import ToolCall, Turn, TurnCost
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Reply, Verdict

PICTURE = Picture("row 0", lambda: PIL.Image.new("RGB", (20, 10), "green"))
REPLY = Reply("42", "stop", 12, 3, 0.25, 8, (Turn("user", "6*7?"), Turn("assistant", "42")))


def test_a_reply_ended_by_the_token_limit_is_truncated() -> None:
    assert [Reply("4", reason, 1, 1, 0.1, 1, ()).truncated for reason in ("stop", "length")] == [False, True]


def test_a_reply_is_recorded_whole_as_plain_data() -> None:
    assert json.loads(json.dumps(REPLY.record())) == {
        "text": "42",
        "finish_reason": "stop",
        "prompt_tokens": 12,
        "completion_tokens": 3,
        "seconds": 0.25,
        "batch_size": 8,
        "turns": [{"role": "user", "content": "6*7?"}, {"role": "assistant", "content": "42"}],
        "generated": 0,
        "generated_tokens": 0,
        "notes": {},
    }


TURNS = (
    Turn("system", "Be brief."),
    Turn("user", "How many?", pictures=(PICTURE,)),
    Turn(
        "assistant",
        "<call>",
        (ToolCall("calculator", {"expression": "6*7"}), ToolCall("", {"text": "{"}, "not JSON")),
        TurnCost("stop", 9, 4),
    ),
    Turn("tool", "42"),
    Turn("assistant", "42 \ud800", cost=TurnCost("length", 12, 3, 0.7, 2, "content_filter"), reasoning="6*7", refusal="No."),
)


@pytest.mark.parametrize(
    "reply", [REPLY, Reply("42", "length", 21, 7, 0.5, 8, TURNS, 1, 3, {"calls": 2, "votes": {"42": 2}}, "6*7", "No.")]
)
def test_a_reply_survives_the_way_through_json(reply: Reply) -> None:
    record = json.loads(json.dumps(reply.record()))
    assert Reply.from_record(record) == reply
    assert Reply.from_record(record).record() == record


def test_a_reply_of_which_a_record_tells_only_the_text_cost_nothing() -> None:
    assert Reply.from_record({"text": "42"}) == Reply("42", "", 0, 0, 0.0, 0, ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": None},
        {"seconds": "x"},
        {"turns": {}},
        {"turns": ["42"]},
        {"turns": [{"role": "user"}]},
        {"turns": [{"role": "user", "content": 5}]},
        {"turns": [{"role": "assistant", "content": "", "calls": [1]}]},
        {"turns": [{"role": "assistant", "content": "", "calls": [{"name": "calculator"}]}]},
        {"turns": [{"role": "assistant", "content": "", "calls": [], "faults": ["one too many"]}]},
        {"notes": []},
    ],
)
def test_what_is_no_record_of_a_reply_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Reply.from_record({**REPLY.record(), **wrong})


def test_a_case_cannot_be_changed_once_made() -> None:
    case = Case("sum-1", "6*7?", "42")
    with pytest.raises(FrozenInstanceError):
        case.answer = "43"


def test_cases_do_not_share_their_tags() -> None:
    assert Case("a", "?", "0").tags is not Case("b", "?", "0").tags


def test_verdicts_are_the_words_that_reports_show() -> None:
    assert [verdict.value for verdict in Verdict] == ["correct", "wrong", "no answer", "truncated", "undecided", "error"]


class Word(str):
    """Text of a subclass, as datasets give it."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"answer": 4}, "case 'a': answer must be text (str), got 4 (int); .*; give \"4\""),
        ({"answer": np.int64(4)}, 'answer must be text (str), got np.int64(4) (int64); .*; give "4"'),
        ({"answer": True}, "answer must be text (str), got True (bool)"),
        ({"answer": float("nan")}, "answer must be text (str), got nan (float)"),
        ({"answer": Decimal(4)}, "answer must be text (str), got Decimal"),
        ({"answer": b"4"}, "answer must be text (str), got b'4' (bytes)"),
        ({"answer": ["4"]}, "answer must be text (str), got ['4'] (list)"),
        ({"answer": None}, "answer must be text (str), got None (NoneType); give the gold .*, or leave the row out"),
        ({"answer": "4\udc00"}, "answer holds half a character ('\\udc00' at 1)"),
        ({"name": 5}, "case 5: name must be text (str), got 5 (int)"),
        ({"name": None}, "case None: name must be text"),
        ({"name": " "}, "name is empty"),
        ({"name": "a\x1b[31m"}, "name holds a control character"),
        ({"name": "\ud83d"}, "name holds half a character"),
        ({"prompt": None}, "prompt must be text (str), got None"),
        (
            {"prompt": [{"role": "user", "content": "?"}]},
            "prompt is no chat that can be asked: it holds {'content': '?', 'role': 'user'} at 0; give turns, such as Turn(",
        ),
        ({"prompt": "\n"}, "prompt is empty, so nothing would be asked"),
        ({"prompt": "\ud83d?"}, "prompt holds half a character"),
        ({"tags": {"l": ["x"]}}, "tag 'l' must be text (str), got ['x'] (list)"),
        ({"tags": {1: "x"}}, "a tag's name must be text (str), got 1 (int)"),
        ({"tags": {"l": float("nan")}}, "tag 'l' must be text (str), got nan"),
        ({"tags": ["x"]}, "tags must be texts by name, .*, got ['x']"),
        ({"choices": "AB"}, "choices must be a list of texts, got 'AB'"),
        ({"choices": ["a", None]}, "choice 1 must be text (str), got None"),
        ({"picture": "p.png"}, "picture must be an itemwise.Picture or None, got 'p.png'"),
        ({"prompt_for": "?"}, "prompt_for must be a function of the choices, got '?'"),
    ],
)
def test_a_field_of_another_form_is_refused_with_the_case_the_field_and_the_value(given: dict[str, Any], said: str) -> None:
    pattern = re.escape(said).replace(r"\.\*", ".*")
    with pytest.raises(ValueError, match=pattern) as raised:
        Case(**{"name": "a", "prompt": "?", "answer": "4"} | given)
    assert str(raised.value).startswith("case ")


def test_a_huge_value_is_shown_in_short() -> None:
    with pytest.raises(ValueError, match="answer must be text") as raised:
        Case("a", "?", list(range(10**5)))  # type: ignore[arg-type]
    assert len(str(raised.value)) < 300


SYSTEM, ASKED, REPLIED = Turn("system", "Be brief."), Turn("user", "1+1?"), Turn("assistant", "2")
CALLED = Turn("assistant", "", (ToolCall("calculator", {"expression": "6*7"}),))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ([], 'it has no user turn, so nothing would be asked; give Turn("user", "...") with the question.'),
        ([SYSTEM], "it has no user turn"),
        ([ASKED, "2"], "it holds '2' at 1; give turns"),
        ([SYSTEM, SYSTEM, ASKED], "the system turn at 1 is not the first; a chat has one system turn at most, at its beginning."),
        ([ASKED, SYSTEM, ASKED], "the system turn at 1 is not the first"),
        ([ASKED, REPLIED], "it ends with the assistant's turn, so that the reply is there already; end it with the user's."),
        ([Turn("system", "See.", pictures=(PICTURE,)), ASKED], "the system turn at 0 holds a picture; only the user's turns show any."),
        ([Turn("user", "See.", pictures=("p.png",))], "the user turn at 0 holds 'p.png' as a picture; use row.picture(...)."),  # type: ignore[arg-type]
        ([Turn("human", "1+1?")], "the turn at 0 has the role 'human'; roles are system, user, assistant, tool, text."),
        ([SYSTEM, Turn("text", "1+1=")], "a text turn stands alone, as it is continued without a chat template; ask it once."),
        ([ASKED, Turn("assistant", " "), ASKED], "the assistant turn at 1 is empty; leave it out."),
        ([Turn("user", "\n")], "the user turn at 0 is empty; leave it out."),
        ([Turn("user", "?", CALLED.calls)], "the user turn at 0 holds calls; only the assistant's turns make any."),
        ([ASKED, Turn("tool", "2")], "the tool turn at 1 answers no call; give the assistant's turn before it its calls."),
        ([ASKED, CALLED, ASKED], "a call before the turn at 2 has no answer; give a tool turn for each."),
        ([ASKED, CALLED, Turn("tool", "42"), Turn("tool", "42")], "the tool turn at 3 answers no call"),
    ],
)
def test_a_chat_that_cannot_be_asked_is_refused_with_what_to_do(prompt: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"case 'a': prompt is no chat that can be asked: {said}")):
        Case("a", prompt, "4")


def test_a_turn_s_content_is_text() -> None:
    with pytest.raises(ValueError, match=re.escape("case 'a': content of the 'user' turn at 1 must be text (str), got None (NoneType).")):
        Case("a", [SYSTEM, Turn("user", None)], "4")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="content of the 'user' turn at 0 holds half a character"):
        Case("a", [Turn("user", "\ud83d")], "4")


def test_a_chat_has_its_pictures_in_its_turns() -> None:
    with pytest.raises(ValueError, match="a chat has its pictures in its turns"):
        Case("a", [ASKED], "4", picture=PICTURE)
    case = Case("a", [Turn("user", "", pictures=(PICTURE,)), REPLIED, Turn("user", "And?", pictures=(PICTURE,))], "4")
    assert case.pictures == (PICTURE, PICTURE)


def test_a_text_is_asked_as_one_user_turn_and_a_chat_as_it_is() -> None:
    assert Case("a", "1+1?", "2", picture=PICTURE).chat == (Turn("user", "1+1?", pictures=(PICTURE,)),)
    chat = [SYSTEM, ASKED, REPLIED, Turn("user", "2+3?")]
    case = Case("a", chat, "5")
    chat.pop()  # a loader may go on changing what it gave
    assert case.chat == (SYSTEM, ASKED, REPLIED, Turn("user", "2+3?"))
    assert [Case("a", prompt, "5").has_system_turn for prompt in ("2+3?", [ASKED], case.chat)] == [False, False, True]


def test_people_read_a_chat_as_a_conversation() -> None:
    chat = [SYSTEM, Turn("user", "What is it?", pictures=(PICTURE,)), CALLED, Turn("tool", "42"), ASKED]
    assert Case("a", chat, "4").text == (
        "system: Be brief.\n\nuser: [picture]\nWhat is it?\n\nassistant: calculator(expression='6*7')\n\ntool: 42\n\nuser: 1+1?"
    )
    assert [Case("a", prompt, "4").text for prompt in ("1+1?", [ASKED])] == ["1+1?", "1+1?"]


@pytest.mark.parametrize("right", [True, "A", 2, -1, None, 1.0])
def test_the_right_option_is_a_place_among_them(right: Any) -> None:
    with pytest.raises(ValueError, match="right must be a place in 2 choices"):
        Case.choice("a", lambda _: "?", ["yes", "no"], right)


def test_text_of_a_subclass_is_taken_as_text() -> None:
    case = Case(Word("a"), Word("?"), Word("4"), {Word("l"): np.str_("x")}, choices=[Word("b")])  # type: ignore[arg-type]
    assert [type(part) for part in (case.name, case.prompt, *case.tags, *case.tags.values(), *case.choices)] == [str] * 5
    assert case.answer == "4"


def test_a_case_keeps_its_tags_whatever_the_loader_makes_of_its_own() -> None:
    tags = {"subject": "art"}
    case = Case("a", "?", "4", tags)
    tags["subject"] = "law"
    assert case.tags == {"subject": "art"}


@pytest.mark.parametrize("make", [partial(Case, "a", "?", "A", choices=("x", "y")), partial(Case.choice, "a", choices=("x", "y"), right=0)])
def test_prompt_for_may_still_be_called_word(make: Any) -> None:
    with pytest.warns(DeprecationWarning, match=r"^Case(\.choice)?\(word=\) is called prompt_for= now\.$") as warned:
        case = make(word=", ".join)
    assert [Path(warning.filename) for warning in warned] == [Path(__file__)]
    assert case.prompt_for(case.choices) == "x, y"
    with pytest.warns(DeprecationWarning, match=r"^Case\.word is called prompt_for now\.$") as warned:
        assert case.word == case.prompt_for
    assert [Path(warning.filename) for warning in warned] == [Path(__file__)]


@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_a_case_is_copied_without_a_word_of_former_names() -> None:
    case = Case("a", "?", "A", choices=("x", "y"), prompt_for=", ".join)
    assert replace(case, name="b").prompt_for == case.prompt_for


@pytest.mark.parametrize("tokens", [0, 7, None])
def test_tokens_of_a_thought_are_recorded_where_there_are_some_or_nobody_counted(tokens: int | None) -> None:
    cost = TurnCost("stop", 12, 9, thinking_tokens=tokens, thinking_cut=tokens == 7)
    reply = replace(REPLY, turns=(Turn("assistant", "42", cost=cost),), thinking_tokens=tokens, thinking_cut=tokens == 7)
    record = json.loads(json.dumps(reply.record()))
    assert Reply.from_record(record) == reply
    assert ("thinking_tokens" in record, "thinking_tokens" in record["turns"][0]) == (tokens != 0, tokens != 0)
