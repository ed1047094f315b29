"""Runs over several workers: each takes its share, and the share of one that dies is taken over."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer

from itemwise.distribution import CaseScheduling
from itemwise.lookahead import case_groups

SUMS = """
from extractors import last_number
from itemwise import Case, cases

def sums():
    for number in range(24):
        yield Case(f"sum-{number}", f"Calculate:\\n{number + 10}+{number + 11}", str(2 * number + 21))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
DYING = '''
import os
from pathlib import Path

from itemwise.strategies import Said

async def dying(question, ask, read):
    """Ask, but kill the process at the case that adds 15 and 16, once."""
    mark = Path(__file__).with_name("died")
    if "15+16" in question.content and not mark.exists():
        mark.touch()
        os._exit(1)
    reply = await ask([question])
    return Said([question, reply], reply)
'''


def results(pytester: pytest.Pytester) -> list[dict[str, Any]]:
    lines = pytester.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_share_of_a_worker_that_dies_is_taken_over_and_no_case_is_lost(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, my_dying=DYING)
    command = ("--sample", "all", "--strategy", "my_dying:dying", "-n", "2", "--batch-size", "4")
    first = pytester.runpytest_subprocess(*command)
    assert first.ret == pytest.ExitCode.TESTS_FAILED  # a death is told, although every case has its verdict
    first.stdout.fnmatch_lines(["worker * crashed while running*"])
    first.stdout.fnmatch_lines(["sums *24 of 24"])
    verdicts = {each["case"]: each["verdict"] for each in results(pytester)}
    second = pytester.runpytest_subprocess(*command)
    assert second.ret == pytest.ExitCode.OK
    assert {each["case"]: each["verdict"] for each in results(pytester)} == verdicts
    assert sum(each["reply"]["generated"] for each in results(pytester)) == 0


KILLING = '''
import os
from pathlib import Path

from itemwise.strategies import Said

async def killing(question, ask, read):
    """Ask, but kill one of Ray's replicas at the case that adds 20 and 21, once."""
    mark = Path(__file__).with_name("killed")
    replicas = [entry.parent for entry in Path("/proc").glob("[0-9]*/cmdline") if entry.read_bytes().startswith(b"ray::_Replica")]
    if "20+21" in question.content and not mark.exists() and replicas:
        mark.write_text(replicas[0].name)
        os.kill(int(replicas[0].name), 9)
    reply = await ask([question])
    return Said([question, reply], reply)
'''


def test_a_killed_replica_of_a_ray_cluster_loses_no_case(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, my_killing=KILLING)
    options = ("--strategy", "my_killing:killing", "--engine", "ray", "--replicas", "2", "--batch-size", "4")
    result = pytester.runpytest_subprocess("--sample", "all", *options)
    assert result.ret == pytest.ExitCode.OK
    assert pytester.path.joinpath("killed").exists()
    result.stdout.fnmatch_lines(["sums * 24 of 24"])
    assert {each["verdict"] for each in results(pytester)} <= {"correct", "wrong", "no answer"}


def scheduled(workers: int, cases: int, batch_size: int) -> Counter[object]:
    """How many groups of cases there are for so many workers, and how large each is."""
    ids = [f"b.py::test_b[m-direct-c-{number}]" for number in range(cases)]
    return Counter(case_groups(ids, ["m-direct-"], batch_size, workers).values())


@pytest.mark.parametrize("workers", [2, 4, 8])
@pytest.mark.parametrize("cases", [8, 50, 200, 1319])
def test_every_worker_has_a_share_and_none_waits_for_a_giant_group(workers: int, cases: int) -> None:
    groups = scheduled(workers, cases, batch_size=32)
    assert sum(groups.values()) == cases
    assert len(groups) >= min(workers, cases)
    assert max(groups.values()) <= max(-(-cases // workers), 1)


class Node:
    """A worker as xdist's scheduling sees it."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.waiting: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.waiting += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def eight_workers(ids: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[CaseScheduling, list[Node]]:
    monkeypatch.setattr("xdist.scheduler.loadscope.parse_tx_spec_config", lambda config: [None] * 8)
    config = SimpleNamespace(option=SimpleNamespace(loadscopereorder=True, maxfail=0))
    scheduling = CaseScheduling(config, Producer("tests"), ["m-direct-"], 16)
    nodes = [Node(f"gw{number}") for number in range(8)]
    for node in nodes:
        scheduling.add_node(node)
        scheduling.add_node_collection(node, ids)
    scheduling.schedule()
    return scheduling, nodes


def test_eight_workers_share_the_cases_and_the_share_of_a_lost_one_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"b.py::test_b[m-direct-c-{number}]" for number in range(400)]
    scheduling, (lost, *others) = eight_workers(ids, monkeypatch)
    shares = [len(node.waiting) for node in (lost, *others)]
    assert min(shares) > 0
    ran: list[int] = []
    scheduling.remove_node(lost)
    others.append(Node("gw8"))  # xdist starts another in its place
    scheduling.add_node(others[-1])
    scheduling.add_node_collection(others[-1], ids)
    scheduling.schedule()
    while any(node.waiting for node in others):
        for node in others:
            if node.waiting:
                ran.append(node.waiting.pop(0))
                scheduling.mark_test_complete(node, ran[-1])
    assert sorted(ran) == list(range(400))
