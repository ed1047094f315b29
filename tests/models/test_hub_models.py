"""A model named by its hub id, through a mirror on this machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hub_mirror import HubMirror, Repository
from tests.models.gguf_files import write_gguf

COMMIT = "d4" * 20

# huggingface_hub reads its environment when it is imported, so every mirror is asked by a process of its own.
LOAD = """
import json, sys, time
import torch
from itemwise.cases.chat import Turn
from itemwise.models import LoadOptions, ModelEntry, ModelError, Request
from itemwise.models.local.load import load
torch.set_num_threads(1)
outcomes = []
for location, revision in json.load(sys.stdin):
    began, outcome = time.perf_counter(), {}
    try:
        model = load(ModelEntry(location.split("/")[1], location, revision), LoadOptions("nf4", 8))
        outcome["text"] = model.generate([Request((Turn("user", "2+2?"),))])[0].text
        outcome["described"] = model.describe()
    except ModelError as error:
        outcome["error"] = str(error)
    outcomes.append({**outcome, "seconds": time.perf_counter() - began})
print(json.dumps(outcomes))
"""


# A GGUF by the place that --model gives it.
GGUF = """
import json, sys
from pathlib import Path
import torch
from itemwise.cases.chat import Turn
from itemwise.models import LoadOptions, ModelError, Request, entry_named
from itemwise.models.identity import identity_of
from itemwise.models.local.load import load
torch.set_num_threads(1)
outcomes = []
for text, _ in json.load(sys.stdin):
    try:
        entry = entry_named(text, {}, Path())
        identity = identity_of(entry, LoadOptions("none", 8))
        model = load(entry, LoadOptions("none", 8))
        texts = [model.generate([Request((Turn("user", "2+2?"),))])[0].text, model.describe()["revision"]]
        outcomes.append({"texts": texts, "identity": identity, "name": entry.name})
    except ModelError as error:
        outcomes.append({"error": str(error)})
print(json.dumps(outcomes))
"""


# The same without torch: only what is decided before anything heavy is loaded.
LOOK = """
import json, sys
from itemwise.models import LoadOptions, ModelEntry, ModelError
from itemwise.models.checkpoint import hub_options
outcomes = []
for location, revision in json.load(sys.stdin):
    try:
        outcomes.append(hub_options(ModelEntry(location.split("/")[1], location, revision)))
    except ModelError as error:
        outcomes.append({"error": str(error)})
