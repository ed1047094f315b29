"""Options are scored as one named form and compared by one named norm; nothing is generated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.option_scores import option_scores
from itemwise.strategies import StrategyError, Transcript, configured_strategy
from tests.scripted import read_all

OPTIONS = ("a dog", "überaus", "it")
QUESTION = (Turn("user", "Which?"),)
PLAIN = (Turn("text", "Which?\nAnswer:"),)


class Scores:
    """Gives each continuation the log-probability that stands under it, less without the question, and remembers what it was asked."""

    def __init__(self, logprobs: Mapping[str, float], without: Mapping[str, float] | None = None, merged: int = 0) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self._logprobs, self._without, self._merged = logprobs, without or {}, merged

    async def __call__(self, turns: Sequence[Turn], *, continuations: Sequence[str], **_: Any) -> Turn:
        self.asked.append((turns[-1].content, list(continuations)))
        found = self._without if turns[-1].content == "Answer:" else self._logprobs
        return Turn("assistant", "", logprobs=tuple(found[text.strip()] for text in continuations), merged=self._merged)


def run(model: Scores, way: str = "likelihood", chat: Sequence[Turn] = QUESTION, options: Sequence[str] = OPTIONS) -> Transcript:
    return asyncio.run(configured_strategy(way).bind(chat, read_all, options)(model))  # type: ignore[arg-type]


def test_the_likeliest_letter_is_the_reply() -> None:
    model = Scores({"A": -2.0, "B": -0.5, "C": -1.0}, merged=1)
    said = run(model)
    assert model.asked == [("Which?", ["A", "B", "C"])]
    assert (said.reply.content, said.turns) == ("B", [*QUESTION, said.reply])
    scores = option_scores(said.notes)
    assert scores is not None
    assert (scores.form, scores.norm, scores.scores, scores.tied, scores.merged) == ("letter", "sum", [-2.0, -0.5, -1.0], 0, 1)


@pytest.mark.parametrize(
    ("way", "chat", "options", "fault"),
    [
        ("likelihood", QUESTION, 27 * ("x",), "answers with a letter, and this case has 27 options; give 26 at most"),
        ("likelihood:form=text", QUESTION, 27 * ("x",), "27 options"),
        (
            "likelihood:form=text",
            QUESTION,
            ("it", ""),
            r"option B is empty, so that nothing of it can be scored by norm=sum; score the letters",
        ),
        ("likelihood:form=text,norm=bytes", PLAIN, ("", "it"), "option A is empty, .* by norm=bytes"),
        ("likelihood:form=text,norm=pmi", PLAIN, ("", "it"), "option A is empty"),
    ],
)
def test_what_has_no_letter_or_nothing_to_score_is_refused(way: str, chat: Sequence[Turn], options: Sequence[str], fault: str) -> None:
    with pytest.raises(StrategyError, match=fault):
        run(Scores({}), way, chat, options)


def test_of_an_empty_option_behind_a_plain_text_the_blank_is_scored() -> None:
    model = Scores({"": -3.0, "it": -2.0})
    assert (run(model, "likelihood:form=text", PLAIN, ("", "it")).reply.content, model.asked[0][1]) == ("B", [" ", " it"])


def test_of_equal_ones_the_first_is_taken_and_the_tie_counted() -> None:
    said = run(Scores({"A": -2.0, "B": -0.5, "C": -0.5}))
    scores = option_scores(said.notes)
    assert (said.reply.content, scores and scores.tied) == ("B", 1)


@pytest.mark.parametrize(
    ("norm", "letter", "scores"),
    [
        ("sum", "C", [-6.0, -7.0, -3.0]),
        ("characters", "B", [-6 / 5, -7 / 7, -3 / 2]),
        ("bytes", "B", [-6 / 5, -7 / 8, -3 / 2]),
        ("pmi", "A", [-6.0 + 9.0, -7.0 + 8.0, -3.0 + 4.0]),
    ],
)
def test_texts_are_compared_by_the_norm_that_is_named(norm: str, letter: str, scores: list[float]) -> None:
    model = Scores({"a dog": -6.0, "überaus": -7.0, "it": -3.0}, {"a dog": -9.0, "überaus": -8.0, "it": -4.0})
    said = run(model, f"likelihood:form=text,norm={norm}")
    found = option_scores(said.notes)
    assert found is not None
    assert (said.reply.content, found.form, found.norm) == (letter, "text", norm)
    assert (found.scores, list(found.logprobs)) == (pytest.approx(scores), [-6.0, -7.0, -3.0])
    assert model.asked[1:] == ([("Answer:", list(OPTIONS))] if norm == "pmi" else [])


def test_a_blank_stands_between_a_plain_text_and_an_option_and_none_where_one_is_there_or_a_reply_begins() -> None:
    for chat, expected in ((PLAIN, " A"), ((Turn("text", "Which?\n"),), "A"), (QUESTION, "A")):
        model = Scores({"A": -1.0, "B": -2.0, "C": -3.0})
        run(model, chat=chat)
        assert model.asked[0][1][0] == expected


def test_options_that_fill_a_blank_are_compared_by_what_follows_it() -> None:
    asked = []

    async def ask(turns: Sequence[Turn], *, continuations: Sequence[str]) -> Turn:
        asked.append((turns[-1].content, continuations))
        return Turn("assistant", "", logprobs=(-float(len(turns[-1].content)),), merged=1)

    chat = [Turn("text", "I took the _, which was hot .")]
    strategy = configured_strategy("likelihood:form=blank")
    said = asyncio.run(strategy.bind(chat, read_all, ("kettle", "tea"))(ask))  # type: ignore[arg-type]
    scores = option_scores(said.notes)
    assert asked == [("I took the kettle", [" , which was hot ."]), ("I took the tea", [" , which was hot ."])]
    assert scores is not None
    assert (said.reply.content, scores.form, scores.logprobs, scores.merged) == ("B", "blank", [-17.0, -14.0], 2)
    assert scores.text.startswith("log-likelihood of what follows each option (nats): A -17.000")


@pytest.mark.parametrize(
    ("way", "chat"),
    [
        ("likelihood:form=blank", QUESTION),
        ("likelihood:form=blank", [Turn("text", "None here.")]),
        ("likelihood:form=blank", [Turn("text", "One _ and one _ here.")]),
        ("likelihood:form=blank", [Turn("text", "At the end _ ")]),
        ("likelihood:form=blank,norm=pmi", [Turn("text", "One _ here.")]),
    ],
)
def test_what_has_no_single_blank_in_a_plain_text_is_refused(way: str, chat: Sequence[Turn]) -> None:
    with pytest.raises(StrategyError, match="fills the one _ of a plain text"):
        run(Scores({}), way, chat)


def test_a_case_that_is_no_choice_is_refused() -> None:
    with pytest.raises(StrategyError, match="scores the options of a choice, and this case has none"):
        run(Scores({}), options=())
    with pytest.raises(StrategyError, match="form must be letter or text or blank, got both"):
        configured_strategy("likelihood:form=both")
