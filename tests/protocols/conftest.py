"""GSM8K's columns, in a folder with both splits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocols.asked import TEST, TRAIN


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    for name, lines in (("train", TRAIN), ("test", TEST)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path
