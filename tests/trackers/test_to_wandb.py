"""What the file of an offline run holds, by wandb's own records."""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import wandb
from wandb.proto.wandb_internal_pb2 import Record

from itemwise.trackers import TrackerError, to_wandb
from itemwise.trackers.tracked_run import TrackedRun

BLOCK, HEAD = 32_768, 7  # of the log format of LevelDB, in which the file is: each part of a record has checksum, length and kind


def records(file: Path) -> Iterator[Record]:
    content, place, record = file.read_bytes(), HEAD, b""
    while place + HEAD <= len(content):
        if BLOCK - place % BLOCK < HEAD:
            place += BLOCK - place % BLOCK
            continue
        length, kind = struct.unpack_from("<HB", content, place + 4)
        record += content[place + HEAD : place + HEAD + length]
        place += HEAD + length
        if kind in (1, 4):  # whole, or the last part
            yield Record.FromString(record)
            record = b""


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIR", "DATA_DIR", "CACHE_DIR", "CONFIG_DIR"):
        monkeypatch.setenv(f"WANDB_{name}", str(tmp_path))
    for name in ("PROJECT", "ENTITY", "API_KEY"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("WANDB_MODE", "offline")


@pytest.mark.usefixtures("offline")
def test_an_offline_run_has_its_parameters_metrics_notes_table_and_reports_and_no_command_line(
    tracked: TrackedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["pytest", "--serve", "vllm serve m --api-key not-for-others"])
    told = to_wandb.log(tracked)
    wandb.teardown()  # ends the process that writes the file
    (file,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    assert told == f"offline; `wandb sync {file.parent.relative_to(tmp_path)}` sends it"
    found = list(records(file))
    run = next(record.run for record in found if record.HasField("run"))
    assert (run.project, run.display_name, run.notes) == ("itemwise", tracked.name, tracked.summary)
    config = {item.key: json.loads(item.value_json) for item in run.config.update}
    assert {name: config[name] for name in tracked.parameters} == tracked.parameters
    (history,) = [record.history for record in found if record.HasField("history")]
    logged = {"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in history.item}
    assert {name: logged[name] for name in tracked.metrics} == {name: pytest.approx(value) for name, value in tracked.metrics.items()}
    assert (logged["cases/_type"], logged["cases/nrows"]) == ("table-file", len(tracked.cases))
    (artifact,) = [record.artifact for record in found if record.artifact.type == "itemwise-run"]
    assert {entry.path for entry in artifact.manifest.contents} == {file.name for file in tracked.files}
    assert b"not-for-others" not in file.read_bytes()


def test_without_a_key_a_run_is_refused_before_anything_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb.teardown()  # it keeps the environment that it saw first
    for name in ("MODE", "API_KEY", "IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with pytest.raises(TrackerError, match="no key is known: give `wandb login` or WANDB_API_KEY, or WANDB_MODE=offline"):
        to_wandb.ready()
    wandb.teardown()
    monkeypatch.setenv("WANDB_MODE", "offline")
    to_wandb.ready()
    wandb.teardown()
