"""Which instructions a reply follows: each kind, strictly and loosely, and what is said of the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.cases.case import Case
from itemwise.instructions import Followed, Instruction, followed, followed_scores
from itemwise.instructions.followed import KINDS, fault

CASES: list[tuple[str, dict[str, Any], str, str]] = [  # kind, arguments, a text, what it lacks
    ("keywords:existence", {"keywords": ["tide", "moon"]}, "Moonlight at low TIDE", ""),
    ("keywords:existence", {"keywords": ["tide", "moon"]}, "the sun at low tide", "without 'moon'"),
    ("keywords:forbidden_words", {"forbidden_words": ["moon"]}, "moonlight", ""),
    ("keywords:forbidden_words", {"forbidden_words": ["moon"]}, "The Moon.", "with 'moon'"),
    ("keywords:frequency", {"keyword": "sea ", "frequency": 2, "relation": "at least"}, "Sea and seaside", ""),
    ("keywords:frequency", {"keyword": "sea", "frequency": 2, "relation": "less than"}, "Sea, seaside", "2 times 'sea', not less than 2"),
    ("keywords:letter_frequency", {"letter": "A", "let_frequency": 3, "let_relation": "at least"}, "A a", "2 times 'a', not at least 3"),
    ("keywords:letter_frequency", {"letter": "#", "let_frequency": 2, "let_relation": "at least"}, "#one #two", ""),
    ("language:response_language", {"language": "de"}, "Das Wetter ist heute schön, und wir gehen ans Meer.", ""),
    ("language:response_language", {"language": "de"}, "The weather is fine and we walk to the sea.", "in the language en, not de"),
    ("language:response_language", {"language": "de"}, "12 + 3 = 15", ""),
    ("length_constraints:number_words", {"num_words": 3, "relation": "at least"}, "well-kept lawns", ""),
    ("length_constraints:number_words", {"num_words": 3, "relation": "less than"}, "a b c", "3 words, not less than 3"),
    ("length_constraints:number_sentences", {"num_sentences": 3, "relation": "less than"}, "Dr. Lee left. She was late.", ""),
    ("length_constraints:number_sentences", {"num_sentences": 3, "relation": "at least"}, "One. Two!", "2 sentences, not at least 3"),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "***\na\n***\nb\n***", ""),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a", "1 paragraphs, not 2"),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a ****** b", "an empty paragraph between two dividers"),
    ("length_constraints:nth_paragraph_first_word", {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Rain"}, "a\n\n'rain, b", ""),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "rain"},
        "a\n\nsun b",
        "paragraph 2 begins with 'sun', not 'rain'",
    ),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "a"},
        "a",
        "1 paragraphs, not 2",
    ),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[name] lives in [[town]", ""),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[na\nme] [town]", "1 placeholders, not at least 2"),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "bye\n\np. s. more", ""),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "bye\n\nP.S. more", "without P.P.S"),
    ("detectable_content:postscript", {"postscript_marker": "N.B."}, "n.b. more", ""),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "so:\n * a\n- b\n** c", ""),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a", "1 bullets, not 2"),
    ("detectable_format:constrained_response", {}, " My answer is no. ", ""),
    ("detectable_format:constrained_response", {}, "No", "none of 'My answer is yes.', 'My answer is no.', 'My answer is maybe.'"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*one* and **two**", ""),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "* * *one\n*", "0 highlights, not at least 2"),
    ("detectable_format:multiple_sections", {"section_spliter": "Part ", "num_sections": 2}, "Part 1 a Part2 b", ""),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Part", "num_sections": 2},
        "part 1",
        "0 marks Part and a number, not at least 2",
    ),
    ("detectable_format:json_format", {}, '```json\n{"a": 1}\n```', ""),
    (
        "detectable_format:json_format",
        {},
        "{'a': 1}",
        "no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    ("detectable_format:title", {}, "a\n<<A title>>\nb", ""),
    ("detectable_format:title", {}, "<<a\nb>> << >>", "without <<a title>>"),
    ("combination:two_responses", {}, "a\n******\nb", ""),
    ("combination:two_responses", {}, "a ****** a", "both answers are the same"),
    ("combination:two_responses", {}, "a", "1 answer parted by ******, not 2"),
    ("combination:two_responses", {}, "a************b", "nothing between two ******"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say hello. "}, "say hello.\nhello", ""),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say hello."}, "hello", "it does not begin with the request"),
    ("startend:end_checker", {"end_phrase": "The end."}, '"... THE END."', ""),
    ("startend:end_checker", {"end_phrase": "The end."}, "the end", "it does not end with 'The end.'"),
    ("startend:quotation", {}, ' "a" ', ""),
    ("startend:quotation", {}, '"', "not in double quotation marks"),
    ("change_case:english_capital", {}, "WE WALK ALONG THE SEA TODAY, AND THE WEATHER IS FINE.", ""),
    ("change_case:english_capital", {}, "WE walk", "not all in capital letters"),
    ("change_case:english_lowercase", {}, "we walk along the sea today, and the weather is fine.", ""),
    ("change_case:english_lowercase", {}, "We walk", "not all in lowercase letters"),
    ("change_case:capital_word_frequency", {"capital_frequency": 4, "capital_relation": "at least"}, "I DON'T KNOW. ok", ""),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 1, "capital_relation": "less than"},
        "A-B",
        "1 words in capital letters, not less than 1",
    ),
    ("punctuation:no_comma", {}, "a; b", ""),
    ("punctuation:no_comma", {}, "a, b, c", "2 commas"),
]


@pytest.mark.parametrize(("kind", "arguments", "text", "lacking"), CASES)
def test_a_text_follows_an_instruction_or_what_it_lacks_is_said(kind: str, arguments: dict[str, Any], text: str, lacking: str) -> None:
    assert fault(Instruction(kind, arguments), text) == lacking


def test_every_kind_is_tried_both_ways() -> None:
    assert {(kind, lacking == "") for kind, _, _, lacking in CASES} == {(kind, followed) for kind in KINDS for followed in (True, False)}
    assert len(KINDS) == 25


def test_the_language_of_a_short_text_is_the_same_every_time() -> None:
    asked = Instruction("language:response_language", {"language": "en"})
    assert len({fault(asked, "no hotel alter") for _ in range(10)}) == 1


def asked_of(*lines: str) -> Case:
    return Case("ifeval-1", "Write a note.", "\n".join(lines))


WORDS = 'length_constraints:number_words {"num_words": 3, "relation": "at least"}'


def test_the_answer_is_the_lines_of_what_is_followed_and_the_rest_says_why_not() -> None:
    case = asked_of("punctuation:no_comma", WORDS)
    right, wrong = followed("a b c", case), followed("a, b", case)
    assert right == case.answer
    assert wrong == ""
    assert isinstance(wrong, Followed)
    assert wrong.faults == ["punctuation:no_comma: 1 commas", "length_constraints:number_words: 2 words, not at least 3"]
    assert followed(" \n", case) is None


def test_loosely_a_first_or_last_line_and_asterisks_are_let_pass() -> None:
    case = asked_of("punctuation:no_comma", "startend:quotation", WORDS)
    read = followed('Sure, here it is:\n**"a b c"**\nHope, it helps', case)
    assert read == WORDS
    assert followed_scores(case, read) == {"score": (1, 3), "score.loose": (3, 3), "score.prompt-loose": True}
    assert followed_scores(case, None) == {"score": (0, 3), "score.loose": (0, 3), "score.prompt-loose": False}


def test_what_another_extractor_read_has_no_scores() -> None:
    with pytest.raises(TypeError, match="leave --extractor out"):
        followed_scores(asked_of(WORDS), "18")


def test_an_unknown_instruction_or_one_without_its_arguments_is_refused() -> None:
    with pytest.raises(ValueError, match="'rhymes' is no instruction that can be checked; there is change_case:"):
        fault(Instruction("rhymes", {}), "a")
    with pytest.raises(ValueError, match=r"number_words lacks the argument 'num_words'; it has \{\}"):
        fault(Instruction("length_constraints:number_words", {}), "a")
    with pytest.raises(ValueError, match="a relation is 'at least' or 'less than', got 'about'"):
        fault(Instruction("length_constraints:number_words", {"num_words": 3, "relation": "about"}), "a")


@settings(max_examples=40, deadline=None)
@given(st.text(), st.sampled_from(CASES))
def test_any_text_has_a_verdict_and_is_followed_loosely_where_it_is_strictly(
    text: str, tried: tuple[str, dict[str, Any], str, str]
) -> None:
    asked = Instruction(tried[0], tried[1])
    assert Instruction.parse(str(asked)) == asked
    read = Followed([asked], text)
    assert len(read.loosely) == 1
    assert read.loosely[0] or read.faults


@pytest.mark.parametrize("piece", ["\n", "*", "[", "<", "-\n", "* *", "p.", "***", '"', " ", "a.", "<<"])
def test_a_hostile_text_is_checked_in_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    for kind, arguments, _, _ in CASES:
        if kind not in ("change_case:english_capital", "change_case:english_lowercase", "language:response_language"):
            fault(Instruction(kind, json.loads(json.dumps(arguments))), text)
