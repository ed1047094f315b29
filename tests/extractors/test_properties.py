"""What must hold of the extractors whatever a model writes."""

import re
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from itemwise.extractors import last_number, stated_choice

_PIECES = """
"answer": ~{~}~[~"~'~\\boxed{~\\frac{~####~the answer is ~Answer:~答案是~【答案】~(A)~ B ~<think>~</think>~1,~1 000~.~-~=~x~$~**~```json
~Wait, no
~not ~ or ~½~十~３~e9~^~\ud800~\x00~Question:~option ~so ~A: ~\\~:30~/0~%~²~€~,5
"""
PIECES = [*_PIECES.split("~"), "7" * 5000]
SURROGATES_TOO = st.text(st.characters(codec=None, categories=None), max_size=80)
REPLIES = st.one_of(SURROGATES_TOO, st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=25).map("".join))
NUMBERS = st.one_of(st.integers(-(10**9), 10**9).map(Fraction), st.decimals(-9999, 9999, places=2).map(Fraction))
NUMBER_CARRIERS = [
    "{}",
    "The answer is {}.",
    "The final answer is: {}",
    "**Answer:** {}",
    "#### {}",
    "So it is $\\boxed{{{}}}$.",
    '{{"steps": ["1+1=2"], "answer": {}}}',
    '```json\n{{"answer": "{} coins", "sure": 0.9}}\n```',
    "<think>it may be 3</think>\nThe answer is {}.",
    "答案是{}。",
    "【答案】{}",
]
LETTER_CARRIERS = ["{}", "({})", "**{}**", "{}.", "The answer is {}.", "Answer: ({})", '{{"answer": "{}"}}', "\\boxed{{{}}}", "故选{}。"]
TAILS = ["\n\nI hope this helps!", "\nLet me know if you have questions.", "</s></s>", "\n\nQuestion: What is 3+4?\nAnswer: 7"]
CANONICAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*[1-9]|/[1-9]\d*)?")


def decimal(number: Fraction, *, grouped: bool = False) -> str:
    return f"{float(number):,.2f}" if grouped else f"{float(number):.2f}"


@given(REPLIES)
@example('"answer": ' + "[" * 100_000)
@example("The answer is " + "7" * 5000)
def test_every_text_is_read_without_an_exception(reply: str) -> None:
    number, letter = last_number(reply), stated_choice(reply, 4)
    assert number is None or CANONICAL.fullmatch(number)
    assert letter is None or letter in "ABCD"


@given(REPLIES)
def test_reading_is_repeatable_and_its_span_lies_in_the_reply(reply: str) -> None:
    number = last_number(reply)
    assert repr(number) == repr(last_number(reply))
    assert number is None or 0 <= number.start < number.end <= len(reply)


@given(st.integers(-(10**30), 10**30))
def test_an_answer_is_read_from_itself(number: int) -> None:
    assert last_number(str(number)) == str(number)


@given(NUMBERS, st.sampled_from(NUMBER_CARRIERS), st.booleans())
def test_a_planted_number_is_found_in_every_carrier(number: Fraction, carrier: str, grouped: bool) -> None:
    grouped = grouped and '"answer": {}' not in carrier
    answer = last_number(carrier.format(decimal(number, grouped=grouped)))
    assert answer is not None
    assert Fraction(answer) == number


@given(NUMBERS, st.sampled_from(["{}", "**{}**", "  {}", "{}\n\n", "${}$", "{} ", "\\({}\\)"]))
def test_white_space_and_emphasis_change_nothing(number: Fraction, dress: str) -> None:
    text = decimal(number)
    assert last_number(f"The answer is {dress.format(text)}") == last_number(f"The answer is {text}")


@given(NUMBERS, st.sampled_from(TAILS))
def test_trailing_words_change_nothing(number: Fraction, tail: str) -> None:
    answer = f"The answer is {decimal(number)}."
    assert last_number(answer + tail) == last_number(answer)


@given(st.text(st.characters(exclude_characters="<>")))
def test_nothing_is_read_inside_an_unfinished_thought(thought: str) -> None:
    assert last_number(f"<think>{thought}\nThe answer is 7.") is None
    assert stated_choice(f"<think>{thought}\nThe answer is B.", 4) is None


@given(st.integers(1, 26), st.data(), st.sampled_from(LETTER_CARRIERS))
def test_a_planted_letter_is_found_where_it_is_an_option_and_only_there(count: int, data: st.DataObject, carrier: str) -> None:
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    expected = letter if ord(letter) - ord("A") < count else None
    assert stated_choice(carrier.format(letter), count) == expected


@given(REPLIES, st.integers(0, 26))
def test_no_letter_outside_the_options_is_ever_read(reply: str, count: int) -> None:
    letter = stated_choice(reply, count)
    assert letter is None or letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count]
