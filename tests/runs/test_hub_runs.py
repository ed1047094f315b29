"""Rows from the hub, through a mirror on this machine: pinned, cached, and refused clearly."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from itemwise.cases.row import Hub
from itemwise.cases.source import Source
from tests.hub_mirror import HubMirror, Repository, gsm8k_folder
from tests.stand_in import StandIn, said

HubRun = Callable[..., tuple[dict[str, Any], str]]

PIN, NEWER = "a1" * 20, "b2" * 20
GSM8K = ("openai/gsm8k", "main", "test", PIN)
HEAVY = ("owner/heavy", "main", "test", PIN)
SCRIPT = ("owner/script", "zh", "test", PIN, "{}", ["question", "answer"])  # a file of each language, and a script that nothing runs
ROWS = [
    {"question": "Ana has 3 apples and buys 4. How many has she?", "answer": "3+4=7\n#### 7"},
    {"question": "A ticket costs 500. What do 3 cost?", "answer": "500*3=1,500\n#### 1,500"},
]
EXPECTED = {"rows": [[str(number), row] for number, row in enumerate(ROWS)]}

# huggingface_hub reads its environment when it is imported, so every reading has a process of its own.
READ = """
import json, sys, time
from itemwise.cases.row import Hub, RowsError
from itemwise.cases.source import Source
outcomes, began = [], time.perf_counter()
for arguments in json.load(sys.stdin):
    try:
        outcomes.append({"rows": [[row.id, dict(row)] for row in Source("hub").rows(Hub(*arguments))]})
    except RowsError as error:
        outcomes.append({"error": str(error)})
