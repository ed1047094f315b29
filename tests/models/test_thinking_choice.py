"""What an entry says of thinking: in its name, in the store's key, and in a server's body."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.models import LoadOptions, ModelEntry, ModelError, entry_named, registry_with
from itemwise.models.identity import identity_of
from itemwise.models.thinking_choice import template_kwargs, thinking_identity, with_thinking

ENTRY = ModelEntry("qwen3-8b", "Qwen/Qwen3-8B")
SERVED = ModelEntry("adder", "http://127.0.0.1:9/v1#adder", server=True)


def test_an_entry_keeps_its_name_under_one_choice_and_has_it_in_its_name_under_several() -> None:
    assert [entry.name for entry in with_thinking(ENTRY, ["off"])] == ["qwen3-8b"]
    assert [(entry.name, entry.thinking) for entry in with_thinking(ENTRY, ["on", "off"])] == [
        ("qwen3-8b+thinking-on", "on"),
        ("qwen3-8b+thinking-off", "off"),
    ]
    assert with_thinking(ENTRY, []) == [ENTRY]


def test_the_key_has_the_choice_only_where_there_is_one() -> None:
    (off,) = with_thinking(SERVED, ["off"])
    options = LoadOptions("nf4", 64)
    assert "thinking" not in identity_of(SERVED, options)
    assert identity_of(off, options) == {**identity_of(SERVED, options), "thinking": "off"}
    assert thinking_identity(ENTRY) == {}


def test_a_local_models_key_has_it_too() -> None:
    (embedded,) = with_thinking(entry_named("embedded-text", registry_with({}, Path()), Path()), ["on"])
    assert identity_of(embedded, LoadOptions("nf4", 64))["thinking"] == "on"


def test_a_server_is_told_under_both_names() -> None:
    on, off = with_thinking(SERVED, ["on", "off"])
    assert template_kwargs(on) == {"enable_thinking": True, "thinking": True}
    assert template_kwargs(off) == {"enable_thinking": False, "thinking": False}
    assert template_kwargs(SERVED) == {}


def test_a_projects_entry_says_it_as_text() -> None:
    own = {"quiet": {"location": "Qwen/Qwen3-8B", "thinking": "off"}}
    assert registry_with(own, Path())["quiet"].thinking == "off"
    with pytest.raises(ModelError, match=r"thinking must be one of on, off, template \(as text\), got True"):
        registry_with({"quiet": {"location": "Qwen/Qwen3-8B", "thinking": True}}, Path())


def test_a_budget_is_in_name_and_key_and_is_not_for_models_that_are_told_not_to_think() -> None:
    assert [(entry.name, entry.max_thinking_tokens) for entry in with_thinking(ENTRY, ["on", "off"], [64, 512])] == [
        ("qwen3-8b+thinking-on+64-thinking-tokens", 64),
        ("qwen3-8b+thinking-on+512-thinking-tokens", 512),
        ("qwen3-8b+thinking-off", None),
    ]
    (bounded,) = with_thinking(ENTRY, [], [64])
    assert (bounded.name, thinking_identity(bounded)) == ("qwen3-8b", {"max thinking tokens": "64"})


def test_a_budget_that_bounds_no_thought_is_refused() -> None:
    with pytest.raises(ModelError, match="bounds a thought, and thinking is off"):
        with_thinking(ENTRY, ["off"], [64])
    own = {"quiet": {"location": "Qwen/Qwen3-8B", "thinking": "off", "max_thinking_tokens": 64}}
    with pytest.raises(ModelError, match=r"\[tool.itemwise.models.quiet\] max_thinking_tokens bounds a thought, and thinking is off"):
        registry_with(own, Path())


def test_a_budget_is_refused_where_a_server_generates() -> None:
    with pytest.raises(ModelError, match="no thought can be closed from here"):
        with_thinking(SERVED, [], [64])
    with pytest.raises(ModelError, match="max_thinking_tokens cannot be set from here"):
        registry_with({"there": {"location": SERVED.location, "max_thinking_tokens": 64}}, Path())
