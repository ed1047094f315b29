"""What the panel's blunter extractors read, reply by reply; what they misread is the point of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.analysis.named_extractors import (
    NUMBER_EXTRACTORS,
    bare_last_number,
    extractor_names,
    first_capital,
    load_extractor,
    strict_json,
)
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.import_string import ImportStringError
from itemwise.protocols.llava_scienceqa import llava_letter
from itemwise.protocols.lm_eval_tasks import strict_hashes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"steps": ["6*7=42"], "answer": 42}', "42"),
        ('{"answer": "42"}', "42"),
        ('Sure!\n```json\n{"answer": 42}\n```\nDone.', "42"),
        ('```\n{"answer": 42}\n```', "42"),
        ('{"answer": 42.0}', "42.0"),
        ('{"answer": "$42"}', "$42"),
        ('{"answer": 42', None),
        ("{'answer': 42}", None),
        ('The answer: {"answer": 42}', None),
        ('```{"answer": 41}``` ```{"answer": 42}```', None),
        ('{"result": 42}', None),
        ('{"answer": null}', None),
        ('{"answer": [42]}', None),
        ("42", None),
        ("", None),
        ("[" * 100_000, None),
        ('{"answer": ' + "9" * 100_000 + "}", None),
    ],
)
def test_strict_json_repairs_nothing(text: str, answer: str | None) -> None:
    assert strict_json(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("So 6*7 = 42.", "42"),
        ("$1,430.", "1430"),
        ("It is -3.50 in all", "-3.50"),
        ('{"answer": "18", "confidence": 0.95}', "0.95"),
        ("none", None),
    ],
)
def test_the_bare_regex_reads_the_last_digits(text: str, answer: str | None) -> None:
    assert bare_last_number(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("6*7\n#### 42", "42"),
        ("#### 1,430.", "1430"),
        ("#### 41\n#### 42", "41"),
        ("####42", None),
        ("#### $42", None),
        ("#### .", None),
        ("The answer is 42.", None),
    ],
)
def test_strict_hashes_read_the_first_mark(text: str, answer: str | None) -> None:
    assert strict_hashes(text) == answer


@pytest.mark.parametrize("extractor", NUMBER_EXTRACTORS, ids=lambda extractor: extractor.name)
@given(text=st.text() | st.from_regex(r'(```(json)?)?\{"answer": .*\}(```)?'))
def test_no_extractor_of_the_panel_raises(extractor: NamedExtractor, text: str) -> None:
    found = extractor.extract(text)
    assert found is None or isinstance(found, str)


@pytest.mark.parametrize(("text", "answer"), [("B", "B"), ("The answer is B", "T"), ('{"answer": "B"}', "B"), ("b", None), ("", None)])
def test_the_first_capital_is_taken_wherever_it_stands(text: str, answer: str | None) -> None:
    assert first_capital(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(("B", "B"), ("B. iron", "B"), ("B.", None), ("F", None), ("b", None), ("B is iron.", None), ("", None)),
        *(("So: The answer is C.", "C"), ("The answer is C. The answer is D.", None), ("The answer is", None)),
    ],
)
def test_a_letter_is_read_as_llava_reads_it(text: str, answer: str | None) -> None:
    assert llava_letter(text) == answer


class TestReaderOfTheUsers:
    @pytest.fixture(autouse=True)
    def _module(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "numbers_of_mine.py").write_text("def first(text):\n    return text[:1]\n\nNUMBER = 7\n")
        (tmp_path / "broken_of_mine.py").write_text("1 / 0\n")
        monkeypatch.syspath_prepend(tmp_path)

    def test_is_named_by_module_and_function(self) -> None:
        extractor = load_extractor("numbers_of_mine:first")
        assert (extractor.name, extractor.extract("42")) == ("numbers_of_mine:first", "4")

    def test_is_given_what_a_reply_says_and_those_of_the_package_all_of_it(self) -> None:
        assert load_extractor("numbers_of_mine:first").read("<think>7</think>42") == "4"
        assert load_extractor("first-capital").read("<think>A</think>B") == "A"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "first",
                f"--extractor must be one of {', '.join(extractor_names())}, or MODULE:FUNCTION for one of your own, got 'first'.",
            ),
            (":first", "--extractor must be MODULE:FUNCTION, such as my_own:first, got ':first'."),
            ("numbers_of_mine:last", "--extractor numbers_of_mine:last: numbers_of_mine has no function last."),
            ("numbers_of_mine:NUMBER", "--extractor numbers_of_mine:NUMBER: numbers_of_mine has no function NUMBER."),
            ("no_such:first", "--extractor no_such:first: no_such cannot be imported (ModuleNotFoundError: No module named 'no_such')."),
            ("broken_of_mine:first", "--extractor broken_of_mine:first: broken_of_mine cannot be imported (ZeroDivisionError: "),
        ],
    )
    def test_that_cannot_be_had_is_named(self, text: str, said: str) -> None:
        with pytest.raises(ImportStringError) as raised:
            load_extractor(text)
        assert str(raised.value).startswith(said)
