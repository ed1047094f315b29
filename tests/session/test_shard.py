"""Which cases a shard holds, and how it is named."""

from __future__ import annotations

import pytest

from itemwise.session.settings import SettingsError
from itemwise.session.shard import Shard, shard_of

NAMES = [f"gsm8k-{number}" for number in range(1000)]


def test_every_case_is_in_one_shard_and_the_shards_are_about_as_large() -> None:
    shards = [Shard(number, 4) for number in range(1, 5)]
    assert all(sum(shard.holds(name) for shard in shards) == 1 for name in NAMES)
    assert all(200 < sum(map(shard.holds, NAMES)) < 300 for shard in shards)


def test_a_case_stays_in_its_shard_on_every_machine() -> None:
    assert [name for name in NAMES[:12] if Shard(1, 4).holds(name)] == ["gsm8k-2", "gsm8k-4", "gsm8k-7"]


@pytest.mark.parametrize("variant", ["{}-twin1", "{}-blank-image", "{}-twin2-shuffle-options"])
def test_variants_and_controls_are_in_the_shard_of_their_original(variant: str) -> None:
    assert all(Shard(2, 3).holds(name) == Shard(2, 3).holds(variant.format(name)) for name in NAMES[:100])


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "8", "SLURM_ARRAY_TASK_MIN": "0"}, "4/8"),
        ({"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "8", "SLURM_ARRAY_TASK_MIN": "1"}, "3/8"),
        ({"JOB_COMPLETION_INDEX": "0", "JOB_COMPLETIONS": "4"}, "1/4"),
        ({"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "3"}, "2/3"),
        ({"CIRCLE_NODE_INDEX": "2", "CIRCLE_NODE_TOTAL": "3"}, "3/3"),
        ({"BUILDKITE_PARALLEL_JOB": "0", "BUILDKITE_PARALLEL_JOB_COUNT": "1"}, "1/1"),
    ],
)
def test_auto_is_the_place_that_the_job_is_told(environment: dict[str, str], text: str) -> None:
    assert shard_of("auto", environment).text == text


@pytest.mark.parametrize(
    ("text", "environment", "fault"),
    [
        ("0/4", {}, "--shard must be a part and how many there are, such as 2/4, or auto, got 0/4."),
        ("5/4", {}, "got 5/4."),
        ("two", {}, "got two."),
        ("auto", {}, "--shard auto finds no variables that tell this job's place"),
        ("auto", {"JOB_COMPLETION_INDEX": "1"}, "JOB_COMPLETION_INDEX and JOB_COMPLETIONS (Kubernetes)"),
        ("auto", {"CI_NODE_INDEX": "x", "CI_NODE_TOTAL": "3"}, "--shard auto: CI_NODE_INDEX must be a whole number, got 'x'."),
        ("auto", {"CI_NODE_INDEX": "9", "CI_NODE_TOTAL": "3"}, "got auto, which is 9/3 here."),
        (
            "auto",
            {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "5"},
            "got auto, which is 3/2 here.",
        ),
    ],
)
def test_what_names_no_shard_is_refused_with_what_to_give(text: str, environment: dict[str, str], fault: str) -> None:
    with pytest.raises(SettingsError) as refused:
        shard_of(text, environment)
    assert fault in str(refused.value)
