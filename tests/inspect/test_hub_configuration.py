"""A model named by its hub id is told from its configuration alone: no weights are fetched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.hub_mirror import HubMirror, Repository

COMMIT = "e5" * 20


def test_of_a_model_on_the_hub_no_weights_are_fetched(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    mirror = HubMirror({"models/owner/tiny": Repository(checkpoint("qwen2_vl"), COMMIT)})
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    with mirror.serving() as endpoint:
        done = subprocess.run(
            [sys.executable, "-m", "itemwise", "structure", "owner/tiny"],
            env=plain | {"HF_HOME": str(tmp_path), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert done.returncode == 0, done.stderr
    assert f"configuration: owner/tiny at {COMMIT}" in done.stdout
    assert "3,136 to 23,520 pixels in all" in done.stdout
    assert not [request for request in mirror.requests if "safetensors" in request]
