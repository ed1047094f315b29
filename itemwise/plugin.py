"""The pytest plugin: options, fixtures and hooks. Nothing else in the package speaks pytest, but for the mark in benchmark.py."""

from __future__ import annotations

import platform
import shlex
import sys
import time
import warnings
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from itemwise.benchmark import MARK, Benchmark, BenchmarkError
from itemwise.settings import OPTIONS, Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from itemwise.case import Case, Reply
    from itemwise.gates import Decision
    from itemwise.ledger import Entry
    from itemwise.models import Model, ModelEntry
    from itemwise.sample import Sample

ASKER: pytest.StashKey[Asker]  # set below, where Asker is known
BENCHMARK = pytest.StashKey[Benchmark]()
REPLY = pytest.StashKey["Reply"]()
ANSWER = pytest.StashKey["str | None"]()
PROGRESS_EVERY = 10.0  # seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("itemwise", "LLM benchmarks (each also settable in [tool.itemwise] of pyproject.toml)")
    for option in OPTIONS:
        group.addoption(
            f"--{option.name}",
            dest=_destination(option.name),
            action="append" if option.many else "store",
            default=None,
            metavar=option.name.upper().replace("-", "_"),
            help=option.help,
        )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: a benchmark made by @cases; select or deselect all with -m {MARK}.")
    given = {option.name: config.getoption(_destination(option.name)) for option in OPTIONS}
    try:
        settings = read_settings(given, root=config.rootpath, here=config.invocation_params.dir)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[ASKER] = Asker(settings, *_share(config))
    config.pluginmanager.register(config.stash[ASKER], "itemwise-asker")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Scorekeeper(config, settings), "itemwise-scorekeeper")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.getoption("dist") not in ("load", "loadgroup", "worksteal"):
        return None
    from itemwise.distribution import CaseScheduling

    settings = config.stash[ASKER].settings
    return CaseScheduling(config, log, _prefixes(settings), settings.batch_size)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker(MARK)
    if mark is None:
        return
    asker = metafunc.config.stash[ASKER]
    sample = asker.sample_of(metafunc.definition.nodeid, _plain_name(metafunc.function.__name__), mark.kwargs["benchmark"])
    if "model" in metafunc.fixturenames:
        models = asker.settings.models
        metafunc.parametrize("model", models, ids=[entry.name for entry in models], indirect=True, scope="session")
    if "strategy" in metafunc.fixturenames:
        metafunc.parametrize("strategy", asker.settings.strategies, indirect=True, scope="session")
    metafunc.parametrize("case", sample.cases, ids=[case.name for case in sample.cases], indirect=True)


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> Iterator[Model]:
    """The model under test, loaded once; one is in memory at a time."""
    asker = request.config.stash[ASKER]
    entry = _parameter(request)
    yield asker.load(entry, request.session)
    asker.unload()


@pytest.fixture(scope="session")
def strategy(request: pytest.FixtureRequest) -> str:
    """The name of the way of asking."""
    return str(_parameter(request))


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """The dataset item under test."""
    found: Case = _parameter(request)
    return found


@pytest.fixture
def reply(request: pytest.FixtureRequest, model: Model, strategy: str, case: Case) -> Reply:  # noqa: ARG001 - it depends on all three
    """What the model said to the case, with its cost. A fault of ours is a setup error here, never an empty reply."""
    found = request.config.stash[ASKER].reply(request.node)
    request.node.stash[REPLY] = found
    return found


@pytest.fixture
def answer(request: pytest.FixtureRequest, reply: Reply) -> str | None:
    """What the benchmark's extractor reads in the reply; None where it reads nothing."""
    found = _read(request.config.stash[ASKER].benchmark_of(request.node), reply)
    request.node.stash[ANSWER] = found
    return found