assert "torch" not in sys.modules
print(json.dumps(outcomes))
"""


def run(script: str, home: Path, endpoint: str, *models: tuple[str, str | None], **environment: str) -> list[dict[str, Any]]:
    """What a fresh process that runs `script` prints for `models`, ids with revisions."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    ours = {"HF_HOME": str(home), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(models),
        env=plain | ours | environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    return outcomes


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(scope="module")
def online(checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Models asked for once through the mirror, which is then stopped; `home` keeps the cache."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("hub")
    pickled = Path(shutil.copytree(checkpoint(), folder / "pickled"))
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    mirror = HubMirror(
        {
            "models/owner/tiny": Repository(checkpoint(), COMMIT),
            "models/owner/pickled": Repository(pickled, COMMIT),
        }
    )
    with mirror.serving() as endpoint:
        asked = {
            "unpinned": ("owner/tiny", None),
            "pinned": ("owner/tiny", COMMIT),
            "pickled": ("owner/pickled", None),
            "unknown": ("owner/unheard-of", None),
            "wrong revision": ("owner/tiny", "v9"),
        }
        found = run(LOAD, home, endpoint, *asked.values())
    return SimpleNamespace(outcomes=dict(zip(asked, found, strict=True)), requests=list(mirror.requests), home=home)


@pytest.fixture(scope="module")
def unreachable(online: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """The same with nobody at the endpoint: one model that is in the cache, one that is not."""
    cached, absent = run(LOAD, online.home, closed_port(), ("owner/tiny", None), ("owner/other", None))
    return {"cached": cached, "absent": absent}


def test_a_hub_model_is_described_by_the_commit_it_resolved_to(online: SimpleNamespace) -> None:
    described = online.outcomes["unpinned"]["described"]
    assert (described["location"], described["revision"]) == ("owner/tiny", COMMIT)


def test_a_pinned_commit_is_the_one_described(online: SimpleNamespace) -> None:
    assert online.outcomes["pinned"]["described"]["revision"] == COMMIT


def test_a_hub_model_says_what_its_folder_says(online: SimpleNamespace, checkpoint: Callable[..., Path]) -> None:
    from itemwise.cases.chat import Turn
    from itemwise.models import LoadOptions, ModelEntry, Request
    from itemwise.models.local.load import load

    local = load(ModelEntry("tiny", str(checkpoint()), local=True), LoadOptions("nf4", 8))
    assert online.outcomes["unpinned"]["text"] == local.generate([Request((Turn("user", "2+2?"),))])[0].text


def test_every_file_comes_from_the_commit_that_the_config_came_from(online: SimpleNamespace) -> None:
    files = {request.partition("/resolve/")[2] for request in online.requests if "/owner/tiny/resolve/" in request}
    assert {f"{COMMIT}/model.safetensors", f"{COMMIT}/tokenizer.json"} < files
    assert [file for file in files if not file.startswith(COMMIT)] == ["main/config.json"]


def test_a_hub_model_with_pickled_weights_only_is_refused_before_anything_is_downloaded(online: SimpleNamespace) -> None:
    assert "no safetensors weights, only pytorch_model.bin" in online.outcomes["pickled"]["error"]
    assert [request for request in online.requests if "/owner/pickled/resolve/" in request] == []


def test_a_model_the_hub_does_not_have_is_named(online: SimpleNamespace) -> None:
    assert "the hub has no model 'owner/unheard-of'" in online.outcomes["unknown"]["error"]
    assert "--model PATH" in online.outcomes["unknown"]["error"]


def test_a_revision_the_hub_does_not_have_is_named(online: SimpleNamespace) -> None:
    assert "the hub's owner/tiny has no revision 'v9'" in online.outcomes["wrong revision"]["error"]


def test_without_a_network_a_cached_model_loads_and_is_described_by_its_commit(
    online: SimpleNamespace, unreachable: dict[str, dict[str, Any]]
) -> None:
    assert unreachable["cached"]["text"] == online.outcomes["unpinned"]["text"]
    assert unreachable["cached"]["described"]["revision"] == COMMIT


@pytest.mark.parametrize("way_out", ["HF_ENDPOINT", "--model PATH", "--model embedded-text"])
def test_without_a_network_the_error_for_another_names_every_way_out(unreachable: dict[str, dict[str, Any]], way_out: str) -> None:
    assert way_out in unreachable["absent"]["error"]
    assert "\n" not in unreachable["absent"]["error"]


def test_without_a_network_nothing_is_waited_for(unreachable: dict[str, dict[str, Any]]) -> None:
    assert max(outcome["seconds"] for outcome in unreachable.values()) < 10


def test_offline_a_cached_model_is_taken_from_the_cache_and_another_is_an_error(online: SimpleNamespace) -> None:
    models = (("owner/tiny", None), ("owner/tiny", COMMIT), ("owner/other", None))
    *cached, absent = run(LOOK, online.home, closed_port(), *models, HF_HUB_OFFLINE="1")
    assert cached == [{"revision": COMMIT, "local_files_only": True}] * 2
    assert "cannot be had from the hub or its cache (HF_HUB_OFFLINE is set)" in absent["error"]


def test_a_gguf_of_the_hub_is_the_same_model_as_the_file(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    (folder / "q").mkdir(parents=True)
    file = write_gguf(checkpoint(), folder / "q/tiny-Q8_0.gguf", "Q8_0")
    mirror, home = HubMirror({"models/owner/tiny-GGUF": Repository(folder, COMMIT)}), tmp_path / "home"
    asked = ["owner/tiny-GGUF/q/tiny-Q8_0.gguf", str(file), "owner/tiny-GGUF/q/tiny-Q4_0.gguf", "owner/none/tiny.gguf", "owner/tiny-GGUF"]
    with mirror.serving() as endpoint:
        hub, local, other, none, whole = run(GGUF, home, endpoint, *((text, None) for text in asked))
    assert hub == local
    assert hub["name"] == "tiny-Q8_0"
    assert hub["texts"][1] == hub["identity"]["revision"]
    assert "holds no q/tiny-Q4_0.gguf, and there is no such file here; it holds q/tiny-Q8_0.gguf." in other["error"]
    assert "the hub has no model 'owner/none'" in none["error"]
    assert "but 1 GGUF file: name one, --model owner/tiny-GGUF/q/tiny-Q8_0.gguf." in whole["error"]
    assert run(GGUF, home, closed_port(), (asked[0], None)) == [hub]  # out of the cache
