"""A request: its settings, what the store's key is made of, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import Request
from itemwise.results.store import key_of

CHAT = (Turn("system", "Be brief."), Turn("user", "6*7?"))
TOOL = {"type": "function", "function": {"name": "calculator"}}


def test_keys_of_requests_without_further_settings_are_those_of_before_there_were_any() -> None:
    """Fixed texts: replies that were paid for stay valid."""
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "6*7?"}]
    assert Request(CHAT).record() == {"turns": turns, "tools": []}
    assert key_of(Request(CHAT).record()) == "82a19e308031808c5fd0ef922b6e4ce02ab323b09915f2c309ccf48ab52379c9"
    sampled = Request(CHAT, (TOOL,), temperature=0.7, seed=3)
    assert sampled.record() == {"turns": turns, "tools": [TOOL], "temperature": 0.7, "seed": 3}
    assert key_of(sampled.record()) == "e49e3848fb874a40a318d1b03223df1e4e0bc06c781b105869d44c3d1c054eab"


@pytest.mark.parametrize("settings", [{"stop": ("\n",)}, {"stop": ("Q:",)}, {"top_p": 0.9}, {"max_new_tokens": 8}, {"temperature": 0.5}])
def test_each_setting_is_part_of_the_key(settings: dict[str, Any]) -> None:
    request = Request(CHAT, **settings)
    assert request.record().items() >= {name: list(value) if name == "stop" else value for name, value in settings.items()}.items()
    assert key_of(request.record()) != key_of(Request(CHAT).record())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temperature": -0.1}, "temperature must be at least 0 and finite, got -0.1."),
        ({"temperature": float("nan")}, "temperature must be at least 0 and finite, got nan."),
        ({"stop": ("",)}, "stop must be texts that are not empty, got ('',)."),
        ({"stop": (5,)}, "stop must be texts that are not empty, got (5,)."),
        ({"top_p": 0.0}, "top_p must be above 0 and at most 1, got 0.0."),
        ({"top_p": 1.1}, "top_p must be above 0 and at most 1, got 1.1."),
        ({"temperature": True}, "temperature must be at least 0 and finite, got True."),
        ({"temperature": "hot"}, "temperature must be at least 0 and finite, got 'hot'."),
        ({"temperature": None}, "temperature must be at least 0 and finite, got None."),
        ({"top_p": True}, "top_p must be above 0 and at most 1, got True."),
        ({"top_p": "0.9"}, "top_p must be above 0 and at most 1, got '0.9'."),
        ({"seed": 1.5}, "seed must be a whole number, got 1.5."),
        ({"seed": None}, "seed must be a whole number, got None."),
        ({"stop": ("\ud800",)}, "stop must be texts that are not empty, got ('\\ud800',)."),
        ({"tools": (5,)}, "tools must be descriptions of functions as chat templates take them, got 5."),
        ({"max_new_tokens": True}, "max_new_tokens must be a whole number of at least 1, got True."),
        ({"max_new_tokens": 0}, "max_new_tokens must be a whole number of at least 1, got 0."),
        ({"max_new_tokens": 1.5}, "max_new_tokens must be a whole number of at least 1, got 1.5."),
    ],
)
def test_a_setting_that_cannot_be_kept_is_refused_by_name(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=r"^[a-z_]+ must be") as raised:
        Request(CHAT, **settings)
    assert str(raised.value) == said


def test_a_request_lowers_the_run_s_limit_and_never_raises_it() -> None:
    assert [Request(CHAT, max_new_tokens=most).token_limit(64) for most in (None, 8, 64, 100)] == [64, 8, 64, 64]


def test_a_text_ends_before_the_first_of_its_stop_texts() -> None:
    request = Request(CHAT, stop=("Q:", "\n"))
    assert [request.before_stop(text) for text in ("42\nQ: 1", "42 Q:\n", "42", "\n")] == ["42", "42 ", None, ""]