class Asker:
    """In each process that runs tests: the samples, the model in memory, and the lookahead over the selected cases."""

    def __init__(self, settings: Settings, number: int, processes: int, grouped: bool) -> None:
        self.settings = settings
        self._share = (number, processes)
        self._grouped = grouped
        self._samples: dict[str, Sample] = {}
        self._places: dict[str, int] = {}
        self._lookahead: Any = None
        self._engine: Any = None
        self._described: dict[str, str] = {}
        self._failed: dict[str, str] = {}

    def sample_of(self, node_id: str, name: str, benchmark: Benchmark) -> Sample:
        """The cases of a benchmark's test function, made once; a fault becomes a collection error of a few lines."""
        if node_id not in self._samples:
            from itemwise.sample import sampled

            try:
                self._samples[node_id] = sampled(name, benchmark, self.settings)
            except BenchmarkError as error:
                raise pytest.Collector.CollectError(str(error)) from error
        return self._samples[node_id]

    def benchmark_of(self, item: pytest.Item) -> Benchmark:
        """The benchmark a test belongs to."""
        mark = item.get_closest_marker(MARK)
        assert mark is not None, "asked only of cases"
        found: Benchmark = mark.kwargs["benchmark"]
        return found

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look ahead over what is selected, in the order it will run."""
        if items := [item for item in session.items if _is_case(item)]:
            self._places = {item.nodeid: place for place, item in enumerate(session.items)}
            self._look_ahead(items)

    def _look_ahead(self, items: Sequence[pytest.Item]) -> None:
        from itemwise.lookahead import Lookahead, Upcoming, case_groups
        from itemwise.strategies import STRATEGIES

        processes = self._share[1] if self._grouped else 1
        group_of = case_groups(list(self._places), _prefixes(self.settings), self.settings.batch_size, processes)

        self._lookahead = Lookahead(
            [
                Upcoming(item.nodeid, _parameters(item)["case"].prompt, STRATEGIES[_parameters(item)["strategy"]], group_of[item.nodeid])
                for item in items
                if {"model", "strategy"} <= set(_parameters(item))
            ]
        )

    def load(self, entry: ModelEntry, session: pytest.Session) -> Model:
        """Load a model, or stop the run with the one message that says what to do."""
        from itemwise.engine import Engine
        from itemwise.models import ModelError

        try:
            with warnings.catch_warnings():  # the libraries' own, about themselves
                warnings.simplefilter("ignore", DeprecationWarning)
                from itemwise.models.local import load

            limit = self.settings.token_limit(entry)
            loaded = load(entry, quantisation=self.settings.quantisation, max_new_tokens=limit, share=self._share)
        except ModelError as error:
            session.shouldfail = str(error)
            pytest.fail(str(error), pytrace=False)
        self._engine = Engine(loaded, self.settings.batch_size)
        self._described = loaded.describe()
        return loaded

    def unload(self) -> None:
        """Let go of the model in memory."""
        from itemwise.models.local import unload

        self._engine = None
        unload()

    def reply(self, item: pytest.Item) -> Reply:
        """The reply to one case, made in a batch with the cases ahead of it."""
        from itemwise.models import ModelError

        try:
            found: Reply = self._lookahead.reply(item.nodeid, self._engine)
        except ModelError as error:
            pytest.fail(str(error), pytrace=False)
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Pass a verdict on a case that ran, or note the error that kept it from running."""
        report = yield
        decided = report.when == "call" or (report.when == "setup" and report.failed)
        if not decided or not _is_case(item) or report.skipped:
            return report
        entry = self._entry(item, call, report)
        report.itemwise = entry.record()  # type: ignore[attr-defined]  # travels to the controller of -n
        item.user_properties += _properties(entry)
        report.user_properties = list(item.user_properties)
        if report.failed and entry.verdict.value != "error":
            from itemwise.reporting.terminal import failure_text

            assertion = call.excinfo.exconly().splitlines()[0] if call.excinfo else ""
            report.longrepr = failure_text(entry, assertion, _rerun(item))
        return report

    def _entry(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Entry:
        from itemwise.ledger import Entry

        parameters = _parameters(item)
        sample = self._samples[_function_id(item)]
        found = parameters["case"]
        said = item.stash.get(REPLY, None)
        read = self._answer(item)
        model_name = parameters["model"].name if "model" in parameters else "-"
        return Entry(
            node_id=item.nodeid,
            position=self._places[item.nodeid],
            benchmark=sample.label,
            model_name=model_name,
            strategy=parameters.get("strategy", "-"),
            case=found.name,
            sample_size=len(sample.cases),
            prompt=found.prompt,
            expected=found.answer,
            verdict=_verdict(call, report, said, read),
            answer=None if read is None else str(read),
            rule=getattr(read, "rule", None),
            span=_span(read),
            message=report.longreprtext if report.failed else "",
            tags=dict(found.tags),
            reply=said.record() if said else {},
            model=self._described if self._described.get("model") == model_name else {},
            rows=dict(sample.rows),
        )

    def _answer(self, item: pytest.Item) -> str | None:
        if ANSWER in item.stash:
            return item.stash[ANSWER]
        if REPLY in item.stash:
            return _read(self.benchmark_of(item), item.stash[REPLY])
        return None


ASKER = pytest.StashKey[Asker]()


class Scorekeeper:
    """In the one process that reports: the ledger, the progress, the reports and the exit status."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        from itemwise.ledger import Ledger

        self._config = config
        self._settings = settings
        self._ledger = Ledger()
        self._folder: Path | None = None
        self._expected = 0
        self._began = time.monotonic()
        self._started = datetime.now(timezone.utc)
        self._progress_due = self._began + PROGRESS_EVERY
        self._model_failures = 0
        self._closing: list[str] = []

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """The header of a run in one process."""
        cases = sum(_is_case(item) for item in items)
        return self._begin(cases) if cases else []

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """The header of a run under ``-n``: the first worker to finish collecting tells what there is."""
        from itemwise.lookahead import case_blocks

        cases = sum(block is not None for block in case_blocks(ids, _prefixes(self._settings)))
        if cases and not self._expected:
            for line in self._begin(cases):
                self._terminal.write_line(line)

    def _begin(self, cases: int) -> list[str]:
        from itemwise.reporting.terminal import header_lines

        self._expected = cases
        self._began = time.monotonic()
        self._progress_due = self._began + PROGRESS_EVERY
        return header_lines(self._settings) if self._config.get_verbosity() >= 0 else []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Make the run's folder before anything is spent, so that a folder that cannot be written costs nothing."""
        if self._expected and not self._config.option.collectonly:
            self._make_folder()

    def _make_folder(self) -> None:
        from itemwise.reporting.folder import new_folder

        try:
            self._folder = new_folder(self._settings.report_dir, self._started.strftime("%Y%m%d-%H%M%S"))
        except OSError as error:
            raise pytest.UsageError(f"--report-dir {self._settings.report_dir} cannot be written: {error}") from None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter a verdict."""
        from itemwise.ledger import Entry

        record = getattr(report, "itemwise", None)
        if record is not None:
            self._ledger.put(Entry.from_record(record))
            self._model_failures += report.failed and record["verdict"] != "error"
            self._show_progress()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """A completed measurement is no failure, whatever the model got wrong; a gate that did not pass is one."""
        finished = yield
        session.testsfailed -= self._model_failures
        if not all(decision.passed for decision in self._decisions()):
            session.testsfailed += 1
        return finished

    def _decisions(self) -> list[Decision]:
        from itemwise.gates import decisions

        return decisions(self._settings.gates, self._ledger.tallies()) if self._expected else []

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words for the ways a model can fail: F wrong, N no answer, T truncated."""
        verdict = getattr(report, "itemwise", {}).get("verdict")
        if report.when != "call" or verdict not in ("wrong", "no answer", "truncated"):
            return None
        return "failed", {"wrong": "F", "no answer": "N", "truncated": "T"}[verdict], verdict.upper()

    def _show_progress(self) -> None:
        now = time.monotonic()
        if now < self._progress_due:
            return
        from itemwise.reporting.terminal import progress_line

        self._terminal.write_line(progress_line(self._ledger.entries, self._expected, now - self._began))
        self._progress_due = time.monotonic() + PROGRESS_EVERY

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Sum up before pytest writes its reports; print the table after everything else."""
        if len(self._ledger):
            self._finish(session)
        yield
        if self._closing:
            self._terminal.section("itemwise", sep="=")
            for line in self._closing:
                self._terminal.write_line(line)

    def _finish(self, session: pytest.Session) -> None:
        from itemwise.reporting import write_reports
        from itemwise.reporting.terminal import closing_lines

        run = self._run_record()
        if self._folder is None:
            self._make_folder()
        assert self._folder is not None
        try:
            write_reports(run, self._folder)
            place = _relative(self._folder, self._config.invocation_params.dir)
        except OSError as error:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            place = f"could not be written: {error}"
        self._add_suite_properties(run)
        self._closing = closing_lines(run, place)

    def _run_record(self) -> Any:
        from itemwise.reporting import RunRecord

        entries, tallies = self._ledger.entries, self._ledger.tallies()
        return RunRecord(
            started=self._started.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._began,
            command=shlex.join(["pytest", *self._config.invocation_params.args]),
            settings=self._settings.record(),
            measured={entry.model_name: entry.model for entry in entries if entry.model},
            rows={entry.benchmark: entry.rows for entry in entries},
            environment=_environment(),
            entries=entries,
            tallies=tallies,
            decisions=self._decisions(),
        )

    def _add_suite_properties(self, run: Any) -> None:
        """Into the JUnit file the user asked for with ``--junitxml``, from here so that they survive ``-n``."""
        from _pytest.junitxml import xml_key  # where record_testsuite_property itself finds the file

        from itemwise.reporting.junit import suite_properties

        if xml := self._config.stash.get(xml_key, None):
            for name, value in suite_properties(run).items():
                xml.add_global_property(name, value)

    @property
    def _terminal(self) -> pytest.TerminalReporter:
        found: pytest.TerminalReporter = self._config.pluginmanager.getplugin("terminalreporter")
        return found


def _destination(name: str) -> str:
    return f"itemwise_{name.replace('-', '_')}"


def _share(config: pytest.Config) -> tuple[int, int, bool]:
    """This process's number, how many there are, and whether our scheduler hands out the cases."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return 0, 1, False
    grouped = config.getoption("dist") in ("load", "loadgroup", "worksteal", "no")
    return int(worker["workerid"].removeprefix("gw")), int(worker["workercount"]), grouped


def _prefixes(settings: Settings) -> list[str]:
    return [f"{entry.name}-{strategy}-" for entry in settings.models for strategy in settings.strategies]


def _plain_name(function: str) -> str:
    return function.removeprefix("test_")


def _function_id(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _parameters(item: pytest.Item) -> dict[str, Any]:
    found: dict[str, Any] = getattr(item, "callspec").params  # noqa: B009 - only parametrized functions have it
    return found


def _is_case(item: pytest.Item) -> bool:
    return item.get_closest_marker(MARK) is not None and hasattr(item, "callspec")


def _parameter(request: pytest.FixtureRequest) -> Any:
    try:
        return request.param
    except AttributeError:
        pytest.fail(f"the fixture {request.fixturename!r} belongs to benchmarks: put @cases(...) over the test.", pytrace=False)


def _read(benchmark: Benchmark, reply: Reply) -> str | None:
    found = benchmark.extract(reply.text)
    if reply.truncated and not getattr(found, "stated", True):
        return None  # cut off before it stated anything: the last number on the way is not an answer
    return found


def _verdict(call: pytest.CallInfo[None], report: pytest.TestReport, reply: Reply | None, answer: str | None) -> Any:
    from itemwise.case import Verdict

    if report.passed:
        return Verdict.CORRECT
    if report.when != "call" or call.excinfo is None or not call.excinfo.errisinstance(AssertionError):
        return Verdict.ERROR
    if reply is None or answer is not None:
        return Verdict.WRONG
    return Verdict.TRUNCATED if reply.truncated else Verdict.NO_ANSWER


def _span(answer: str | None) -> tuple[int, int] | None:
    """Where a reader that tells (a `Reading`) found the answer."""
    start, end = getattr(answer, "start", None), getattr(answer, "end", None)
    return None if start is None or end is None else (start, end)


def _properties(entry: Entry) -> list[tuple[str, object]]:
    from itemwise.reporting.junit import case_properties

    return list(case_properties(entry).items())


def _rerun(item: pytest.Item) -> str:
    """The command that runs just this case again, with the options that made it."""
    names = {f"--{option.name}" for option in OPTIONS} - {"--fail-under", "--report-dir"}
    arguments = list(item.config.invocation_params.args)
    kept: list[str] = []
    for place, argument in enumerate(arguments):
        if argument in names:
            kept += arguments[place : place + 2]
        elif argument.partition("=")[0] in names:
            kept.append(argument)
    return shlex.join(["pytest", *map(str, kept), item.nodeid])


def _environment() -> dict[str, str]:
    return {
        "itemwise": version("pytest-itemwise"),
        "pytest": pytest.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "executable": sys.executable,
    }


def _relative(path: Path, base: Path) -> str:
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)
