"""From the outcome of a test to a verdict: correct, wrong, no answer, truncated, undecided, or an error of the infrastructure."""

from __future__ import annotations

import inspect
import json
import traceback
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest import outcomes
from _pytest._code import Traceback

from itemwise.cases.reply import Reply, Undecided, Verdict
from itemwise.plugin.items import function_id, is_case, parameters, rerun_command
from itemwise.plugin.pace import LOADED
from itemwise.plugin.worker import REPLY, WorkerSession
from itemwise.results.entry import Entry, EntryText, MeasuredCase, Skip
from itemwise.results.store import key_of

if TYPE_CHECKING:
    from itemwise.results.judge import AssertOutcome
    from itemwise.results.score import Score

# What judges is imported where there is a case to judge: every pytest run makes a `Verdicts`.

__all__ = ["Verdicts"]

OUTCOMES = Path(outcomes.__file__)  # where pytest.fail itself is
ANSWER = pytest.StashKey["str | None"]()
WORST = pytest.StashKey["Verdict"]()  # of a test with subtests
TOLD = pytest.StashKey[int]()  # how many properties a test had before it was run again


class Verdicts:
    """Reads the answer to each case, and hands the verdict on it to the process that reports."""

    def __init__(self, worker: WorkerSession) -> None:
        self._worker = worker
        self._measurements: dict[tuple[object, ...], str] = {}  # by function, model, strategy, configuration and prompt

    def answer(self, item: pytest.Item, reply: Reply) -> str | None:
        """What is read in the reply."""
        from itemwise.results.judge import answer_in

        item.stash[ANSWER] = answer_in(self._worker.samples.extractor(item), reply)
        return item.stash[ANSWER]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Pass a verdict on a case that ran, or note the error that kept it from running."""
        if call.when == "call" and call.excinfo is not None and is_case(item):
            _begin_at_test(item, call.excinfo)
        report = yield
        if report.when == "setup" and (seconds := self._worker.new_load_seconds()):
            setattr(report, LOADED, seconds)  # travels to the process that schedules
        decided = report.when == "call" or (report.when == "setup" and call.excinfo is not None)
        if decided and is_case(item):
            self._conclude(item, call, report)
        if report.when == "teardown":
            _forget(item)
        return report

    def _conclude(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """Judge the case, or note that it was skipped. What fails here is an error of this one test, not the end of the run."""
        try:
            (self._skip if _is_skipped(item, call) else self._judge)(item, call, report)
        except Exception:  # a case without a verdict is missing from the coverage, and the run is red
            report.outcome = "failed"
            report.longrepr = f"itemwise could not judge this case:\n{traceback.format_exc()}"

    def _judge(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        from itemwise.reporting.writers.junit import case_properties
        from itemwise.reporting.writers.terminal import failure_text

        verdict, scores = self._judged(item, call, report)
        if verdict.value == "error" and hasattr(report, "wasxfail"):  # a mark may expect a model to fail, not us
            report.outcome = "failed"
            del report.wasxfail
        entry = self._entry(item, report, verdict, scores, _unclear(call) if verdict.value == "undecided" else "")
        text = EntryText.of(entry)
        report.itemwise = str(text) if hasattr(item.config, "workerinput") else text  # type: ignore[attr-defined]  # travels to the process that reports
        report.itemwise_verdict = entry.verdict.value  # type: ignore[attr-defined]
        item.user_properties += [told for told in case_properties(entry).items() if told[0] not in scores]
        report.user_properties = list(item.user_properties)
        if report.failed and entry.verdict.value != "error" and call.excinfo:
            report.longrepr = failure_text(entry, call.excinfo.exconly().splitlines()[0], self._worker.settings.language)

    def _judged(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> tuple[Verdict, Mapping[str, Score]]:
        """The verdict, and the scores that the test recorded. One that is none is an error of the test."""
        from itemwise.results.score import ScoreError, recorded_scores

        verdict = _verdict(item, call, report)
        if verdict.value == "error":
            return verdict, {}
        try:
            return verdict, recorded_scores(item.user_properties[item.stash.get(TOLD, 0) :])
        except ScoreError as error:
            report.outcome, report.longrepr = "failed", str(error)
            return type(verdict)("error"), {}

    def _skip(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        assert call.excinfo is not None, "what skipped it"
        skip = Skip(**vars(self._measured_case(item)), reason=str(call.excinfo.value))
        report.itemwise_skip = json.dumps(skip.record())  # type: ignore[attr-defined]  # travels as a verdict does

    def _entry(self, item: pytest.Item, report: pytest.TestReport, verdict: Verdict, scores: Mapping[str, Score], unclear: str) -> Entry:
        from itemwise.results.judge import entry_of

        return entry_of(
            self._measured_case(item),
            self._worker.samples.case(item),
            item.stash.get(REPLY, None),
            item.stash.get(ANSWER, None),
            verdict,
            model=self._worker.described(),
            rows=self._worker.samples.rows(item),
            scores=scores,
            message=report.longreprtext if report.failed else "",
            rerun=rerun_command(item),
            unclear=unclear,
        )

    def _measured_case(self, item: pytest.Item) -> MeasuredCase:
        asked, sample, found = parameters(item), self._worker.samples.of_case(item), self._worker.samples.case(item)
        strategy = self._worker.samples.strategy(item)
        return MeasuredCase(
            node_id=item.nodeid,
            position=self._position(item),
            benchmark=self._worker.samples.label(item),
            model_name=asked["model"].name if "model" in asked else "-",
            strategy=strategy.name if strategy else "-",
            prompt_name=self._worker.samples.prompt(item),
            case=found.name,
            repeat=found.repeat,
            sample_size=sample.sizes[sample.label_of(found)],
            measurement=self._measurement(item),
            is_answered=strategy is None or strategy.scored != "text",
        )

    def _position(self, item: pytest.Item) -> tuple[str | int, ...]:
        """Where the case stands in the table and the reports, in whatever order it ran."""
        asked = parameters(item)
        model = self._worker.settings.all_models.index(asked["model"]) if "model" in asked else 0
        names = [chosen.name for chosen in self._worker.settings.strategies]
        strategy = names.index(asked["strategy"]) if "strategy" in asked else 0
        way = self._worker.samples.prompt_place(item) * len(names) + strategy
        samples = self._worker.samples
        _, own, repeats = samples.own_parameters(item)
        return function_id(item), *own, samples.config_place(item), model, way, samples.place(item), *repeats

    def _measurement(self, item: pytest.Item) -> str:
        """What a case must share with another run's for their verdicts to be one measurement."""
        function, own = function_id(item), self._worker.samples.own_parameters(item)[0]
        samples = self._worker.samples
        named = parameters(item).get("model"), parameters(item).get("strategy"), samples.config_place(item), samples.prompt(item)
        asked = function, own, *named, *self._worker.identity.items()
        if asked not in self._measurements:
            asks = {**self._worker.samples.measure(item), "model": self._worker.identity, "test": f"{function}[{own}]"}
            self._measurements[asked] = key_of(asks)
        return self._measurements[asked]


