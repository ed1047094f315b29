"""The worker (each process that runs tests, with or without ``-n``): runs cases on one model at a time, ahead of the tests."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import pytest

from itemwise.cases.picture import PictureError
from itemwise.cases.repeats import repeat_seed
from itemwise.cases.reply import Reply
from itemwise.engine.lookahead import CRASHED, REGROUPED, Lookahead, Upcoming, case_groups
from itemwise.models import Model, ModelEntry, ModelError, ModelUnavailableError
from itemwise.models.decoding import is_greedy
from itemwise.plugin.case_lines import case_lines
from itemwise.plugin.items import is_case, parameters, prefixes
from itemwise.plugin.progress_lines import note_case_lines, worker_watch
from itemwise.plugin.run_samples import Samples
from itemwise.replies import RepliesError
from itemwise.results.batch_invariance import BatchCheck
from itemwise.results.progress import Counts
from itemwise.results.safe_text import printable
from itemwise.results.store import Store, StoreError
from itemwise.session.settings import Settings
from itemwise.strategies import StrategyError

if TYPE_CHECKING:
    from itemwise.engine.batch_check import BatchedCase
    from itemwise.session.model_session import ModelSession

__all__ = ["ALONE", "GROUPED", "REPLY", "WorkerSession"]

GROUPED = ("load", "loadgroup", "worksteal", "no")  # --dist under which our scheduler hands out groups of cases
ALONE = "itemwise_alone"  # in a worker's output
REPLY = pytest.StashKey["Reply"]()


class WorkerSession:
    """Knows the samples, the model in memory and the cases ahead, and asks it for the reply to each."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.settings = settings
        self._config = config
        self.samples = Samples(settings)
        self._rank, self._world_size = _rank(config)
        self._grouped = config.getoption("dist", "no") in GROUPED
        self._lookahead = Lookahead([])
        self._crashed: Mapping[str, str] = {}
        self._store: Store | None = None
        self._model_session: ModelSession | None = None
        self._session: pytest.Session | None = None
        self.fault = ""  # of the model or the store, that stopped the run in this process
        self._in_batches: list[BatchedCase] = []
        self.batch_check: list[BatchCheck] = []
        self._loading: tuple[str, float] | None = None  # the model that is got ready, and since when
        self._tokens = 0  # of models let go of
        watch = worker_watch(config, self.counts)
        self.waiting: Callable[[], AbstractContextManager[None]] = watch.waiting if watch else nullcontext  # around what takes its time

    def counts(self) -> Counts:
        """What this process is at; another thread may ask."""
        used, loading = self._model_session, self._loading
        loading = loading or (used.loading if used else None)
        model, seconds = (loading[0], time.monotonic() - loading[1]) if loading else ("", 0.0)
        if used is None:
            return Counts(model, seconds, tokens=self._tokens)
        underway = 0 if loading else used.engine.underway
        return Counts(model, seconds, underway, len(used.engine.outcomes), self._tokens + used.tokens, used.model.name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look ahead over what is selected, in the order it will run; before xdist tells the process that reports that it is collected."""
        self._session = session
        note_case_lines(self._config, lambda: case_lines(self._config, self.settings, self.samples, session.items))
        if items := [item for item in session.items if is_case(item)]:
            self._look_ahead(items, [item.nodeid for item in session.items])

    def pytest_keyboard_interrupt(self) -> None:
        """Ask nothing more, not even again alone."""
        self._in_batches = []

    def pytest_unconfigure(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()

    def store(self) -> Store:
        """This process's one store, opened when it is first wanted. Raises StoreError."""
        if self._store is None:  # an empty one counts as false
            self._store = Store(self.settings.store)
        return self._store

    def _look_ahead(self, items: Sequence[pytest.Item], node_ids: Sequence[str]) -> None:
        from itemwise.results.judge import answer_in

        processes = self._world_size if self._grouped else 1
        group_of = case_groups(node_ids, prefixes(self.settings), self.settings.planned_batch, processes)
        told = getattr(self._config, "workerinput", {})
        group_of |= told.get(REGROUPED, {})
        self._crashed = told.get(CRASHED, {})
        strategies = {strategy.name: strategy for strategy in self.settings.strategies}
        upcoming = []
        for item in (item for item in items if {"model", "strategy"} <= set(parameters(item))):
            case, strategy = self.samples.case(item), strategies[parameters(item)["strategy"]]
            extract = partial(answer_in, self.samples.extractor(item))
            entry = parameters(item)["model"]
            bound = strategy.bind(
                case.chat,
                extract,
                case.choices,
                tool_hint=entry.tool_hint,
                stop=case.stop,
                found_hints=self.samples.hints(item),
                reference_answer=partial(getattr, case, "solved"),
                repeat_seed=repeat_seed(self.settings.seed, case.repeat),
                greedy=is_greedy(entry) and not entry.server,
            )
            upcoming.append(Upcoming(item.nodeid, bound, group_of[item.nodeid]))
        self._lookahead = Lookahead(upcoming)

    def use(self, entry: ModelEntry) -> Model:
        """The model that the next cases ask; its weights load when the first of them needs a reply nobody knows."""
        from itemwise.session.model_session import ModelSession

        with self._stopping():
            self._loading = entry.name, time.monotonic()
            try:
                with self.waiting():
                    self._model_session = ModelSession(entry, self.settings, self.store(), rank=self._rank, world_size=self._world_size)
            finally:
                self._loading = None
        return self._model_session.model

    def unload(self) -> None:
        """Let go of the model in memory, once what was to be asked of it again alone is asked."""
        if self._model_session is not None:
            self._ask_alone(self._model_session.model)
            self._tokens += self._model_session.tokens
            self._model_session.release()  # pytest still holds the fixture's value here
        self._model_session = None
        if (local := sys.modules.get("itemwise.models.local.load")) and (held := local.unload()):
            said = f"{', '.join(held)} could not be let go of, so the next model has less memory; something in the suite holds it."
            warnings.warn(pytest.PytestWarning(said), stacklevel=2)

    def new_load_seconds(self) -> float:
        """Seconds that the model took to load since this was last asked."""
        return self._model_session.new_load_seconds() if self._model_session else 0.0

    def refuse_crashed(self, item: pytest.Item) -> None:
        """Fail the case that killed the worker before this one, instead of running it again."""
        if message := self._crashed.get(item.nodeid):
            raise pytest.fail.Exception(message, pytrace=False)

    def reply(self, item: pytest.Item) -> Reply:
        """The reply to one case, made in a batch with the cases ahead of it."""
        if self._model_session is None:
            text = "another fixture called 'model' stands in the place of itemwise's, so there is no model to ask; rename it."
            raise pytest.fail.Exception(text, pytrace=False)
        with self._stopping():
            try:
                asked = self._model_session.engine
                item.stash[REPLY] = self._given_reply(item) or self._lookahead.reply(item.nodeid, asked, self.waiting)
            except ModelUnavailableError:
                raise
            except (ModelError, PictureError, RepliesError, StrategyError) as error:
                raise pytest.fail.Exception(str(error), pytrace=False) from None
        self._remember(item, item.stash[REPLY])
        return item.stash[REPLY]

    def _given_reply(self, item: pytest.Item) -> Reply | None:
        """The reply that was made elsewhere; None where a model is asked. Raises RepliesError where there is none to the case."""
        given = self.samples.given_replies(item)
        return given.reply(self.samples.case(item).name) if given else None

    def _remember(self, item: pytest.Item, reply: Reply) -> None:
        """Keep the first cases of each strategy that were made in a batch, for ``--batch-invariance``."""
        from itemwise.engine.batch_check import BatchedCase

        strategy = parameters(item)["strategy"]
        kept = sum(batched.strategy.name == strategy for batched in self._in_batches)
        if reply.batch_size > 1 and kept < self.settings.batch_invariance:
            upcoming = self._lookahead.upcoming(item.nodeid)
            name = "-".join(filter(None, (self.samples.prompt(item), self.samples.case(item).name)))
            self._in_batches.append(BatchedCase(name, upcoming.strategy, reply))

    def _ask_alone(self, model: Model) -> None:
        from itemwise.engine.batch_check import rerun_alone

        asked, self._in_batches = self._in_batches, []
        if asked and self._session is not None and not (self._session.shouldfail or self._session.shouldstop):
            self.batch_check += rerun_alone(model, asked)

    def pytest_sessionfinish(self) -> None:
        """Hand what was asked alone to the process that reports."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[ALONE] = json.dumps([check.record() for check in self.batch_check])

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Stop the run, with the one message that says what to do, where no further case could be asked."""
        if self.fault:  # a case that is run again at once (pytest-rerunfailures) would wait for what is lost
            raise pytest.fail.Exception(self.fault, pytrace=False)
        try:
            yield
        except (ModelUnavailableError, StoreError) as error:
            self._stop(printable(str(error)))
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    def described(self) -> dict[str, str]:
        """What answered; a store that cannot tell or remember it stops the run after this case."""
        if self._model_session is None:
            return {}
        try:
            return self._model_session.describe()
        except StoreError as error:
            self._stop(printable(str(error)))
            return self._model_session.identity | {"model": self._model_session.model.name}

    @property
    def identity(self) -> Mapping[str, str]:
        """What the store knows the model in use by; empty where none is asked."""
        return self._model_session.identity if self._model_session else {}

    def _stop(self, fault: str) -> None:
        assert self._session is not None, "collection is finished"
        self.fault = self.fault or fault
        self._session.shouldfail = self._session.shouldfail or fault


def _rank(config: pytest.Config) -> tuple[int, int]:
    """This process's rank among the processes that run tests, and their number."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return 0, 1
    return int(worker["workerid"].removeprefix("gw")), int(worker["workercount"])
