"""Pictures through a real server that sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.picture import Picture
from itemwise.models import LoadOptions, ModelEntry, Request, entry_named
from itemwise.models.local.load import load
from itemwise.models.server.server_model import connect
from tests.serving import Serving


def picture(colour: str, form: str) -> Picture:
    content = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), colour).save(content, format=form)
    return Picture(colour, content.getvalue)


def test_a_server_is_shown_the_pictures_that_the_local_model_sees(
    checkpoint: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = checkpoint("llava")
    shown = [picture("red", "PNG"), picture("blue", "JPEG"), picture("green", "BMP")]
    requests = [Request((Turn("user", "What colour?", pictures=(each,)),)) for each in shown]
    serving = Serving(folder, tmp_path / "log.txt")
    try:
        serving.wait()
        served = connect(entry_named(serving.named, {}, tmp_path), LoadOptions("none", 16)).generate(requests)
    finally:
        serving.kill()
    local = load(ModelEntry("seeing", str(folder), local=True), LoadOptions("none", 16)).generate(requests)
    assert served == local
    assert len({generation.text for generation in local}) == 3