def _is_skipped(item: pytest.Item, call: pytest.CallInfo[None]) -> bool:
    """Whether the test ended before it could judge the reply: by a skip, or by an xfail before there was one."""
    if call.excinfo is None:
        return False
    early = call.when == "setup" or REPLY not in item.stash
    return call.excinfo.errisinstance(pytest.skip.Exception) or (early and call.excinfo.errisinstance(pytest.xfail.Exception))


def _verdict(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Verdict:
    """What became of the assertion, whatever a mark or another plugin makes of the test."""
    from itemwise.results.judge import verdict_of

    is_read = ANSWER in item.stash
    verdict = verdict_of(_outcome(call, report), item.stash.get(REPLY, None), item.stash.get(ANSWER, None), is_read=is_read)
    if verdict.value == "correct":  # what a subtest of it found wrong before stays wrong
        return item.stash.get(WORST, verdict)
    return item.stash.setdefault(WORST, verdict)


def _outcome(call: pytest.CallInfo[None], report: pytest.TestReport) -> AssertOutcome:
    from itemwise.results.judge import AssertOutcome

    if call.excinfo is None:
        unexpected = report.failed and not str(report.longrepr).startswith("[XPASS(strict)]")
        return AssertOutcome.BROKEN if unexpected else AssertOutcome.HELD
    if call.when == "call" and call.excinfo.errisinstance(Undecided):
        return AssertOutcome.UNDECIDED
    asserted = call.excinfo.errisinstance((AssertionError, pytest.xfail.Exception)) or _is_failed_by_hand(call.excinfo)
    return AssertOutcome.FAILED if call.when == "call" and asserted else AssertOutcome.BROKEN


def _begin_at_test(item: pytest.Item, error: pytest.ExceptionInfo[BaseException]) -> None:
    """Let the traceback begin in the test: pytest shows no more of it, and looks at the file of each of its own frames to find that out."""
    if item.config.getoption("fulltrace", False):
        return
    assert isinstance(item, pytest.Function), "cases are of functions"
    tested = getattr(inspect.unwrap(item.obj), "__code__", None)
    frame: TracebackType | None = error.tb
    while frame is not None and frame.tb_frame.f_code is not tested:
        frame = frame.tb_next
    if frame is not None:
        error.traceback = Traceback(frame)


def _unclear(call: pytest.CallInfo[None]) -> str:
    """Why the case is undecided; of a test with subtests one of them says it."""
    return str(call.excinfo.value) if call.excinfo else "in a subtest"


def _is_failed_by_hand(error: pytest.ExceptionInfo[BaseException]) -> bool:
    """Whether code of the suite called ``pytest.fail``; pytest and its plugins, which are installed, call it for faults of their own,
    such as a timeout."""
    if not error.errisinstance(pytest.fail.Exception):
        return False
    callers = [Path(entry.path) for entry in error.traceback if Path(entry.path) != OUTCOMES]
    return bool(callers) and not {"site-packages", "dist-packages"}.intersection(callers[-1].parts)


def _forget(item: pytest.Item) -> None:
    """Let go of what was said to a case, and of what its test recorded; one that is run again is asked again."""
    item.stash[TOLD] = len(item.user_properties)
    said: Sequence[pytest.StashKey[Any]] = (REPLY, ANSWER, WORST)
    for key in said:
        if key in item.stash:
            del item.stash[key]
