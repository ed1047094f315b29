"""The fixtures of a benchmark's test, named after the stations: model, strategy, case, reply, answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from itemwise.cases.case import Case
from itemwise.cases.reply import Reply
from itemwise.models import Model
from itemwise.plugin.items import Fault
from itemwise.plugin.verdicts import Verdicts
from itemwise.plugin.worker import WorkerSession

__all__ = ["Fixtures"]


class Fixtures:
    """The fixtures of one process. None asks for ``request``, of which pytest makes another for each fixture of each test: a hook tells
    the test."""

    def __init__(self, worker: WorkerSession, verdicts: Verdicts) -> None:
        self._worker = worker
        self._verdicts = verdicts
        self._item: pytest.Item | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Which test asks from here on."""
        self._item = item

    @pytest.fixture(scope="session")
    def model(self) -> Iterator[Model]:
        """The model under test, loaded once; one is in memory at a time."""
        yield self._worker.use(self._parameter("model"))
        self._worker.unload()

    @pytest.fixture(scope="session")
    def strategy(self) -> str:
        """The name of the strategy."""
        return str(self._parameter("strategy"))

    @pytest.fixture
    def case(self) -> Case:
        """The case under test, in the prompt that the model is asked with."""
        self._parameter("case")
        self._worker.refuse_crashed(self._asking)
        return self._worker.samples.case(self._asking)

    @pytest.fixture
    def reply(self, model: Model, strategy: str, case: Case) -> Reply:  # noqa: ARG002 - it depends on all three
        """The model's reply to the case, with its cost. An infrastructure error is a setup error here, never an empty reply."""
        return self._worker.reply(self._asking)

    @pytest.fixture
    def answer(self, reply: Reply) -> str | None:
        """What the benchmark's extractor reads in the reply; None where it reads nothing."""
        return self._verdicts.answer(self._asking, reply)

    @property
    def _asking(self) -> pytest.Item:
        assert self._item is not None, "a test is set up"
        return self._item

    def _parameter(self, name: str) -> Any:
        """What the test is parametrized with under `name`; a fault is what it fails with."""
        given = getattr(self._asking, "callspec", None)
        if given is None or name not in given.params:
            said = f"the fixture {name!r} belongs to benchmarks: put @cases(...) over the test."
            raise pytest.fail.Exception(said, pytrace=False)
        value = given.params[name]
        if isinstance(value, Fault):
            raise pytest.fail.Exception(value.message, pytrace=False)
        return value
