"""Runs over replicas of a Ray cluster; a file of its own, for starting one takes as long as all runs over workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import ray

from tests.runs.test_workers import SUMS, results

KILLING = '''
import os
from pathlib import Path

from itemwise.strategies import Transcript

async def killing(chat, ask, extract):
    """Ask, but kill one of Ray's replicas at the case that adds 20 and 21, once."""
    mark = Path(__file__).with_name("killed")
    replicas = [entry.parent for entry in Path("/proc").glob("[0-9]*/cmdline") if entry.read_bytes().startswith(b"ray::Replica")]
    if "20+21" in chat[-1].content and not mark.exists() and replicas:
        mark.write_text(replicas[0].name)
        os.kill(int(replicas[0].name), 9)
    reply = await ask(chat)
    return Transcript([*chat, reply], reply)
'''


@pytest.fixture(autouse=True)
def niceness(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of this process, not Ray's 15: replicas would starve beside other work on the machine."""
    monkeypatch.setenv("RAY_worker_niceness", "0")


def test_a_killed_replica_of_a_ray_cluster_loses_no_case(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, my_killing=KILLING)
    options = ("--strategy", "my_killing:killing", "--engine", "ray", "--replicas", "2", "--batch-size", "4")
    result = pytester.runpytest_subprocess("--sample", "all", *options)
    assert result.ret == pytest.ExitCode.OK
    assert pytester.path.joinpath("killed").exists()
    result.stdout.fnmatch_lines(["sums * 24 of 24"])
    assert {each["verdict"] for each in results(pytester)} <= {"correct", "wrong", "no answer"}


@pytest.fixture
def cluster(niceness: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Ray cluster of this process that runs can join."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    token = Path.home() / ".ray" / "auth_token"  # of the cluster; pytester has another home
    if token.exists():
        monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(token))
    monkeypatch.setenv("RAY_ADDRESS", ray.get_runtime_context().gcs_address)
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster")
def test_workers_ask_replicas_of_a_model_each_on_one_cluster(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS)
    options = ("--quant", "nf4", "--quant", "none", "--engine", "ray", "--replicas", "1", "-n", "2", "--max-new-tokens", "24")
    result = pytester.runpytest_subprocess("--sample", "all", *options)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["sums * 24 of 24", "sums * 24 of 24"])
    assert len(results(pytester)) == 48
