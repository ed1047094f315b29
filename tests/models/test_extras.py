"""Extras: each that a message names is there, and one wording says how it is installed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from itemwise.models import ModelError
from itemwise.models.extras import install_hint, local_libraries
from itemwise.trackers import tracker_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]


def test_the_hint_is_true_for_a_clone_and_for_a_wheel() -> None:
    assert install_hint("ray") == 'pip install -e ".[ray]" in a clone, otherwise the wheel or git address again with [ray]'


def test_extras_that_messages_name_are_those_of_the_project() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "itemwise").rglob("*.py")]
    named = {extra for text in texts for extra in re.findall(r"install_hint\(['\"](\w+)['\"]\)", text)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert named | set(tracker_names()) == set(project["optional-dependencies"]) - {"dev"}


def test_a_missing_library_of_local_models_is_an_error_that_names_the_extra() -> None:
    with pytest.raises(ModelError) as raised, local_libraries("a local model"):
        raise ImportError("No module named 'torch'")
    assert str(raised.value) == (
        f"a local model needs torch and transformers (No module named 'torch'): {install_hint('local')}. A model on a server "
        "needs neither (--model http://host:8000/v1#name), nor do --replay, compare and show."
    )
