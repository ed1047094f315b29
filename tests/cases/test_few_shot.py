"""A case behind its examples: as turns, as one text, as a plain text to continue."""

import PIL.Image
import pytest

from itemwise import Case, Examples, Picture, Turn
from itemwise.cases.few_shot import with_examples
from itemwise.cases.row import RowsError

EXAMPLES = Examples("train")
SHOWN = [Case("a", "1+1?", "2", solution="It is 2."), Case("b", "2+2?", "4", solution=lambda: "It is 4.")]
ASKED = Case("c", "3+3?", "6", tags={"kind": "sum"})
PICTURE = Picture("here", lambda: PIL.Image.new("RGB", (4, 4)))


def test_turns_are_those_of_a_user_and_an_assistant_before_the_question() -> None:
    case = with_examples(ASKED, SHOWN, "turns", EXAMPLES)
    assert [(turn.role, turn.content) for turn in case.chat] == [
        ("user", "1+1?"), ("assistant", "It is 2."), ("user", "2+2?"), ("assistant", "It is 4."), ("user", "3+3?"),
    ]  # fmt: skip
    assert (case.name, case.answer, case.tags, case.stop) == ("c", "6", {"kind": "sum"}, ())


def test_without_examples_turns_leave_the_case_as_it_is() -> None:
    assert with_examples(ASKED, [], "turns", EXAMPLES) is ASKED


def test_one_text_is_a_single_turn_of_the_user() -> None:
    assert with_examples(ASKED, SHOWN, "text", EXAMPLES).chat == (Turn("user", "1+1?\nIt is 2.\n\n2+2?\nIt is 4.\n\n3+3?"),)


def test_examples_in_a_system_turn_leave_the_question_a_turn_of_its_own() -> None:
    case = with_examples(ASKED, SHOWN, "system", EXAMPLES)
    assert case.chat == (Turn("system", "1+1?\nIt is 2.\n\n2+2?\nIt is 4."), Turn("user", "3+3?"))
    assert with_examples(ASKED, [], "system", EXAMPLES).chat == (Turn("user", "3+3?"),)


def test_a_completion_ends_where_the_solution_begins_and_stops_at_the_next_question() -> None:
    case = with_examples(ASKED, SHOWN, "completion", EXAMPLES)
    assert case.chat == (Turn("text", "1+1?\nIt is 2.\n\n2+2?\nIt is 4.\n\n3+3?\n"),)
    assert case.stop == ("\n\n",)


def test_the_blank_before_a_solution_is_left_to_the_model_s_first_token() -> None:
    case = with_examples(ASKED, SHOWN[:1], "completion", Examples("train", before_solution=" ", between="\n", stop=["Q:"]))
    assert case.chat == (Turn("text", "1+1? It is 2.\n3+3?"),)
    assert case.stop == ("Q:",)


def test_a_completion_without_examples_stops_at_the_case_s_own_texts_alone() -> None:
    assert with_examples(ASKED, [], "completion", EXAMPLES).stop == ()
    assert with_examples(Case("c", "3+3?", "6", stop=["Q:"]), SHOWN, "completion", EXAMPLES).stop == ("Q:", "\n\n")


def test_a_system_turn_stands_once_before_the_examples() -> None:
    asked = Case("c", [Turn("system", "Add."), Turn("user", "3+3?")], "6")
    shown = [Case("a", [Turn("system", "Add."), Turn("user", "1+1?")], "2")]
    assert [turn.role for turn in with_examples(asked, shown, "turns", EXAMPLES).chat] == ["system", "user", "assistant", "user"]
    assert [turn.content for turn in with_examples(asked, shown, "text", EXAMPLES).chat] == ["Add.", "1+1?\n2\n\n3+3?"]
    assert [turn.content for turn in with_examples(asked, shown, "system", EXAMPLES).chat] == ["Add.\n\n1+1?\n2", "3+3?"]
    assert [turn.content for turn in with_examples(asked, shown, "completion", EXAMPLES).chat] == ["Add.\n\n1+1?\n2\n\n3+3?\n"]


def test_pictures_of_examples_are_shown_in_their_turns_and_nowhere_else() -> None:
    asked, shown = Case("c", "Which?", "A", picture=PICTURE), [Case("a", "Which?", "B", picture=PICTURE)]
    assert [len(turn.pictures) for turn in with_examples(asked, shown, "turns", EXAMPLES).chat] == [1, 0, 1]
    with pytest.raises(RowsError, match="c: pictures cannot be shown in a text; take --prompt-form turns"):
        with_examples(asked, shown, "text", EXAMPLES)
    with pytest.raises(RowsError, match="c: pictures cannot be shown in a completion"):
        with_examples(asked, [], "completion", EXAMPLES)
    assert with_examples(asked, SHOWN, "text", EXAMPLES).pictures == (PICTURE,)


def test_a_chat_of_several_turns_is_no_single_text() -> None:
    asked = Case("c", [Turn("user", "1"), Turn("assistant", "2"), Turn("user", "3")], "4")
    with pytest.raises(RowsError, match=r"c is a chat of several turns \(user, assistant, user\), which cannot be shown as one text"):
        with_examples(asked, SHOWN, "text", EXAMPLES)


def test_a_solution_that_would_end_a_reply_is_refused() -> None:
    shown = [Case("a", "1+1?", "2", solution="One and one.\n\nIt is 2.")]
    with pytest.raises(RowsError, match=r"the solution of example a holds one of the texts that end a reply \('\\n\\n'\)"):
        with_examples(ASKED, shown, "completion", EXAMPLES)


def test_where_no_solution_is_given_the_answer_is_shown() -> None:
    assert Case("a", "?", "B").solved == "B"
    with pytest.raises(ValueError, match="case 'a': solution is empty"):
        _ = Case("a", "?", "B", solution=lambda: " ").solved
    with pytest.raises(ValueError, match="case 'a': solution must be text"):
        _ = Case("a", "?", "B", solution=lambda: 4).solved  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(
    ("stop", "said"), [("Q:", "stop must be a list of texts"), ([""], "a stop text is empty"), ([1], "stop must be text")]
)
def test_stop_texts_that_are_none_are_refused(stop: object, said: str) -> None:
    with pytest.raises(ValueError, match=f"case 'a': {said}"):
        Case("a", "?", "B", stop=stop)  # type: ignore[arg-type]
