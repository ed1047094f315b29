"""The scheduler of ``-n`` without a process: workers that run, die and are started anew, one event at a time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer

from itemwise.engine.lookahead import case_groups
from itemwise.plugin.xdist_scheduling import GroupScheduling


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


def eight_workers(ids: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[GroupScheduling, list[Node]]:
    monkeypatch.setattr("xdist.scheduler.loadscope.parse_tx_spec_config", lambda config: [None] * 8)
    config = SimpleNamespace(option=SimpleNamespace(loadscopereorder=True, maxfail=0))
    scheduling = GroupScheduling(config, Producer("tests"), ["m-direct-"], 16)
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


class Worker(Node):
    """A worker that runs what it was sent as xdist's does: a test only once it knows of the next, or that there is none."""

    def __init__(self, name: str, scheduling: GroupScheduling) -> None:
        super().__init__(name)
        self.workerinput: dict[str, dict[str, str]] = {}
        self.collected = False
        self.steps: list[str] = []  # of the test it runs
        scheduling.pytest_configure_node(self)


class Run:
    """A run under `-n` as xdist's session conducts it, one event at a time, with workers that die."""

    def __init__(self, ids: Sequence[str], workers: int, batch_size: int, killers: dict[str, str]) -> None:
        option = SimpleNamespace(loadscopereorder=True, maxfail=0)
        config = SimpleNamespace(option=option, pluginmanager=self, getvalue=lambda _: ["popen"] * workers)
        self.ids, self.batch_size, self.killers = list(ids), batch_size, killers
        self.scheduling = GroupScheduling(config, Producer("tests"), ["m-direct-"], batch_size)
        self.dsession = SimpleNamespace(shouldstop=False)
        self.started = self.deaths = 0
        self.workers: list[Worker] = []
        self.judged: Counter[str] = Counter()
        self.refused: dict[str, str] = {}
        self.told: list[str] = []
        for _ in range(workers):
            self.start()

    def getplugin(self, _: str) -> Any:
        return self.dsession

    def start(self) -> None:
        self.workers.append(Worker(f"gw{self.started}", self.scheduling))
        self.started += 1

    def collect(self, worker: Worker) -> None:
        if worker not in self.scheduling.nodes:
            self.scheduling.add_node(worker)
            return
        worker.collected = True
        self.scheduling.add_node_collection(worker, self.ids)
        if self.scheduling.collection_is_completed:
            self.scheduling.schedule()

    def step(self, worker: Worker) -> bool:
        """Let `worker` go on by one event; False where it has nothing to do."""
        if not worker.collected:
            self.collect(worker)
        elif worker.steps:
            self.go_on(worker, worker.steps.pop(0))
        elif len(worker.waiting) > 1 or (worker.waiting and worker.shutting_down):
            worker.steps = ["start", "setup", "call", "teardown", "complete"]
        elif worker.shutting_down:
            self.end(worker)
        else:
            return False
        return True

    def go_on(self, worker: Worker, step: str) -> None:
        name = self.ids[worker.waiting[0]]
        if step == "start":
            self.scheduling.pytest_runtest_logstart(name)
        elif step == "complete":
            self.scheduling.mark_test_complete(worker, worker.waiting.pop(0))  # type: ignore[arg-type]
        elif name in worker.workerinput["itemwise_crashed"]:
            self.refuse(name, worker.workerinput["itemwise_crashed"][name], step)
        elif step == self.killers.get(name) or (step == "setup" and self.kills_its_worker(worker, name)):
            self.kill(worker)
        else:
            self.judged[name] += step == "call"
            self.report(name, step, failed=False)

    def kills_its_worker(self, worker: Worker, name: str) -> bool:
        """Whether a case of the batch that is asked with `name` kills whoever asks it."""
        groups = case_groups(self.ids, ["m-direct-"], self.batch_size, 2) | worker.workerinput["itemwise_regrouped"]
        batch = [case for case in self.ids if groups[case] == groups[name] and not self.judged[case]][: self.batch_size]
        return any(self.killers.get(case) == "asked" for case in batch)

    def refuse(self, name: str, message: str, step: str) -> None:
        self.refused[name] = message
        if step == "setup":
            self.report(name, step, failed=True)

    def report(self, name: str, when: str, *, failed: bool) -> None:
        self.scheduling.pytest_runtest_logreport(SimpleNamespace(nodeid=name, when=when, failed=failed))  # type: ignore[arg-type]

    def kill(self, worker: Worker) -> None:
        self.workers.remove(worker)
        self.deaths += 1
        self.scheduling.pytest_testnodedown(worker, "Not properly terminated")
        if worker in self.scheduling.nodes and (name := self.scheduling.remove_node(worker)) is not None:
            report = SimpleNamespace(longrepr=f"crashed while running {name}", nodeid=name, when="???", failed=True)
            self.scheduling.pytest_handlecrashitem(name, report)  # type: ignore[arg-type]
            self.told.append(report.longrepr)
            self.scheduling.pytest_runtest_logreport(report)  # type: ignore[arg-type]
        self.start()

    def end(self, worker: Worker) -> None:
        self.workers.remove(worker)
        assert self.scheduling.remove_node(worker) is None

    def finish(self, kills: int, chance: random.Random) -> None:
        """Go on to the end, with `kills` of any workers at any moments. Fails where nobody has anything left to do before that."""
        while self.workers and not self.dsession.shouldstop:
            if kills and chance.random() < 0.05:
                self.kill(chance.choice(self.workers))
                kills -= 1
                continue
            if not any(self.step(worker) for worker in chance.sample(self.workers, len(self.workers))):
                pytest.fail(f"the run hangs: {self.scheduling.workqueue}, {[vars(worker) for worker in self.workers]}")


IDS = [f"b.py::test_b[m-direct-c-{number}]" for number in range(40)] + [f"b.py::test_plain_{number}" for number in range(3)]


@pytest.mark.parametrize("kills", [1, 2, 6])
@pytest.mark.parametrize("seed", range(40))
def test_workers_that_are_killed_at_any_moments_hang_no_run_and_lose_no_case(seed: int, kills: int) -> None:
    run = Run(IDS, workers=2, batch_size=4, killers={})
    run.finish(kills, random.Random(seed))
    if not run.dsession.shouldstop:
        told = {name for name in IDS if any(name in line for line in run.told)}
        assert {name for name in IDS[:40] if not run.judged[name]} == set(run.refused)
        assert {name for name in IDS[40:] if not run.judged[name]} <= told
        assert max(run.judged.values()) == 1


@pytest.mark.parametrize("stage", ["asked", "call"])
@pytest.mark.parametrize("seed", range(20))
def test_only_the_case_that_kills_its_worker_is_left_out_and_three_deaths_find_it(seed: int, stage: str) -> None:
    killer = IDS[seed]
    run = Run(IDS, workers=2, batch_size=16, killers={killer: stage})
    run.finish(0, random.Random(seed))
    assert set(run.refused) == {killer}
    assert set(IDS) - set(+run.judged) == {killer}
    assert max(run.judged.values()) == 1
    assert run.deaths <= (3 if stage == "asked" else 1)
    assert "not run again" in run.refused[killer]


def test_workers_that_all_die_while_they_load_the_model_stop_the_run_with_a_word_on_memory() -> None:
    run = Run(IDS, workers=2, batch_size=16, killers=dict.fromkeys(IDS[:40], "asked"))
    run.finish(0, random.Random(1))
    assert "5 workers died one after another" in run.dsession.shouldstop
    assert "--batch-size" in run.dsession.shouldstop
