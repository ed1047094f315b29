"""The scheduler of ``-n`` without a process: workers that run, die and are started anew, one event at a time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer

from itemwise.engine.lookahead import case_groups
from itemwise.plugin.pace import LOADED
from itemwise.plugin.xdist_scheduling import GroupScheduling

PREFIXES = {f"{model}-direct-": model for model in "mabcde"}


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
    scheduling = GroupScheduling(config, Producer("tests"), {"m-direct-": "m"}, 16)
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
        self.scheduling = GroupScheduling(config, Producer("tests"), PREFIXES, batch_size)
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
        groups = case_groups(self.ids, PREFIXES, self.batch_size, 2) | worker.workerinput["itemwise_regrouped"]
        batch = [case for case in self.ids if groups[case] == groups[name] and not self.judged[case]][: self.batch_size]
        return any(self.killers.get(case) == "asked" for case in batch)

    def refuse(self, name: str, message: str, step: str) -> None:
        self.refused[name] = message
        if step == "setup":
            self.report(name, step, failed=True)

    def report(self, name: str, when: str, *, failed: bool) -> None:
        self.scheduling.pytest_runtest_logreport(SimpleNamespace(nodeid=name, when=when, failed=failed, duration=0.1))  # type: ignore[arg-type]

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


def cases(amounts: dict[str, int]) -> list[str]:
    """The node ids of so many cases of each model."""
    return [f"b.py::test_b[{model}-direct-c-{number}]" for model, amount in amounts.items() for number in range(amount)]


PLAIN = [f"b.py::test_plain_{number}" for number in range(3)]
IDS = cases({"m": 40}) + PLAIN


@pytest.mark.parametrize("amounts", [{"m": 40}, {"a": 20, "b": 20}, {"a": 3, "b": 30, "c": 5, "d": 1, "e": 1}], ids=len)
@pytest.mark.parametrize("kills", [1, 2, 6])
@pytest.mark.parametrize("seed", range(40))
def test_workers_that_are_killed_at_any_moments_hang_no_run_and_lose_no_case(seed: int, kills: int, amounts: dict[str, int]) -> None:
    run = Run(cases(amounts) + PLAIN, workers=2, batch_size=4, killers={})
    run.finish(kills, random.Random(seed))
    if not run.dsession.shouldstop:
        told = {name for name in run.ids if any(name in line for line in run.told)}
        assert {name for name in cases(amounts) if not run.judged[name]} == set(run.refused)
        assert {name for name in PLAIN if not run.judged[name]} <= told
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


@pytest.mark.parametrize("stage", ["asked", "call"])
@pytest.mark.parametrize("seed", range(10))
def test_a_case_that_kills_its_worker_among_several_models_is_the_only_one_lost(seed: int, stage: str) -> None:
    ids = cases({"a": 40, "b": 25, "c": 10})
    run = Run(ids, workers=2, batch_size=16, killers={ids[seed * 7]: stage})
    run.finish(0, random.Random(seed))
    assert set(run.refused) == {ids[seed * 7]}
    assert set(ids) - set(+run.judged) == {ids[seed * 7]}
    assert max(run.judged.values()) == 1


@dataclass
class Timed:
    """A run under `-n` on a clock of its own: a load of a model takes so many seconds, a case of it so many, an ordinary test no time."""

    load: dict[str, float]
    case: dict[str, float]
    loaded: dict[str, list[str]] = field(default_factory=dict)  # the models that each worker loaded, one after the other
    ran: list[str] = field(default_factory=list)
    end: float = 0.0

    def finish(self, ids: Sequence[str], workers: int, prefixes: dict[str, str] = PREFIXES) -> Timed:
        option = SimpleNamespace(loadscopereorder=True, maxfail=0)
        config = SimpleNamespace(option=option, getvalue=lambda _: ["popen"] * workers)
        self.ids, self.scheduling = ids, GroupScheduling(config, Producer("tests", enabled=False), prefixes, 64)
        self.running: dict[Node, tuple[float, SimpleNamespace]] = {}  # when its test ends, and the report of that
        nodes = [Node(f"gw{number}") for number in range(workers)]
        for node in nodes:
            self.scheduling.add_node(node)
            self.scheduling.add_node_collection(node, list(ids))
        self.scheduling.schedule()
        self.begin(nodes)
        while self.running:
            node = min(self.running, key=lambda node: self.running[node][0])
            self.end, report = self.running.pop(node)
            self.complete(node, report)
            self.begin(nodes)
        assert sorted(self.ran) == sorted(ids)
        return self

    def begin(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if node not in self.running and (len(node.waiting) > 1 or (node.waiting and node.shutting_down)):
                name = self.ids[node.waiting[0]]
                report = self.report(name, node)
                self.running[node] = self.end + report.duration, report

    def report(self, name: str, node: Node) -> SimpleNamespace:
        model = name.partition("[")[2].partition("-")[0]
        loaded = self.loaded.setdefault(node.gateway.id, [])
        report = SimpleNamespace(nodeid=name, when="setup", failed=False, duration=self.case.get(model, 0.0))
        if model and [model] != loaded[-1:]:
            loaded.append(model)
            setattr(report, LOADED, self.load[model])
            report.duration += self.load[model]
        return report

    def complete(self, node: Node, report: SimpleNamespace) -> None:
        self.scheduling.pytest_runtest_logreport(report)  # type: ignore[arg-type]
        for when in ("call", "teardown"):
            told = SimpleNamespace(nodeid=report.nodeid, when=when, failed=False, duration=0.0)
            self.scheduling.pytest_runtest_logreport(told)  # type: ignore[arg-type]
        self.ran.append(report.nodeid)
        self.scheduling.mark_test_complete(node, node.waiting.pop(0))  # type: ignore[arg-type]
        if self.scheduling.tests_finished:
            for each in self.scheduling.nodes:
                each.shutdown()


def timed(amounts: dict[str, int], workers: int, *, load: float = 5.0, case: dict[str, float] | None = None) -> Timed:
    """The run of so many cases of each model, each of which loads as long as so many of its cases take."""
    seconds = dict.fromkeys(amounts, 1.0) | (case or {})
    return Timed({model: load * seconds[model] for model in amounts}, seconds).finish(cases(amounts), workers)


def test_workers_begin_with_a_model_each_and_no_other_loads_it() -> None:
    assert timed({"a": 8, "b": 8}, 2).loaded == {"gw0": ["a"], "gw1": ["b"]}
    assert timed({"a": 1319, "b": 1319}, 2).loaded == {"gw0": ["a"], "gw1": ["b"]}


def test_of_more_models_than_workers_each_worker_takes_one_after_the_other() -> None:
    assert timed({"a": 50, "b": 50, "c": 50, "d": 50}, 2).loaded == {"gw0": ["a", "c"], "gw1": ["b", "d"]}
    assert timed({"a": 1, "b": 1, "c": 1, "d": 1}, 2).loaded == {"gw0": ["a", "c"], "gw1": ["b", "d"]}
    assert timed({"a": 4, "b": 3, "c": 2}, 1).loaded == {"gw0": ["a", "b", "c"]}


def test_more_workers_than_models_share_them_in_proportion_to_their_cases() -> None:
    loaded = timed({"a": 600, "b": 300}, 6).loaded
    assert Counter(model for models in loaded.values() for model in models) == {"a": 4, "b": 2}
    assert (loaded["gw0"], loaded["gw1"]) == (["a"], ["b"])


def test_a_worker_without_groups_of_its_model_helps_where_much_is_left() -> None:
    run = timed({"a": 1000, "b": 100}, 2)
    assert run.loaded == {"gw0": ["a"], "gw1": ["b", "a"]}
    assert run.end < 650
    assert timed({"a": 1000, "b": 1000}, 2, case={"b": 0.1}).loaded == {"gw0": ["a"], "gw1": ["b", "a"]}


def test_it_helps_the_model_whose_workers_have_most_left() -> None:
    assert timed({"a": 900, "b": 1300, "c": 100}, 3).loaded["gw1"][:1] == ["a"]
    assert timed({"a": 900, "b": 1300, "c": 100}, 3).loaded["gw2"] == ["c", "b"]


def test_no_worker_loads_a_model_that_is_done_before_it_could_help() -> None:
    assert timed({"a": 100, "b": 20}, 2, load=60).loaded == {"gw0": ["a"], "gw1": ["b"]}
    assert timed({"a": 100, "b": 20}, 2, load=1).loaded == {"gw0": ["a"], "gw1": ["b", "a"]}


def test_before_a_model_has_answered_a_load_of_it_is_taken_to_be_as_dear_as_of_the_helpers_own() -> None:
    assert timed({"a": 40, "b": 8}, 2, load=30, case={"a": 10.0, "b": 0.1}).loaded["gw1"] == ["b"]
    assert timed({"a": 40, "b": 8}, 2, load=2, case={"a": 10.0, "b": 0.1}).loaded["gw1"] == ["b", "a"]


def test_ordinary_tests_load_nothing_and_go_to_who_has_nothing_else() -> None:
    run = Timed({"a": 60.0, "b": 60.0}, {"a": 1.0, "b": 1.0}).finish(cases({"a": 60, "b": 40}) + PLAIN, 2)
    assert run.loaded == {"gw0": ["a"], "gw1": ["b"]}
    assert run.ran.index(PLAIN[0]) < run.ran.index(cases({"a": 60})[59])
    assert Timed({}, {}).finish([f"t.py::test_{number}" for number in range(20)], 3).loaded["gw2"] == []


def both_ways(chance: random.Random) -> tuple[Timed, Timed]:
    """A run with any models, side by side and one after the other."""
    amounts = {model: chance.choice([5, 20, 100, 800]) for model in "abcd"[: chance.randint(2, 4)]}
    case, load, workers = {model: chance.choice([0.1, 1.0, 3.0]) for model in amounts}, chance.choice([5, 20, 60]), chance.randint(2, 5)
    loads = {model: seconds * load for model, seconds in case.items()}
    beside = Timed(loads, case).finish(cases(amounts), workers)
    return beside, Timed(loads, case).finish(cases(amounts), workers, dict.fromkeys(PREFIXES, "one"))


def test_side_by_side_models_are_loaded_less_often_than_one_after_the_other_and_runs_end_earlier() -> None:
    chance = random.Random(1)
    runs = [both_ways(chance) for _ in range(100)]
    loads = [[sum(map(len, run.loaded.values())) for run in both] for both in runs]
    assert all(beside <= after for beside, after in loads)
    assert sum(beside for beside, _ in loads) < 0.6 * sum(after for _, after in loads)
    assert sum(beside.end / after.end for beside, after in runs) < len(runs)
