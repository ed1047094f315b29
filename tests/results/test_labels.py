"""Labels name measurements: short where one word is enough, and apart where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.results.labels import Key, Label, label_suffix, measurement_names, renamed_node_id, rows_by_name, rows_of, split_node_id


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("quiz", ("", "quiz", "", "")),
        ("test_a.quiz", ("test_a.", "quiz", "", "")),
        ("more.test_a.TestQuiz.quiz[short]-synthetic-renumbered", ("more.test_a.TestQuiz.", "quiz", "[short]", "-synthetic-renumbered")),
        ("quiz[a-b.c]", ("", "quiz", "[a-b.c]", "")),
        ("quiz=0.8", ("", "quiz=0.8", "", "")),  # no label: all name
        ("", ("", "", "", "")),
    ],
)
def test_a_label_falls_into_its_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    assert Label.parse(text) == Label(*parts)


@given(st.text())
def test_whatever_is_parsed_is_all_there(text: str) -> None:
    label = Label.parse(text)
    assert label.where + label.name + label.parameters + label.rest == text


@pytest.mark.parametrize(
    ("wanted", "is_meant"),
    [
        ("quiz[short]-synthetic", True),
        ("quiz[short]", True),  # what is made needs no word
        ("quiz", True),
        ("test_a.quiz", True),
        ("more.test_a.quiz", True),
        ("a.quiz", False),  # no whole name of a file
        ("test_b.quiz", False),
        ("quiz[long]", False),
        ("quiz-renumbered", False),
        ("other", False),
    ],
)
def test_a_measurement_is_meant_by_its_name_in_whole_or_in_part(wanted: str, is_meant: bool) -> None:
    label = Label.parse("quiz[short]-synthetic")
    assert label.is_meant_by(Label.parse(wanted), "more/test_a.py::test_quiz") is is_meant


def test_a_configuration_is_meant_by_its_own_name_and_by_the_benchmarks() -> None:
    label = Label.parse("mgsm-zh")
    assert [label.is_meant_by(Label.parse(wanted)) for wanted in ("mgsm-zh", "mgsm", "mgsm-z", "mgsm-de")] == [True, True, False, False]


@pytest.mark.parametrize("text", ["quiz-synthetic-renumbered", "quiz-blank-image", "quiz-synthetic-all-shuffle-options"])
def test_variants_and_controls_answer_to_their_full_name_alone(text: str) -> None:
    assert [Label.parse(text).is_meant_by(Label.parse(wanted)) for wanted in (text, "quiz")] == [True, False]


@pytest.mark.parametrize(
    ("functions", "names"),
    [
        (["test_a.py::test_quiz"], ["quiz"]),
        (["test_a.py::test_quiz", "test_a.py::test_sums"], ["quiz", "sums"]),
        (["test_a.py::test_quiz", "test_b.py::test_quiz"], ["test_a.quiz", "test_b.quiz"]),
        (["test_a.py::TestOne::test_quiz", "test_a.py::TestTwo::test_quiz"], ["TestOne.quiz", "TestTwo.quiz"]),
        (["a/test_a.py::test_quiz", "b/test_a.py::test_quiz"], ["a.test_a.quiz", "b.test_a.quiz"]),
        (["test_a.py::test_quiz", "test_a.py::quiz"], ["test_a.test_quiz", "test_a.quiz"]),
        (["test_a.py::test_quiz", "test_a.py::test_quiz"], ["quiz", "quiz"]),
    ],
)
def test_functions_of_one_name_are_told_apart_by_as_little_as_it_takes(functions: list[str], names: list[str]) -> None:
    found = measurement_names(tuple(functions))
    assert [found[function] for function in functions] == names


@pytest.mark.parametrize(
    ("node_id", "parts"),
    [
        ("test_a.py::test_quiz", ("test_a.py::test_quiz", "")),
        ("test_a.py::TestOne::test_quiz[m-direct-a]", ("test_a.py::TestOne::test_quiz", "m-direct-a")),
        ("runs[1]/test_a.py::test_quiz[m-direct-a[0]]", ("runs[1]/test_a.py::test_quiz", "m-direct-a[0]")),
    ],
)
def test_a_node_id_is_a_function_and_its_parameters(node_id: str, parts: tuple[str, str]) -> None:
    assert split_node_id(node_id) == parts


@pytest.mark.parametrize(
    ("case", "suffix"),
    [
        ("sum-7", ""),
        ("sum-synthetic-42-7-twin1", "-renumbered"),
        ("look-7-blank-image", "-blank-image"),
        ("sum-synthetic-42-7-twin1-shuffle-options", "-renumbered-shuffle-options"),
    ],
)
def test_a_variant_and_a_control_are_measurements_of_their_own(case: str, suffix: str) -> None:
    assert label_suffix(case) == suffix


@pytest.mark.parametrize(
    ("key", "names", "rows", "record"),
    [
        (
            Key("quiz", "m", "direct"),
            ("quiz", "m", "direct"),
            ("quiz", "quiz, m", "quiz, m, direct"),
            {"benchmark": "quiz", "model": "m", "strategy": "direct"},
        ),
        (
            Key("quiz", "m", "direct", "cot"),
            ("quiz", "m", "direct", "cot"),
            ("quiz, cot", "quiz, cot, m", "quiz, cot, m, direct"),
            {"benchmark": "quiz", "model": "m", "strategy": "direct", "prompt": "cot"},
        ),
    ],
)
def test_a_key_names_the_prompt_only_where_there_are_several(
    key: Key, names: tuple[str, ...], rows: tuple[str, str, str], record: dict[str, str]
) -> None:
    assert (key.names, key.rows, key.record()) == (names, rows, record)


@pytest.mark.parametrize(
    ("node_id", "key", "renamed", "here"),
    [
        ("test_a.py::test_quiz[m-direct-a-0]", ("m", "direct"), ("m", "direct", "cot"), "test_a.py::test_quiz[m-direct-cot-a-0]"),
        (
            "test_a.py::test_quiz[m-direct-json-a]",
            ("m", "direct", "json"),
            ("m", "direct", "cot"),
            "test_a.py::test_quiz[m-direct-cot-a]",
        ),
        (
            "test_a.py::test_quiz[m-direct-cot-a-0-short]",
            ("m", "direct", "cot"),
            ("m", "direct"),
            "test_a.py::test_quiz[m-direct-a-0-short]",
        ),
        ("test_a.py::test_quiz[m-direct-a-0]", ("m", "direct"), ("m+int8", "direct"), "test_a.py::test_quiz[m+int8-direct-a-0]"),
        ("test_a.py::test_quiz[m-direct-a-0]", ("m", "direct"), ("m", "direct"), "test_a.py::test_quiz[m-direct-a-0]"),
        ("test_a.py::test_quiz[a]", ("-", "-"), ("-", "-", "cot"), "test_a.py::test_quiz[cot-a]"),
    ],
)
def test_a_node_id_is_had_as_another_run_calls_its_measurement(
    node_id: str, key: tuple[str, ...], renamed: tuple[str, ...], here: str
) -> None:
    assert renamed_node_id(node_id, Key("quiz", *key), Key("quiz", *renamed)) == here


@pytest.mark.parametrize(
    ("prompts", "names"),
    [
        ({"a": "json", "b": "json"}, ["quiz"]),
        ({"a": "json", "b": "cot"}, ["quiz, a", "quiz, b"]),
        ({"a": "json", "b": "cot", "c": "json"}, ["quiz, a", "quiz, b", "quiz, c"]),
    ],
)
def test_rows_are_named_after_the_model_where_each_is_asked_with_a_prompt_of_its_own(prompts: dict[str, str], names: list[str]) -> None:
    keys = {Key("quiz", model, "direct"): {"prompt": prompt} for model, prompt in prompts.items()}
    rows = rows_by_name(keys.items())
    assert list(rows) == names
    assert [rows_of(key, rows) for key in keys] == list(keys.values())
    assert rows_of(Key("other", "a", "direct"), rows) is None


def test_rows_are_named_after_the_strategy_too_where_each_is_asked_otherwise() -> None:
    keys = {
        Key("quiz", *names): {"protocol": told} for *names, told in (("a", "x", "1"), ("a", "y", "2"), ("b", "x", "1"), ("b", "y", "1"))
    }
    rows = rows_by_name(keys.items())
    assert list(rows) == ["quiz, a, x", "quiz, a, y", "quiz, b"]
    assert [rows_of(key, rows) for key in keys] == [*keys.values()]
