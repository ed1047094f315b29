import copy
import pickle

from itemwise.extractors import Reading, last_number

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
