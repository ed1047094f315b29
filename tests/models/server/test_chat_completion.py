"""What the body of a chat completion says, in the forms of many servers."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.cases.chat import ToolCall, Turn
from itemwise.models import Generation, ModelError, Request
from itemwise.models.server.attempt_errors import PersistentError, TransientError
from itemwise.models.server.chat_completion import generation_of, uncounted
from itemwise.strategies.calculator import CALCULATOR
from tests.stand_in import said

QUESTION = Turn("user", "6*7?")
CALL = ToolCall("calculator", {"expression": "6*7"})
TOLD = {"id": "x", "type": "function", "function": {"name": "calculator", "arguments": '{"expression": "6*7"}'}}


@pytest.mark.parametrize(
    ("reason", "finished"),
    [("stop", "stop"), ("length", "length"), ("tool_calls", "stop"), ("content_filter", "stop"), (None, "stop")],
)
def test_only_the_limit_is_told_apart_from_an_end(reason: Any, finished: str) -> None:
    assert generation_of(said("42", reason).body, Request((QUESTION,))) == Generation("42", finished, 5, 2)


def test_an_empty_text_is_what_the_model_said() -> None:
    assert generation_of(said("").body, Request((QUESTION,))).text == ""


def test_calls_that_the_server_tells_apart_are_read_and_others_left_in_the_text() -> None:
    request = Request((QUESTION,), (CALCULATOR,))
    told = generation_of(said(None, "tool_calls", tool_calls=[TOLD]).body, request)
    assert (told.text, told.calls) == ("", (CALL,))
    assert generation_of(said("<tool_call>...").body, request).calls is None


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ({"name": "oven", "arguments": "{}"}, "there is no tool 'oven', only calculator; "),
        ({"name": "calculator", "arguments": "6*7"}, "the arguments of calculator are no plain JSON object; "),
        ({"arguments": "{}"}, "the call has no name; "),
    ],
)
def test_what_is_wrong_with_a_call_is_said_to_the_model(function: dict[str, str], fault: str) -> None:
    answer = said(None, tool_calls=[{"id": "x", "function": function}]).body
    (call,) = generation_of(answer, Request((QUESTION,), (CALCULATOR,))).calls or ()
    assert call.fault.startswith(fault)


ENDS = {
    **dict.fromkeys(
        ["length", "max_tokens", "MAX_TOKENS", "model_length", "max_output_tokens", "token_limit", "FinishReason.MAX_TOKENS"], "length"
    ),
    **dict.fromkeys(["stop", "eos", "end_turn", "STOP", "eos_token", "stop_sequence", "tool_calls", "function_call", "", None], "stop"),
}
ODD_ENDS = ["content_filter", "safety", "SAFETY", "RECITATION", "banana", 3, 2.5, True, ["stop"], {"a": 1}]


@pytest.mark.parametrize(("reason", "finished"), ENDS.items())
def test_servers_have_many_words_for_the_end_and_for_the_limit(reason: Any, finished: str) -> None:
    generation = generation_of(said("42", reason).body, Request((QUESTION,)))
    assert (generation.text, generation.finish_reason, generation.native_finish_reason) == ("42", finished, "")


@pytest.mark.parametrize("reason", ODD_ENDS, ids=str)
def test_a_reason_that_is_neither_end_nor_limit_is_kept_as_it_was_given(reason: Any) -> None:
    generation = generation_of(said("42", reason).body, Request((QUESTION,)))
    assert (generation.text, generation.finish_reason, generation.native_finish_reason) == ("42", "stop", str(reason))


def test_a_missing_reason_is_an_end_but_where_as_many_tokens_came_as_were_asked_for() -> None:
    answer = said("42").body
    del answer["choices"][0]["finish_reason"]
    assert generation_of(answer, Request((QUESTION,)), limit=3).finish_reason == "stop"
    assert generation_of(answer, Request((QUESTION,)), limit=2).finish_reason == "length"


@pytest.mark.parametrize("reason", ["length", "max_tokens", "MODEL_LENGTH"])
def test_a_limit_before_the_one_that_was_asked_for_is_the_servers_own(reason: str) -> None:
    answer = said("42", reason).body
    assert generation_of(answer, Request((QUESTION,)), limit=2).finish_reason == "length"
    with pytest.raises(ModelError, match=r"after 2 tokens behind 5 of the prompt, where 3 were asked for.*Raise its context"):
        generation_of(answer, Request((QUESTION,)), limit=3)
    uncounted = said("42", reason, usage=False).body
    assert generation_of(uncounted, Request((QUESTION,)), limit=3).finish_reason == "length"


@pytest.mark.parametrize("content", [None, ""])
def test_without_content_the_model_said_nothing_and_what_it_said_beside_is_kept(content: str | None) -> None:
    def kept(**message: Any) -> tuple[str, str, str, str]:
        found = generation_of(said(content, **message).body, Request((QUESTION,)))
        return found.text, found.finish_reason, found.reasoning, found.refusal

    assert kept() == ("", "stop", "", "")
    assert kept(refusal="I cannot say 42.") == ("", "stop", "", "I cannot say 42.")
    assert kept(reasoning="42?") == ("", "stop", "42?", "")
    assert kept(reasoning_content="42?") == ("", "stop", "42?", "")
    assert kept(reasoning="42?", reasoning_content="42?") == ("", "stop", "42?", "")
    assert kept(reasoning_details=[{"type": "reasoning.text", "text": "42?"}]) == ("", "stop", "42?", "")


@pytest.mark.parametrize(
    ("content", "text", "reasoning"),
    [
        ([{"type": "text", "text": "42"}], "42", ""),
        ([{"type": "text", "text": "4"}, {"type": "output_text", "text": "2"}], "42", ""),
        ([{"type": "thinking", "thinking": "41?"}, {"type": "text", "text": "42"}], "42", "41?"),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "41?"}]}, {"type": "text", "text": "42"}], "42", "41?"),
        ([{"type": "reasoning", "text": "41?"}, {"text": "42"}], "42", "41?"),
        ({"type": "text", "text": "42"}, "42", ""),
        ([], "", ""),
    ],
)
def test_content_in_parts_is_put_together_without_the_thoughts(content: Any, text: str, reasoning: str) -> None:
    found = generation_of(said(content).body, Request((QUESTION,)))
    assert (found.text, found.reasoning) == (text, reasoning)


def test_a_part_may_refuse() -> None:
    found = generation_of(said([{"type": "refusal", "refusal": "No."}]).body, Request((QUESTION,)))
    assert (found.text, found.refusal) == ("", "No.")


@pytest.mark.parametrize("content", [42, True, [42], [{"type": "image_url", "image_url": {}}], {"a": 1}])
def test_content_that_is_no_text_is_no_reply(content: Any) -> None:
    with pytest.raises(ModelError, match="the server's answer is no reply: its content is a"):
        generation_of(said(content).body, Request((QUESTION,)))


def test_half_a_surrogate_pair_is_no_character() -> None:
    assert generation_of(said("4\ud8002 \U0001f600").body, Request((QUESTION,))).text == "4\ufffd2 \U0001f600"


def test_a_call_in_the_form_before_tool_calls_is_a_call() -> None:
    found = generation_of(said(None, "function_call", function_call=TOLD["function"]).body, Request((QUESTION,), (CALCULATOR,)))
    assert found.calls == (CALL,)


@pytest.mark.parametrize("usage", [None, [], "x", 5, {"completion_tokens": "many"}, {"completion_tokens": -1}, {"completion_tokens": True}])
def test_a_usage_that_counts_nothing_is_told_apart_from_a_count(usage: Any) -> None:
    answer = {**said("42").body, "usage": usage}
    assert generation_of(answer, Request((QUESTION,))) == Generation("42", "stop", 0, 0)
    assert uncounted(answer) != ""
    assert uncounted(said("").body) == ""


def test_a_model_that_the_limit_ended_before_its_first_word_said_nothing() -> None:
    assert generation_of(said(None, "length").body, Request((QUESTION,))) == Generation("", "length", 5, 2)


def test_tokens_nobody_counted_are_none() -> None:
    assert generation_of(said("42", usage=False).body, Request((QUESTION,))) == Generation("42", "stop", 0, 0)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"choices": []},
        {"choices": [{}]},
        {"error": {"message": "busy"}},
        said("4", "abort").body,
        said("", tool_calls=[1]).body,
    ],
)
def test_what_is_no_answer_may_be_asked_again(answer: Any) -> None:
    with pytest.raises(TransientError):
        generation_of(answer, Request((QUESTION,)))


LIMITS = [
    *("maxTokens", "MaxTokens", "FINISH_REASON_MAX_TOKENS", "ERROR_LIMIT", "length_limit", "TOKEN_LIMIT_REACHED", "num_predict"),
    *("context_window_exceeded", "max tokens exceeded", "out_of_tokens", "incomplete", "truncated", {"type": "length", "length": 2}),
]


@pytest.mark.parametrize("reason", LIMITS, ids=str)
def test_a_limit_is_told_by_its_words_however_they_are_put_together(reason: Any) -> None:
    generation = generation_of(said("42", reason).body, Request((QUESTION,)), limit=2)
    assert (generation.finish_reason, generation.native_finish_reason) == ("length", "")
    with pytest.raises(ModelError, match="after 2 tokens behind 5 of the prompt, where 3 were asked for"):
        generation_of(said("42", reason).body, Request((QUESTION,)), limit=3)


def test_an_unknown_reason_behind_as_many_tokens_as_were_asked_for_is_the_limit() -> None:
    assert generation_of(said("42", "banana").body, Request((QUESTION,)), limit=2).finish_reason == "length"
    assert generation_of(said("42", "banana").body, Request((QUESTION,)), limit=3).finish_reason == "stop"
    assert generation_of(said("42", "stop").body, Request((QUESTION,)), limit=2).finish_reason == "stop"


@pytest.mark.parametrize("reason", ["abort", "aborted", "internal_error", "TIMEOUT", "userCancel", "time_limit", "preempted"])
def test_a_reply_that_the_server_broke_off_is_asked_for_again(reason: str) -> None:
    answer = said("42", reason).body
    answer["choices"][0]["error"] = {"code": 502, "message": "upstream"}
    with pytest.raises(TransientError, match=r"broke off its answer .*upstream"):
        generation_of(answer, Request((QUESTION,)))


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 64},
        {"prompt_tokens": 5, "completion_tokens": 2, "completion_tokens_details": {"reasoning_tokens": 62}},
    ],
)
def test_thoughts_that_are_counted_apart_are_none_of_the_servers_own_limit(usage: dict[str, Any]) -> None:
    answer = {**said("42", "length").body, "usage": usage}
    assert generation_of(answer, Request((QUESTION,)), limit=59).finish_reason == "length"


@pytest.mark.parametrize(
    "thought",
    [
        {"type": "reasoning_text", "text": "41?"},
        {"type": "reasoning_content", "reasoning_content": "41?"},
        {"type": "think", "think": "41?"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "41?"}]},
        {"type": "text", "text": "41?", "thought": True},
        {"reasoningContent": {"reasoningText": {"text": "41?", "signature": "x"}}},
    ],
)
def test_a_part_that_was_thought_is_never_read_as_the_answer(thought: dict[str, Any]) -> None:
    found = generation_of(said([thought, {"type": "text", "text": "42"}]).body, Request((QUESTION,)))
    assert (found.text, found.reasoning) == ("42", "41?")


@pytest.mark.parametrize(
    "part", ["42", {"type": "text", "text": {"value": "42", "annotations": []}}, {"type": "output_text", "text": "42"}]
)
def test_parts_have_their_words_in_several_forms_and_others_beside(part: Any) -> None:
    reference = {"type": "reference", "reference_ids": [1]}
    assert generation_of(said([part, reference]).body, Request((QUESTION,))).text == "42"


def test_thoughts_in_blocks_beside_the_content_are_kept() -> None:
    answer = said("42", thinking_blocks=[{"type": "thinking", "thinking": "41?", "signature": "x"}]).body
    assert generation_of(answer, Request((QUESTION,))).reasoning == "41?"


@pytest.mark.parametrize(
    "error", [{"code": 401}, {"code": "404"}, {"status": 400}, {"type": "invalid_request_error", "code": "model_not_found"}]
)
def test_an_error_in_a_success_that_is_of_the_request_is_not_waited_for(error: dict[str, Any]) -> None:
    with pytest.raises(PersistentError, match="No"):
        generation_of({"error": {"message": "No.", **error}}, Request((QUESTION,)))
    with pytest.raises(TransientError) as raised:
        generation_of({"error": {"message": "Slow down.", "code": 429}}, Request((QUESTION,)))
    assert type(raised.value) is TransientError


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 6}}, 6),
        ({"completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 0}}, 0),
        ({"completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 12}}, 0),  # beside, not among them
        ({"completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": "6"}}, 0),
        ({"completion_tokens": 9}, 0),
        (None, 0),
    ],
)
def test_tokens_of_the_thought_are_those_that_the_server_tells(usage: object, expected: int) -> None:
    body = {"choices": [{"message": {"content": "18"}, "finish_reason": "stop"}], "usage": usage}
    assert generation_of(body, Request((Turn("user", "6*3?"),))).thinking_tokens == expected


def test_a_completion_of_a_plain_text_has_its_text_beside_the_choice() -> None:
    body = {"choices": [{"text": " 42", "finish_reason": "stop"}]}
    assert generation_of(body, Request((Turn("text", "6 * 7 ="),))).text == " 42"
    with pytest.raises(PersistentError, match="without a message"):
        generation_of(body, Request((QUESTION,)))
