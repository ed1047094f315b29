"""What TensorBoard's own reader finds in the event files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

from itemwise.trackers import to_tensorboard
from itemwise.trackers.tracked_run import TrackedRun


def read(folder: Path) -> EventAccumulator:
    return EventAccumulator(str(folder)).Reload()


def test_a_run_has_scalars_the_summary_and_parameters_in_a_folder_of_its_own(
    tracked: TrackedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)
    assert to_tensorboard.log(tracked) == "`tensorboard --logdir reports/tensorboard` shows it"
    events = read(tmp_path / "reports" / "tensorboard" / tracked.name)
    scalars = {name: events.Scalars(name)[0] for name in events.Tags()["scalars"]}
    assert {name: scalar.value for name, scalar in scalars.items()} == {
        name: pytest.approx(value) for name, value in tracked.metrics.items()
    }
    assert [*{scalar.wall_time for scalar in scalars.values()}] == [pytest.approx(tracked.started.timestamp() + tracked.seconds)]
    (text,) = events.Tensors("summary/text_summary")
    assert text.tensor_proto.string_val[0].decode() == tracked.summary
    known = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    given = plugin_data_pb2.HParamsPluginData.FromString(known).session_start_info.hparams
    assert set(given) == set(tracked.parameters)
    assert (given["sample"].number_value, given["models"].string_value) == (8, "embedded-text")


def test_the_environment_says_where_the_event_files_go(tracked: TrackedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "logs"))
    to_tensorboard.ready()
    assert to_tensorboard.log(tracked) == "`tensorboard --logdir logs` shows it"
    assert read(tmp_path / "logs" / tracked.name).Tags()["scalars"] == [*tracked.metrics]
