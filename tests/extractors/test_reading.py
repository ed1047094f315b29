import copy
import pickle

from itemwise.extractors import Reading, last_number, stated_choice

EIGHTEEN = Reading("18", start=4, end=7, rule="boxed")


def test_a_reading_is_its_text() -> None:
    assert EIGHTEEN == "18"
    assert "18" in {EIGHTEEN}


def test_a_reading_survives_pickling_and_copying() -> None:
    doubtful = Reading("18", start=4, end=7, rule="last number", stated=False)
    for again in (pickle.loads(pickle.dumps(doubtful)), copy.copy(doubtful), copy.deepcopy(doubtful)):
        assert repr(again) == repr(doubtful)


def test_its_repr_says_where_and_how_it_was_read() -> None:
    assert repr(EIGHTEEN) == "Reading('18', start=4, end=7, rule='boxed')"


def test_the_rule_names_the_announcement() -> None:
    replies = ['{"answer": 5}', "#### 5", "\\boxed{5}", "The answer is 5.", "So he has 5.", "It was 5."]
    rules = [reading.rule for reading in map(last_number, replies) if reading]
    assert rules == ["json field answer", "####", "boxed", "the answer is", "conclusion", "last number"]


def test_rules_of_choices_are_named() -> None:
    replies = {
        "json field answer": '{"answer": "B"}',
        "the answer is": "The answer is B.",
        "answer:": "Answer: B",
        "correction": "The answer is A. Wait, no: B",
        "option text": "It floats, as a cloud does.",
        "whole reply": "B",
        "first line": "B. a cloud\nIt floats in the air, as clouds do",
        "last line": "It floats in the air.\n\nB. a cloud",
        "option named": "I think that option B is correct.",
        "last letter": "It's B",
    }
    rules = {rule: stated_choice(reply, ["a brick", "a cloud", "a fish", "a tree"]) for rule, reply in replies.items()}
    assert {rule: reading and (str(reading), reading.rule) for rule, reading in rules.items()} == {rule: ("B", rule) for rule in replies}
