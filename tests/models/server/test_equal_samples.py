"""A server that does not sample is told by the texts of its samples, and by nothing less."""

from __future__ import annotations

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import Request
from itemwise.models.server.equal_samples import EqualSamples
from tests.models.server.connecting import Serve, model_on, told
from tests.stand_in import Answer, said

UNSAMPLED = "sampled replies to the same chat are the same text under every seed, so the server does not seem to sample"


def counted(content: str, tokens: int) -> Answer:
    """A reply of so many tokens."""
    body = said(content).body
    return Answer({**body, "usage": {"prompt_tokens": 5, "completion_tokens": tokens}})


def noted(*samples: tuple[str, int, str], tokens: int = 16) -> bool:
    """Whether the samples, each of a chat, a seed and a text, are told to be equal."""
    equal = EqualSamples()
    for chat, seed, text in samples:
        equal.note([Turn("user", chat)], seed, text, tokens)
    return equal.are_enough


def test_eight_replies_that_are_those_of_another_seed_are_enough() -> None:
    votes = [(chat, seed, chat.upper()) for chat in "ab" for seed in range(1, 6)]
    assert (noted(*votes[:-1]), noted(*votes)) == (False, True)


@pytest.mark.parametrize(
    ("samples", "tokens"),
    [
        ([("a", seed, "A") for seed in range(100)], 15),  # short ones are the same by chance
        ([("a", 1, "A")] * 100, 16),  # the same seed again
        ([(str(chat), 1, "A") for chat in range(100)], 16),  # the same text to other chats
        ([("a", seed, "A") for seed in range(8)] + [("b", 1, "B"), ("b", 2, "BB"), ("a", 8, "A")], 16),  # one is another text
    ],
    ids=["short", "seed", "chats", "differs"],
)
def test_nothing_less_is_told(samples: list[tuple[str, int, str]], tokens: int) -> None:
    assert not noted(*samples, tokens=tokens)


@pytest.mark.parametrize("settings", [{"temperature": 0.7}, {}], ids=["of a strategy", "of the entry"])
def test_a_server_that_does_not_sample_is_told_of_once_and_described(
    settings: dict[str, float], serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    model = model_on(serve(lambda question, _: counted(question.upper(), 64)), decoding="greedy" if settings else "temperature=0.7")
    model.generate([Request((Turn("user", "a"),), seed=seed, **settings) for seed in range(1, 12)])  # type: ignore[arg-type]
    assert [line.partition("/v1: ")[2] for line in told(caplog)] == [f"{UNSAMPLED}; votes and repeats say nothing then."]
    assert model.describe()["sampling"] == UNSAMPLED


def test_greedy_replies_may_be_equal(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    model = model_on(serve(lambda question, _: counted(question.upper(), 64)))
    model.generate([Request((Turn("user", "a"),), seed=seed) for seed in range(1, 12)])
    assert (told(caplog), "sampling" in model.describe()) == ([], False)
