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

# huggingface_hub reads its environment when it is imported, so the mirror is asked by another process. Each line that it is given is done
# in a fork, which knows nothing of those before but by what they left in the cache.
ASK = """
import json, os, sys, time
from pathlib import Path
import torch
from itemwise.cases.chat import Turn
from itemwise.models import LoadOptions, ModelEntry, ModelError, Request, entry_named
from itemwise.models.identity import identity_of
from itemwise.models.local.load import load
torch.set_num_threads(1)
def said(model):
    return model.generate([Request((Turn("user", "2+2?"),))])[0].text
def by_id(location, revision):
    model = load(ModelEntry(location.split("/")[1], location, revision), LoadOptions("nf4", 8))
    return {"text": said(model), "described": model.describe()}
def by_place(text):
    entry, options = entry_named(text, {}, Path()), LoadOptions("none", 8)
    identity, model = identity_of(entry, options), load(entry, options)
    return {"texts": [said(model), model.describe()["revision"]], "identity": identity, "name": entry.name}
def outcome(*asked):
    began = time.perf_counter()
    try:
        found = by_id(*asked) if len(asked) == 2 else by_place(*asked)
    except ModelError as error:
        found = {"error": str(error)}
    return found, time.perf_counter() - began
for line in sys.stdin:
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        print(json.dumps([outcome(*asked) for asked in json.loads(line)]), flush=True)
        os._exit(0)
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


def surroundings(home: Path, endpoint: str, **environment: str) -> dict[str, str]:
    """The variables of a process that asks the hub at `endpoint` and keeps its cache in `home`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    ours = {"HF_HOME": str(home), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return plain | ours | environment


def look(home: Path, endpoint: str, *models: tuple[str, str | None], **environment: str) -> list[dict[str, Any]]:
    """What a fresh process that runs LOOK prints for `models`, ids with revisions."""
    words, given = [sys.executable, "-c", LOOK], surroundings(home, endpoint, **environment)
    done = subprocess.run(words, input=json.dumps(models), env=given, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    return outcomes


class Asking:
    """The process that runs ASK. `asked` gives what came of each id with its revision, or place, and the longest that one took."""

    def __init__(self, home: Path, endpoint: str) -> None:
        words, given = [sys.executable, "-c", ASK], surroundings(home, endpoint)
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=given, text=True)

    def asked(self, *models: tuple[str | None, ...]) -> tuple[list[dict[str, Any]], float]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(models) + "\n")
        self._process.stdin.flush()
        outcomes, seconds = zip(*json.loads(self._process.stdout.readline()), strict=True)
        return list(outcomes), max(seconds)

    def close(self) -> None:
        self._process.communicate()


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


ASKED = {
    "unpinned": ("owner/tiny", None),
    "pinned": ("owner/tiny", COMMIT),
    "pickled": ("owner/pickled", None),
    "unknown": ("owner/unheard-of", None),
    "wrong revision": ("owner/tiny", "v9"),
    "gguf": ("owner/tiny-GGUF/q/tiny-Q8_0.gguf",),
    "gguf that is not there": ("owner/tiny-GGUF/q/tiny-Q4_0.gguf",),
    "gguf of nobody": ("owner/none/tiny.gguf",),
    "all ggufs": ("owner/tiny-GGUF",),
}


