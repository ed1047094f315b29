"""What an extractor of one's own is given of a reply."""

from __future__ import annotations

import pytest

from itemwise.extractors import Reading, is_finished, last_number, visible_text
from itemwise.extractors.visible_parts import before_questions, own_words, read_visible, visible_parts

CALL = '<tool_call>\n{"name": "add", "arguments": {"a": 31}}\n</tool_call>'


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("It is Rome.", "It is Rome."),
        ("  It is ‘Rome’ （５）.\n", "  It is ‘Rome’ （５）.\n"),
        ("<think>Paris?</think>It is Rome.", "It is Rome."),
        ("Paris?</think>It is Rome.<|im_end|>", "It is Rome."),
        ("<think>Paris? Or", ""),
        ("<think>Paris?\n\nFinal answer: Rome", "Final answer: Rome"),
        (f"It is Rome.\n{CALL}", "It is Rome.\n"),
        (CALL, ""),
        (f"Is it Paris?\n{CALL}\n<tool_response>no</tool_response>It is Rome.", "It is Rome."),
        ("<|channel|>analysis<|message|>Paris?<|end|><|start|>assistant<|channel|>final<|message|>It is Rome.<|return|>", "It is Rome."),
        ("It is Rome.<|im_end|>\n<|im_start|>user\nAnd of Spain?<|im_end|>\n<|im_start|>assistant\nMadrid.", "It is Rome."),
        ("It is <think>Paris?</think> Rome.", "It is \n Rome."),
        ("It is Rome.\n\nQuestion: And of Spain?", "It is Rome.\n\nQuestion: And of Spain?"),
        ("<reasoning>Paris?</reasoning><answer>Rome</answer>", "<answer>Rome</answer>"),
        ("<result>Rome</result>", "<result>Rome</result>"),
        ('```json\n{"name": "Rome", "arguments": {"a": 1}}\n```', '```json\n{"name": "Rome", "arguments": {"a": 1}}\n```'),
        ("```python\nprint(1)\n```\n```output\n1\n```\nRome", "```python\nprint(1)\n```\n```output\n1\n```\nRome"),
        ("", ""),
    ],
)
def test_it_is_given_what_a_person_would_read(reply: str, text: str) -> None:
    assert visible_text(reply) == text


def capital(text: str) -> Reading | None:
    """The last word."""
    words = text.rstrip(" .").rsplit(maxsplit=1)
    return Reading(words[-1], start=text.rindex(words[-1]), end=text.rindex(words[-1]) + 4, rule="word", stated=False) if words else None


@pytest.mark.parametrize("reply", ["Rome", "<think>Oslo or Rome</think>It is Rome.", "It <think>Oslo</think>is<think>Rome</think> Rome."])
def test_what_it_read_is_shown_where_it_stands_in_the_reply(reply: str) -> None:
    read = read_visible(capital, reply)
    assert (read, read.start, read.rule, read.stated) == ("Rome", reply.rindex("Rome"), "word", False)


def test_before_a_call_it_has_no_answer_that_was_not_stated() -> None:
    assert read_visible(capital, f"It is Rome.\n{CALL}") is None
    assert read_visible(last_number, f"The answer is 7.\n{CALL}") == "7"


@pytest.mark.parametrize("returned", ["Rome", None, 7])
def test_what_is_no_reading_is_handed_on(returned: object) -> None:
    assert read_visible(lambda _: returned, "<think>Oslo</think>") is returned


def test_it_may_ask_whether_a_text_was_cut_off() -> None:
    assert is_finished("So the capital is Rome.")
    assert not is_finished("So the capital of the")


def test_a_part_knows_where_its_text_stands() -> None:
    reply = "One <think>two</think>three\n\nQuestion: four?"
    first, second = visible_parts(reply)
    assert (first.text, second.text) == ("One \nthree\n\n", "Question: four?")
    assert reply[slice(*first.span(5, 10))] == "three"
    assert reply[slice(*first.span(0, 10))] == "One <think>two</think>three"
    assert reply[slice(*second.span(10, 15))] == "four?"


@pytest.mark.parametrize(
    ("reply", "hidden"),
    [
        ("<think>2+2=4</think>It is 4.", ""),
        (f"2+2=4\n{CALL}\n<tool_response>31</tool_response>It is 4.", f"{CALL}|<tool_response>31</tool_response>"),
        ("It is 4.\n\nQuestion: 31?\nIt is 32.", "Question: 31?\nIt is 32."),
        ("Well.\n\nQuestion: 2+2?\nIt is 4.<|im_end|>\n31", "\n31"),
    ],
)
def test_what_is_not_the_replys_own_is_blanked(reply: str, hidden: str) -> None:
    expected = reply
    for text in filter(None, hidden.split("|") if "tool" in hidden else [hidden]):
        expected = expected.replace(text, " " * len(text))
    assert own_words(reply) == expected


def test_a_reply_is_parted_where_it_turns_to_another_question() -> None:
    text = "It is 7.\n\nProblem: What is 8?\n8\n\n## Question\nNone"
    assert [text[start:end].strip() for start, end in before_questions(text)] == ["It is 7.", "Problem: What is 8?\n8", "## Question\nNone"]
    assert before_questions("") == [(0, 0)]
