"""Few-shot examples: chosen by a rule, of the right subject, enough of them, and none of them asked itself."""

import random
from collections.abc import Iterator, Sequence
from itertools import islice

import PIL.Image
import pytest

from itemwise import Case, Examples, Picture
from itemwise.cases.draw import draw
from itemwise.cases.examples import require_apart, shown_by_case
from itemwise.cases.row import RowsError


def cases(name: str, size: int, *, subjects: Sequence[str] = ("maths",)) -> list[Case]:
    return [
        Case(f"{name}-{n}", f"What of {name} is {n}?", str(n), tags={"subject": subjects[n % len(subjects)]}, solution=f"It is {n}.")
        for n in range(size)
    ]


def names(shown: dict[str, Sequence[Case]]) -> list[list[str]]:
    return [[example.name for example in chosen] for chosen in shown.values()]


POOL, ASKED = cases("train", 10), cases("test", 3)


def test_the_first_are_shown_every_question_in_their_order() -> None:
    assert names(shown_by_case(Examples("train"), POOL, ASKED, 2, seed=1)) == [["train-0", "train-1"]] * 3


def test_drawn_ones_follow_from_the_seed_alone() -> None:
    first, again, other = (shown_by_case(Examples("train", rule="drawn"), POOL, ASKED, 4, seed=seed) for seed in (1, 1, 2))
    assert names(first) == names(again) == [[f"train-{n}" for n in draw(range(10), 4, 1)]] * 3
    assert names(first) != names(other)


def test_a_rule_of_ones_own_gives_each_row_its_examples_in_turn() -> None:
    def one_stream(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:
        rng = random.Random(1234)
        while True:
            yield rng.sample(pool, shots)

    examples = Examples("train", rule=one_stream)
    rng = random.Random(1234)
    assert names(shown_by_case(examples, POOL, ASKED, 5, seed=1)) == [[f"train-{n}" for n in rng.sample(range(10), 5)] for _ in ASKED]
    assert examples.rule_text == "one_stream"
    assert Examples("test", by="subject", leave_one_out=True).rule_text == "first, by subject, leave-one-out"


def test_by_a_tag_each_question_is_shown_its_own_subject() -> None:
    pool, asked = cases("dev", 6, subjects=("law", "art")), cases("test", 2, subjects=("art", "law"))
    assert names(shown_by_case(Examples("dev", by="subject"), pool, asked, 2, seed=1)) == [["dev-1", "dev-3"], ["dev-0", "dev-2"]]


def test_of_endless_rows_as_many_are_made_as_are_needed() -> None:
    def endless() -> Iterator[Case]:
        made = 0
        while made < 2000:
            yield Case(f"made-{made}", f"{made}?", "1")
            made += 1

    assert len(Examples("train").pool(endless(), 3, endless=True)) == 3
    assert len(Examples("train", rule="drawn").pool(endless(), 3, endless=True)) == 1000
    assert len(Examples("train").pool(islice(endless(), 20), 3, endless=False)) == 20


@pytest.mark.parametrize(
    ("examples", "pool", "said"),
    [
        (Examples("train"), POOL[:1], r"--shots 2: there is 1 example; show fewer, or give more with --examples\."),
        (Examples("train", by="subject"), cases("dev", 3, subjects=("law",)), r"there are 0 examples of subject 'maths'"),
        (
            Examples("train", by="grade"),
            POOL,
            r"case train-0 has no tag 'grade', by which examples are chosen; give it: Case\(\.\.\., tags=",
        ),
        (Examples("train", rule=lambda pool, shots, seed: []), POOL, r"there are 0 examples that its rule gives for test-0"),
    ],
)
def test_too_few_are_refused_with_what_there_is(examples: Examples, pool: Sequence[Case], said: str) -> None:
    with pytest.raises(RowsError, match=said):
        shown_by_case(examples, pool, ASKED, 2, seed=1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cases": ["What is 2 + 2?"]}, "Examples takes cases, a loader of them or the name of a split, got 'What is 2"),
        ({"cases": "train", "shots": -1}, "shots must be a whole number of at least 0, got -1"),
        ({"cases": "train", "shots": True}, "shots must be a whole number of at least 0, got True"),
        ({"cases": "train", "rule": "best"}, r"must be one of first, drawn, or a function \(pool, shots, seed\), got 'best'"),
    ],
)
def test_what_could_choose_none_is_refused_where_it_is_written(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Examples(**given)  # type: ignore[arg-type]


class TestApart:
    """No example is a row that is asked."""

    @staticmethod
    def refused(example: Case, asked: Case, *, own_words: bool = False) -> str:
        try:
            require_apart([asked], {"another": [example]}, own_words=own_words)
        except RowsError as error:
            return str(error)
        return ""

    @pytest.mark.parametrize("typed", ["ANN’S 2 + 3 eggs?", "Ann's２+3\u00a0eggs？", "Ann's 2+3 eggs?"])
    def test_the_same_question_however_it_is_typed(self, typed: str) -> None:
        assert self.refused(Case("train-7", typed, "5"), Case("test-3", "Ann's 2+3 eggs?", "5"))
        assert not self.refused(Case("train-7", typed, "5"), Case("test-3", "Ann's 2-3 eggs?", "5"))

    def test_the_same_question_is_refused_by_both_names(self) -> None:
        said = self.refused(Case("train-7", "What  is\n6*7?", "42"), Case("test-3", "what is 6*7? ", "42"))
        assert said.startswith("the example train-7 asks the same as the row test-3, which is to be asked: 'What  is\\n6*7?'")
        assert "show others (--examples)" in said

    def test_another_question_is_not(self) -> None:
        assert self.refused(Case("train-7", "What is 6*7?", "42"), Case("test-3", "What is 6*8?", "48")) == ""

    def test_words_of_its_own_are_looked_for_inside_the_question(self) -> None:
        example, asked = Case("mine", "What is 6*7?", "42"), Case("test-3", "Q: What is 6*7?\nA:", "42")
        assert self.refused(example, asked) == ""
        assert "the example mine asks the same as the row test-3" in self.refused(example, asked, own_words=True)
        assert self.refused(example, Case("test-4", "What is 6*7?0", "42"), own_words=True) == ""

    def test_the_same_words_about_another_picture_are_another_question(self) -> None:
        red, blue = (Picture(colour, lambda colour=colour: PIL.Image.new("RGB", (4, 4), colour)) for colour in ("red", "blue"))
        one, other = Case("train-1", "Which?", "A", picture=red), Case("test-1", "Which?", "A", picture=blue)
        assert self.refused(one, other) == ""
        assert "asks the same" in self.refused(one, Case("test-1", "Which?", "A", picture=red))
        spaced = Case("train-2", "Which ?", "B", picture=blue)  # typed otherwise, about a picture of its own
        with pytest.raises(RowsError, match="example train-1 asks the same"):
            require_apart([Case("test-1", "Which?", "A", picture=red)], {"another": [one, spaced]}, own_words=False)