@pytest.fixture(scope="module")
def hub(checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Models asked for once through a mirror, `online`, and again when it was stopped, `offline`; `home` keeps the cache."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("hub")
    pickled = Path(shutil.copytree(checkpoint(), folder / "pickled"))
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    (folder / "gguf/q").mkdir(parents=True)
    file = write_gguf(checkpoint(), folder / "gguf/q/tiny-Q8_0.gguf", "Q8_0")
    mirror = HubMirror(
        {
            "models/owner/tiny": Repository(checkpoint(), COMMIT),
            "models/owner/pickled": Repository(pickled, COMMIT),
            "models/owner/tiny-GGUF": Repository(folder / "gguf", COMMIT),
        }
    )
    with mirror.serving() as endpoint:
        asking = Asking(home, endpoint)
        (*found, here), _ = asking.asked(*ASKED.values(), (str(file),))
    offline, longest = asking.asked(("owner/tiny", None), ("owner/other", None), ASKED["gguf"])
    asking.close()
    online = dict(zip(ASKED, found, strict=True)) | {"gguf here": here}
    names = ("unpinned", "absent", "gguf")
    return SimpleNamespace(
        online=online, offline=dict(zip(names, offline, strict=True)), longest=longest, requests=list(mirror.requests), home=home
    )


def test_a_hub_model_is_described_by_the_commit_it_resolved_to(hub: SimpleNamespace) -> None:
    described = hub.online["unpinned"]["described"]
    assert (described["location"], described["revision"]) == ("owner/tiny", COMMIT)


def test_a_pinned_commit_is_the_one_described(hub: SimpleNamespace) -> None:
    assert hub.online["pinned"]["described"]["revision"] == COMMIT


def test_a_hub_model_says_what_its_folder_says(hub: SimpleNamespace, checkpoint: Callable[..., Path]) -> None:
    from itemwise.cases.chat import Turn
    from itemwise.models import LoadOptions, ModelEntry, Request
    from itemwise.models.local.load import load

    local = load(ModelEntry("tiny", str(checkpoint()), local=True), LoadOptions("nf4", 8))
    assert hub.online["unpinned"]["text"] == local.generate([Request((Turn("user", "2+2?"),))])[0].text


def test_every_file_comes_from_the_commit_that_the_config_came_from(hub: SimpleNamespace) -> None:
    files = {request.partition("/resolve/")[2] for request in hub.requests if "/owner/tiny/resolve/" in request}
    assert {f"{COMMIT}/model.safetensors", f"{COMMIT}/tokenizer.json"} < files
    assert [file for file in files if not file.startswith(COMMIT)] == ["main/config.json"]


def test_a_hub_model_with_pickled_weights_only_is_refused_before_anything_is_downloaded(hub: SimpleNamespace) -> None:
    assert "no safetensors weights, only pytorch_model.bin" in hub.online["pickled"]["error"]
    assert [request for request in hub.requests if "/owner/pickled/resolve/" in request] == []


def test_a_model_the_hub_does_not_have_is_named(hub: SimpleNamespace) -> None:
    assert "the hub has no model 'owner/unheard-of'" in hub.online["unknown"]["error"]
    assert "--model PATH" in hub.online["unknown"]["error"]


def test_a_revision_the_hub_does_not_have_is_named(hub: SimpleNamespace) -> None:
    assert "the hub's owner/tiny has no revision 'v9'" in hub.online["wrong revision"]["error"]


def test_without_a_network_a_cached_model_loads_and_is_described_by_its_commit(hub: SimpleNamespace) -> None:
    assert hub.offline["unpinned"]["text"] == hub.online["unpinned"]["text"]
    assert hub.offline["unpinned"]["described"]["revision"] == COMMIT


@pytest.mark.parametrize("way_out", ["HF_ENDPOINT", "--model PATH", "--model embedded-text"])
def test_without_a_network_the_error_for_another_names_every_way_out(hub: SimpleNamespace, way_out: str) -> None:
    assert way_out in hub.offline["absent"]["error"]
    assert "\n" not in hub.offline["absent"]["error"]


def test_without_a_network_nothing_is_waited_for(hub: SimpleNamespace) -> None:
    assert hub.longest < 10


def test_offline_a_cached_model_is_taken_from_the_cache_and_another_is_an_error(hub: SimpleNamespace) -> None:
    models = (("owner/tiny", None), ("owner/tiny", COMMIT), ("owner/other", None))
    *cached, absent = look(hub.home, closed_port(), *models, HF_HUB_OFFLINE="1")
    assert cached == [{"revision": COMMIT, "local_files_only": True}] * 2
    assert "cannot be had from the hub or its cache (HF_HUB_OFFLINE is set)" in absent["error"]


def test_a_gguf_of_the_hub_is_the_same_model_as_the_file(hub: SimpleNamespace) -> None:
    found = hub.online["gguf"]
    assert found == hub.online["gguf here"]
    assert found["name"] == "tiny-Q8_0"
    assert found["texts"][1] == found["identity"]["revision"]
    assert hub.offline["gguf"] == found


def test_a_gguf_that_the_hub_does_not_have_is_named_with_what_it_has(hub: SimpleNamespace) -> None:
    absent = hub.online["gguf that is not there"]["error"]
    assert "holds no q/tiny-Q4_0.gguf, and there is no such file here; it holds q/tiny-Q8_0.gguf." in absent
    assert "the hub has no model 'owner/none'" in hub.online["gguf of nobody"]["error"]
    assert "but 1 GGUF file: name one, --model owner/tiny-GGUF/q/tiny-Q8_0.gguf." in hub.online["all ggufs"]["error"]
