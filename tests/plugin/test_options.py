"""Command lines as they are parsed: which spelling of an option is whose."""

from __future__ import annotations

import pytest

from itemwise.plugin import WORKER_SESSION
from itemwise.plugin.options import TAKEN, destination, spelled, taken_line

OWN = "def pytest_addoption(parser):\n    parser.addoption('--model', default='resnet')\n"


def test_a_short_spelling_is_ours_where_nobody_has_it(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfigure("--seed", "5", "--model=embedded-vision", "--", "tests")
    settings = config.stash[WORKER_SESSION].settings
    assert (config.stash[TAKEN], settings.seed, [entry.name for entry in settings.models]) == ((), 5, ["embedded-vision"])


def test_a_short_spelling_that_the_suite_has_is_the_suites(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OWN)
    config = pytester.parseconfigure("--model", "vgg", "--itemwise-seed", "5")
    settings = config.stash[WORKER_SESSION].settings
    assert (config.stash[TAKEN], config.getoption("--model"), settings.seed) == (("--model",), "vgg", 5)
    assert [entry.name for entry in settings.models] == ["embedded-text"]


def test_what_stands_behind_two_dashes_is_no_option(pytester: pytest.Pytester) -> None:
    with pytest.raises(pytest.UsageError, match="unrecognized arguments: --seed=5"):  # in the words of pytest, not in ours
        pytester.parseconfigure("--", "--seed=5")


def test_options_stand_apart_in_pytests_namespace() -> None:
    assert destination("max-new-tokens") == "itemwise_max_new_tokens"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--model must be", "--itemwise-model must be"),
        ("--seed and --model-x, not --itemwise-model", "--seed and --model-x, not --itemwise-model"),
    ],
)
def test_a_message_names_ours_where_the_short_one_is_the_suites(text: str, message: str) -> None:
    assert spelled(text, ("--model",)) == message


def test_the_line_on_the_suites_options_is_there_only_where_it_has_any() -> None:
    assert taken_line(()) == []
    assert taken_line(("--model", "--seed")) == [
        "options of this suite's own: --model, --seed; itemwise's are --itemwise-model, --itemwise-seed"
    ]