import pyarrow
print(json.dumps({"outcomes": outcomes, "seconds": time.perf_counter() - began, "allocated": pyarrow.total_allocated_bytes()}))
"""


def read(home: Path, endpoint: str, *hubs: tuple[object, ...], **environment: str) -> SimpleNamespace:
    """What a fresh process gets for each of `hubs`: `outcomes` with rows or error, `seconds`, Arrow bytes `allocated`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    ours = {"HF_HOME": str(home), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", READ], input=json.dumps(hubs), env=plain | ours | environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(**json.loads(done.stdout))


def file_of(name: str) -> tuple[object, ...]:
    return tuple(name if part == "{}" else part for part in SCRIPT)


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


def script_folder(folder: Path) -> Path:
    folder.mkdir()
    folder.joinpath("script.py").write_text("raise SystemExit")
    folder.joinpath("rows_zh.tsv").write_text("17加25是多少？\t42\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def online(folder: Path) -> SimpleNamespace:
    """GSM8K, and a heavy dataset, read once through the mirror, which is then stopped; `home` keeps the cache."""
    heavy = [{"question": "?" * 4_000_000, "answer": "#### 1"}] * 4
    mirror = HubMirror(
        {
            "datasets/openai/gsm8k": Repository(gsm8k_folder(folder / "gsm8k", ROWS), PIN),
            "datasets/owner/heavy": Repository(gsm8k_folder(folder / "heavy", heavy), PIN),
            "datasets/owner/script": Repository(script_folder(folder / "script"), PIN),
        }
    )
    with mirror.serving() as endpoint:
        found = read(folder / "home", endpoint, GSM8K, HEAVY, file_of("rows_zh.tsv"), file_of("rows_fr.tsv"))
    found.requests, found.home, found.endpoint = list(mirror.requests), folder / "home", endpoint
    return found


@pytest.fixture(scope="module")
def offline(online: SimpleNamespace) -> SimpleNamespace:
    """Reading with HF_HUB_OFFLINE=1 what is in the cache, what is there at another commit, and what has no pin."""
    return read(online.home, online.endpoint, GSM8K, at(NEWER), at(None), HEAVY, file_of("rows_zh.tsv"), HF_HUB_OFFLINE="1")


@pytest.fixture(scope="module")
def mistaken(folder: Path) -> dict[str, str]:
    """The errors for a wrong revision, config, split and name, from a mirror that is there."""
    wrong = {
        "revision": ("openai/gsm8k", "main", "test", "c3" * 20),
        "config": ("openai/gsm8k", "mian", "test", PIN),
        "split": ("openai/gsm8k", "main", "tset", PIN),
        "name": ("openai/gsm9k", "main", "test", PIN),
    }
    mirror = HubMirror({"datasets/openai/gsm8k": Repository(gsm8k_folder(folder / "again", ROWS), PIN)})
    with mirror.serving() as endpoint:
        found = read(folder / "other home", endpoint, *wrong.values())
    return {what: outcome["error"] for what, outcome in zip(wrong, found.outcomes, strict=True)}


@pytest.fixture(scope="module")
def unreachable(folder: Path) -> SimpleNamespace:
    """Reading with nobody at the endpoint and nothing in the cache."""
    return read(folder / "empty home", closed_port(), GSM8K)


def at(revision: str | None) -> tuple[str | None, ...]:
    """GSM8K at another revision than the pin."""
    return (*GSM8K[:3], revision)


def test_rows_come_through_the_mirror_that_hf_endpoint_names(online: SimpleNamespace) -> None:
    assert online.outcomes[0] == EXPECTED


def test_the_pinned_revision_is_what_the_hub_is_asked_for(online: SimpleNamespace) -> None:
    assert f"GET /datasets/openai/gsm8k/resolve/{PIN}/main/test-00000-of-00001.parquet" in online.requests
    assert [request for request in online.requests if PIN not in request] == []


def test_a_second_read_is_served_offline_from_the_cache(offline: SimpleNamespace) -> None:
    assert offline.outcomes[0] == EXPECTED


def test_a_file_is_read_where_the_dataset_has_a_script_that_no_library_runs(online: SimpleNamespace, offline: SimpleNamespace) -> None:
    rows = {"rows": [["0", {"question": "17加25是多少？", "answer": "42"}]]}
    assert (online.outcomes[2], offline.outcomes[4]) == (rows, rows)
    assert online.outcomes[3]["error"].startswith("the hub's owner/script has no file 'rows_fr.tsv'.")


def test_offline_rows_of_another_commit_are_refused(offline: SimpleNamespace) -> None:
    assert f"pinned to revision {NEWER}, but only {PIN} is in the cache" in offline.outcomes[1]["error"]


def test_offline_rows_without_a_pin_are_the_latest_in_the_cache(offline: SimpleNamespace) -> None:
    assert offline.outcomes[2] == EXPECTED


def test_cached_rows_stay_on_the_disk_until_they_are_asked_for(offline: SimpleNamespace) -> None:
    assert offline.allocated < 1_000_000


def test_a_cached_pin_is_read_without_asking_the_hub(online: SimpleNamespace) -> None:
    mirror = HubMirror({})
    with mirror.serving() as endpoint:
        assert read(online.home, endpoint, GSM8K).outcomes == [EXPECTED]
    assert mirror.requests == []


def test_of_two_cached_commits_the_pinned_one_is_read_though_the_other_is_newer(online: SimpleNamespace, tmp_path: Path) -> None:
    home = shutil.copytree(online.home, tmp_path / "home", symlinks=True)
    mirror = HubMirror({"datasets/openai/gsm8k": Repository(gsm8k_folder(tmp_path / "gsm8k", ROWS[:1]), NEWER)})
    with mirror.serving() as endpoint:
        assert len(read(home, endpoint, at(NEWER)).outcomes[0]["rows"]) == 1
    assert read(home, endpoint, GSM8K, HF_HUB_OFFLINE="1").outcomes == [EXPECTED]


@pytest.mark.parametrize("way_out", ["HF_ENDPOINT", "--source PATH", "--source synthetic"])
def test_without_a_network_the_error_names_every_way_out(unreachable: SimpleNamespace, way_out: str) -> None:
    assert way_out in unreachable.outcomes[0]["error"]


def test_without_a_network_the_error_comes_within_seconds(unreachable: SimpleNamespace) -> None:
    assert unreachable.seconds < 10  # the library alone retries for 24


def test_offline_with_an_empty_cache_the_error_says_that_offline_is_set(folder: Path) -> None:
    found = read(folder / "empty home", closed_port(), GSM8K, HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE=1" in found.outcomes[0]["error"]
    assert "--source PATH" in found.outcomes[0]["error"]


def test_a_hub_that_never_answers_is_given_up_after_the_timeout_of_the_library(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = read(folder / "empty home", f"http://127.0.0.1:{silent.getsockname()[1]}", GSM8K, HF_HUB_ETAG_TIMEOUT="1")
    assert "could not be read from the hub or its cache" in found.outcomes[0]["error"]
    assert found.seconds < 10


def test_a_wrong_revision_is_named(mistaken: dict[str, str]) -> None:
    assert f"the hub's openai/gsm8k has no revision '{'c3' * 20}'" in mistaken["revision"]


def test_a_wrong_config_is_named_with_those_there_are(mistaken: dict[str, str]) -> None:
    assert "BuilderConfig 'mian' not found. Available: ['main']" in mistaken["config"]


def test_a_wrong_split_is_named_with_those_there_are(mistaken: dict[str, str]) -> None:
    assert "Unknown split \"tset\". Should be one of ['test']" in mistaken["split"]


def test_a_dataset_the_hub_does_not_have_is_named(mistaken: dict[str, str]) -> None:
    assert "the hub has no dataset 'openai/gsm9k'" in mistaken["name"]


@pytest.mark.parametrize("what", ["revision", "config", "split", "name"])
def test_a_mistake_in_the_benchmark_is_not_blamed_on_the_network(mistaken: dict[str, str], what: str) -> None:
    assert "Check the network" not in mistaken[what]
    assert "Correct the benchmark's Hub(...)" in mistaken[what]


def test_passing_over_hub_rows_reads_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    read_columns: list[str] = []
    table = SimpleNamespace(column_names=["image", "question"], num_rows=2017, column=lambda name: read_columns.append(name) or [{}] * 2017)
    monkeypatch.setattr(importlib.import_module("itemwise.cases.source"), "hub_table", lambda hub: (table, PIN))
    assert len(list(Source("hub").rows(Hub("owner/pictures")))) == 2017
    assert read_columns == []


# What a run says of them

BENCHMARK = """
from itemwise import Case, cases
from itemwise.cases.source import hub

def problems():
    for row in hub("openai/gsm8k", "main", split="test", revision={revision!r}):
        yield Case(f"problem-{{row.id}}", row["question"], row["answer"])

@cases(problems, extract=str)
def test_problems(case, answer):
    assert answer == "7"
"""


@pytest.fixture
def hub_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubRun]:
    """``hub_run(revision, endpoint)`` measures a benchmark on the hub's rows and gives the run's record and what was shown."""
    server = StandIn(lambda *_: said("7"))
    monkeypatch.setenv("HF_HOME", str(pytester.path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)

    def run(revision: str | None, endpoint: str, **environment: str) -> tuple[dict[str, Any], str]:
        with monkeypatch.context() as here:
            for name, value in {"HF_ENDPOINT": endpoint, **environment}.items():
                here.setenv(name, value)
            pytester.makepyfile(test_problems=BENCHMARK.format(revision=revision))
            shown = pytester.runpytest_subprocess("--model", f"{server.url}#adder").stdout.str()
        reports = pytester.path / "reports" / "latest"
        assert ("not pinned" in shown) == ("not pinned" in (reports / "summary.md").read_text(encoding="utf-8"))
        return json.loads((reports / "run.json").read_text(encoding="utf-8")), shown

    yield run
    server.close()


def mirror_of(folder: Path, commit: str, rows: list[dict[str, str]]) -> HubMirror:
    return HubMirror({"datasets/openai/gsm8k": Repository(gsm8k_folder(folder, rows), commit)})


def test_a_run_records_the_commit_of_unpinned_rows_and_says_how_to_pin_them(hub_run: HubRun, tmp_path: Path) -> None:
    with mirror_of(tmp_path / "gsm8k", PIN, ROWS).serving() as endpoint:
        record, shown = hub_run(None, endpoint)
    offline, _ = hub_run(None, endpoint, HF_HUB_OFFLINE="1")
    for rows in (record["rows"]["problems"], offline["rows"]["problems"]):
        assert (rows["hub"], rows["unpinned"]) == (f"openai/gsm8k@{PIN}", "openai/gsm8k")
    assert 'problems: openai/gsm8k is not pinned and may change; revision="<commit>" in the benchmark\'s Hub(...)' in shown


def test_a_run_on_pinned_rows_records_their_commit_and_warns_of_nothing(hub_run: HubRun, tmp_path: Path) -> None:
    with mirror_of(tmp_path / "gsm8k", PIN, ROWS).serving() as endpoint:
        record, shown = hub_run(PIN, endpoint)
    assert record["rows"]["problems"]["hub"] == f"openai/gsm8k@{PIN}"
    assert "not pinned" not in shown


def test_rows_that_changed_upstream_are_another_measurement(hub_run: HubRun, tmp_path: Path) -> None:
    with mirror_of(tmp_path / "before", PIN, ROWS).serving() as endpoint:
        before, _ = hub_run(None, endpoint)
    changed = [{"question": "Ana has 3 apples and buys 5. How many has she?", "answer": "8"}, ROWS[1]]
    with mirror_of(tmp_path / "after", NEWER, changed).serving() as endpoint:
        after, shown = hub_run(None, endpoint)
    assert after["rows"]["problems"]["hub"] == f"openai/gsm8k@{NEWER}"
    assert before["rows"]["problems"]["cases"] != after["rows"]["problems"]["cases"]
    assert "1 reply generated" in shown
    assert "1 from the store" in shown
