"""The list of models known by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.__main__ import main
from itemwise.commands import models
from itemwise.models import REGISTRY
from itemwise.models.catalogue import HUB_MODELS


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line.split()[0]: line for line in lines[1 : lines.index("")]}


def test_every_registered_model_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(listed(capsys)) == list(REGISTRY)


def test_unconfirmed_ids_and_no_others_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    unconfirmed = {name for name, line in listed(capsys).items() if "unconfirmed" in line}
    assert unconfirmed == {model.name for model in HUB_MODELS if not model.is_confirmed}
    assert {"qwen3.5-4b", "gemma-4-e4b-it"} <= unconfirmed


def test_revisions_are_shown_and_their_absence_too(capsys: pytest.CaptureFixture[str]) -> None:
    lines = listed(capsys)
    assert "a09a35458c70" in lines["qwen2.5-7b-instruct"]
    assert "newest" in lines["qwen3-8b"]


def test_lines_fit_into_a_terminal_and_lose_no_word(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["models"]) == 0
    whole = capsys.readouterr().out
    monkeypatch.setattr(models, "terminal_width", lambda: 80)
    assert main(["models"]) == 0
    fitted = capsys.readouterr().out
    assert max(map(len, whole.splitlines())) > 100
    assert max(map(len, fitted.splitlines())) <= 80
    assert set(whole.split()) <= set(fitted.split())


def test_a_project_s_own_models_are_listed_without_what_stands_before_their_host(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = '[tool.itemwise.models.ours]\nlocation = "http://user:secret@host:8000/v1#name"\n'
    (tmp_path / "pyproject.toml").write_text(entry)
    monkeypatch.chdir(tmp_path)
    line = listed(capsys)["ours"]
    assert "http://host:8000/v1#name" in line
    assert "secret" not in line


def test_a_project_s_own_model_that_cannot_be_is_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.itemwise.models.ours]\nlocation = 3\n")
    monkeypatch.chdir(tmp_path)
    assert main(["models"]) == 2
    assert "location must be text, got 3" in capsys.readouterr().err
