"""pytest-xdist scheduling: groups of cases to workers, and recovery of the cases of a worker that dies (killed, out of memory)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from itemwise.engine.lookahead import CRASHED, REGROUPED, block_model, case_blocks, case_groups
from itemwise.plugin.group_queue import GroupQueue
from itemwise.plugin.pace import Pace

__all__ = ["GroupScheduling"]

SMALLER = 8  # a batch that killed its worker is asked again in eighths: three deaths name one case of 64
LEAST = 3  # tests that a worker needs to have at hand, to know of the next while it runs one
LAST = 1  # test that a worker has at hand when it goes on to another model: until then it shows which one needs it


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """xdist's scope scheduling with groups of cases as the scopes; ordinary tests are handed out one by one.

    Models are asked side by side. A worker stays with the model of its first group while that has any. Then it takes:

    - a model that no other worker has, the one with the most cases first; so workers begin with a model each;
    - the model with the most cases left for each of its workers, if those have more left than its next group and the cases
      that they do in the time of a load; so at the start several workers share a model, in proportion to its cases;
    - ordinary tests, or it ends.

    `prefixes` are those of the run's cases, each with the name of its model.

    What a dead worker left is handed out again, but for what killed it:

    - a case whose test was running is at fault. It is not run again: the worker that is started in the dead one's place
      reports it as an error;
    - a worker that died while it asked the model may have been killed by any case of its batch. They are asked again in
      smaller batches, down to the case that is alone when its worker dies, which then is at fault;
    - a case that had its verdict keeps it, and an ordinary test is told by xdist's own report.

    Only workers started after a death hear of it, so what is asked in smaller batches is theirs. Where workers go on
    dying and no case comes to its end in between, the run is stopped.

    (``--dist loadgroup`` does nothing under pytest 9.2 with xdist 3.8, xdist issue 1386.)
    """

    def __init__(self, config: Any, log: Any, prefixes: Mapping[str, str], batch_size: int) -> None:
        super().__init__(config, log)
        self._prefixes = prefixes
        self._batch_size = batch_size
        self._group_of: dict[str, object] = {}
        self._model: dict[str, str] = {}  # of each case
        self._holds: dict[Any, str] = {}  # the model that a worker has when it has done all it was given
        self._pace = Pace()
        self.workqueue = GroupQueue(lambda test: self._model.get(test, ""))
        self._index: dict[str, int] = {}
        self._stage: dict[str, str] = {}  # how far a test has come: asked, running, judged
        self._interrupted: set[Any] = set()
        self._regrouped: dict[str, str] = {}  # groups that are not those of case_groups
        self._sizes: dict[str, int] = {}  # of the batches of regrouped groups
        self._crashed: dict[str, str] = {}  # why a case at fault is not run again
        self._deaths = 0  # of workers that asked, since a case came to its end

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A worker begins a test."""
        self._stage[nodeid] = "asked"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A worker tells how far a test has come."""
        if report.when in ("setup", "call", "teardown"):  # else it is xdist's own, of a death
            self._pace.note(self._model.get(report.nodeid, ""), report)
        if report.when == "call" or (report.when == "setup" and report.failed):
            self._stage[report.nodeid] = "judged"
        elif report.when == "setup":
            self._stage[report.nodeid] = "running"

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker that is about to start what became of others."""
        node.workerinput[REGROUPED] = dict(self._regrouped)
        node.workerinput[CRASHED] = dict(self._crashed)

    @pytest.hookimpl(tryfirst=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Note a worker that was stopped by hand: no case killed it."""
        if error == "keyboard-interrupt":
            self._interrupted.add(node)

    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Say in xdist's report of the death what becomes of the case."""
        if crashitem not in self._model:
            return
        if crashitem in self._crashed:
            fate = "It counts as an error and is not run again."
        elif self._stage.get(crashitem) == "judged":
            fate = "Its verdict stands."
        else:
            fate = "Any case of its batch may have killed it: they are asked again in smaller batches."
        report.longrepr = f"{report.longrepr}. {fate}"

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Take a worker's list of tests; one that has others than the first, so late in a run, gets no work."""
        super().add_node_collection(node, collection)
        if node not in self.registered_collections:
            node.shutdown()

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """A worker is done with a test."""
        if self.registered_collections[node][item_index] not in self._crashed:
            self._deaths = 0
        super().mark_test_complete(node, item_index, duration)

    def remove_node(self, node: Any) -> str | None:
        """Hand out again what `node` left undone; the test that was being run when it died, None where there was none."""
        units: dict[str, dict[str, bool]] = self.assigned_work.pop(node)
        self._holds.pop(node, None)
        left = [(scope, tests) for scope, unit in units.items() if (tests := [test for test, done in unit.items() if not done])]
        if not left:
            return None
        begun = node not in self._interrupted and left[0][1][0] in self._stage
        current = left[0][1][0] if begun else None
        if current is not None:
            self._hand_out_again(node, current, *left.pop(0))
        for scope, tests in left:
            self._queue(scope, tests)
        for other in self.nodes:
            self._reschedule(other)
        return current

    def _hand_out_again(self, node: Any, current: str, scope: str, tests: list[str]) -> None:
        """Queue `tests`, whose group had come to `current` when its worker died, with what is known of that death."""
        size = self._sizes.get(scope, min(len(tests), self._batch_size))
        stage = self._stage.pop(current)
        if stage == "asked" and current in self._model:
            self._count_death()
        if stage == "asked" and current in self._model and size > 1:
            smaller = max(1, size // SMALLER)
            for begin in reversed(range(0, len(tests), smaller)):
                self._regroup(tests[begin : begin + smaller], smaller)
            return
        self._regroup(tests[1:], size)
        self._stage[current] = stage
        if stage != "judged" and current in self._model:
            doing = "its test ran" if stage == "running" else "the model was loaded for it, or asked it alone"
            self._crashed[current] = (
                f"worker {node.gateway.id} died while {doing}: its process ended without a word (killed, out of memory, "
                "or os._exit). The case is not run again in this run."
            )
            self._regroup([current], 1)

    def _regroup(self, tests: Sequence[str], size: int) -> None:
        """Queue `tests` first, as a group of their own that only workers still to be started can know of."""
        if not tests:
            return
        group = f"again {len(self._sizes)}"
        self._sizes[group] = size
        for test in tests:
            self._group_of[test] = self._regrouped[test] = group
        self._queue(group, tests)

    def _queue(self, scope: str, tests: Sequence[str]) -> None:
        unit = dict.fromkeys(tests, False)
        if scope in self._sizes:
            self.workqueue.put_again(scope, unit)
        else:
            self.workqueue[scope] = unit

    def _count_death(self) -> None:
        """Stop the run where workers die one after another and nothing comes of it: each may take minutes to load a model."""
        self._deaths += 1
        session = self.config.pluginmanager.getplugin("dsession")
        if self._deaths > 2 * self.numnodes and session is not None:
            session.shouldstop = (
                f"{self._deaths} workers died one after another while they loaded the model or asked it, and no case came to its end "
                "in between. Where memory ran out (dmesg tells), take fewer workers (-n), a lower --batch-size or another --quant."
            )

    def _reschedule(self, node: Any) -> None:
        """Keep `node` in work, or let it end where there is none for it."""
        while node in self.registered_collections and not node.shutting_down:
            pending = self._pending_of(self.assigned_work[node])
            if pending >= LEAST:
                return
            scope = self._next_scope(node)
            if scope is None:
                node.shutdown()
            elif pending > LAST and self.workqueue.model(scope) not in ("", self._holds.get(node)):
                return
            else:
                self._assign(node, scope)

    def _assign_work_unit(self, node: Any) -> None:
        if node in self.registered_collections and (scope := self._next_scope(node)) is not None:
            self._assign(node, scope)

    def _next_scope(self, node: Any) -> str | None:
        """The group that `node` is to run after what it has; None where it is to end."""
        queue: GroupQueue = self.workqueue
        model = self._holds.get(node, "")
        known = getattr(node, "workerinput", {}).get(REGROUPED, {})
        if (again := queue.first_again(known, model)) is not None:
            return again
        if queue.first(model) is None or not model:
            model = self._untaken_model(node) or self._model_to_share(model) or ""
        return queue.first(model)

    def _untaken_model(self, node: Any) -> str | None:
        """The model with the most cases of those that no worker but `node` has."""
        untaken = [model for model in self.workqueue.models if not self._workers_of(model, but=node)]
        return max(untaken, key=self.workqueue.cases, default=None)

    def _model_to_share(self, own: str) -> str | None:
        """The model with the most cases left for each of its workers, of those whose end would be nearer if a worker that has `own`
        came to help."""
        shared: dict[str, float] = {}
        for model in self.workqueue.models:
            workers = self._workers_of(model)
            at_hand = sum(self._pending_of(self.assigned_work[worker]) for worker in workers)
            left = (at_hand + self.workqueue.cases(model)) / len(workers)
            if left > self.workqueue.size(model) + self._pace.load_in_cases(model, own):
                shared[model] = left
        return max(shared, key=lambda model: shared[model], default=None)

    def _workers_of(self, model: str, but: Any = None) -> list[Any]:
        """The workers that ask `model` and go on."""
        return [node for node, held in self._holds.items() if held == model and not node.shutting_down and node is not but]

    def _assign(self, node: Any, scope: str) -> None:
        self._holds[node] = self.workqueue.model(scope) or self._holds.get(node, "")
        unit = self.workqueue.pop(scope)
        self.assigned_work[node][scope] = unit
        try:
            node.send_runtest_some([self._index[test] for test in unit])
        except OSError:  # it is dead; xdist is about to hear of it, and then hands the unit out again
            node.shutdown()

    def _split_scope(self, nodeid: str) -> str:
        if not self._group_of:
            collected = next(iter(self.registered_collections.values()))
            self._group_of = case_groups(collected, self._prefixes, self._batch_size, self.numnodes)
            blocks = zip(collected, case_blocks(collected, self._prefixes), strict=True)
            self._model = {test: block_model(block, self._prefixes) for test, block in blocks if block is not None}
            self._index = {test: index for index, test in enumerate(collected)}
        return str(self._group_of[nodeid])
