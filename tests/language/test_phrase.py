import pickle

from itemwise.language import Language, Phrase, joined, phrase


def test_a_phrase_is_its_english_text() -> None:
    assert phrase("{n} of {all} cases, {share:.1%}", n=3, all=8, share=0.375) == "3 of 8 cases, 37.5%"


def test_a_text_without_values_may_hold_braces() -> None:
    assert phrase("{}") == "{}"


def test_a_phrase_keeps_what_it_was_made_of() -> None:
    found = pickle.loads(pickle.dumps(phrase("{n} cases", n=3)))
    assert isinstance(found, Phrase)
    assert (found.template, found.values) == ("{n} cases", {"n": 3})


def test_texts_are_joined_whatever_stands_in_them() -> None:
    assert joined(["{a}", phrase("{n} cases", n=3)], "; ") == "{a}; 3 cases"
    assert joined([]) == ""


def test_a_noun_and_its_verb_go_by_their_number() -> None:
    template = "{n} {n:case is|cases are} of {of:,} {of:row|rows}"
    assert [phrase(template, n=n, of=of) for n, of in ((1, 1), (0, 1000))] == ["1 case is of 1 row", "0 cases are of 1,000 rows"]
    assert Language("xx", {template: "{of} / {n}"})(phrase(template, n=1, of=1)) == "1 / 1"
    assert phrase("max {n} new {n:token|tokens}", n="1") == "max 1 new token"
    assert Language("xx", {"a": "b"})(phrase(template, n=1, of=2)) == "1 case is of 2 rows"
