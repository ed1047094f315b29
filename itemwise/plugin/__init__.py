"""The pytest plugin: options, fixtures and hooks, each a few lines that delegate.

Nothing outside this folder speaks pytest, but for the mark in benchmark.py.
"""

import warnings
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from itemwise.cases.benchmark import MARK
from itemwise.cases.card import QUICK, QUICK_ROWS, SUITES
from itemwise.cases.case import Case
from itemwise.cases.reply import Reply
from itemwise.models import Model
from itemwise.plugin.controller import ControllerSession
from itemwise.plugin.exact_names import match_whole_names
from itemwise.plugin.items import NO_CASES, Fault, deal_shard, is_case, prefixes
from itemwise.plugin.left_out import leave_out
from itemwise.plugin.notices import configure_notices
from itemwise.plugin.options import TAKEN, add_options, destination, give_way, spelled, taken
from itemwise.plugin.printing import Printing, usage_error
from itemwise.plugin.selection import named_suites
from itemwise.plugin.signals import SIGNALS, Signals
from itemwise.plugin.snapshot_checks import configure_snapshots, mark_snapshots
from itemwise.plugin.verdicts import Verdicts
from itemwise.plugin.worker import GROUPED, WorkerSession
from itemwise.results.environment import gpu_count
from itemwise.session.cli_and_pyproject import OPTION_NAMES
from itemwise.session.settings import SettingsError, read_settings

WORKER_SESSION = pytest.StashKey[WorkerSession]()
VERDICTS = pytest.StashKey[Verdicts]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    add_options(parser, late=bool(pluginmanager._conftest_plugins))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> Iterator[None]:
    yield from give_way(early_config, parser, args)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: a benchmark made by @cases; select or deselect all with -m {MARK}.")
    config.stash[TAKEN] = taken(config._parser)
    given = {name: config.getoption(destination(name)) for name in OPTION_NAMES}
    for suite, what in SUITES.items():
        config.addinivalue_line("markers", f"{suite}: {what}.")
    suites = named_suites(config)
    if QUICK in suites and given["sample"] is None:
        given["sample"] = str(QUICK_ROWS)
    try:
        with warnings.catch_warnings():
            if hasattr(config, "workerinput"):  # a module of the user's own, which is imported here, warns in the controller's process
                warnings.simplefilter("ignore")
            settings = replace(read_settings(given, root=config.rootpath, here=config.invocation_params.dir), suites=suites)
    except SettingsError as error:
        raise usage_error(spelled(str(error), config.stash[TAKEN])) from None
    config.stash[WORKER_SESSION] = WorkerSession(config, settings)
    config.pluginmanager.register(config.stash[WORKER_SESSION], "itemwise-worker")
    config.stash[VERDICTS] = Verdicts(config.stash[WORKER_SESSION])
    config.pluginmanager.register(config.stash[VERDICTS], "itemwise-verdicts")
    if not hasattr(config, "workerinput"):
        controller = ControllerSession(config, settings, config.stash[WORKER_SESSION])
        config.pluginmanager.register(controller, "itemwise-controller")
        config.pluginmanager.register(controller.progress, "itemwise-progress")  # after it, so that its hooks lie around
    config.pluginmanager.register(Printing(), "itemwise-printing")
    config.pluginmanager.register(Signals(config, settings), SIGNALS)
    configure_notices(config, settings)
    configure_snapshots(config, settings)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, object, object]:
    mark_snapshots(config, items)
    match_whole_names(config, items)
    selected = yield
    settings = config.stash[WORKER_SESSION].settings
    leave_out(config, items, settings.language)
    if settings.shard:
        deal_shard(config, items, settings.shard)
    return selected


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    if not is_case(pyfuncitem):
        return (yield)
    with warnings.catch_warnings():  # a returned comparison judges nothing, so every case would be correct
        warnings.simplefilter("error", pytest.PytestReturnNotNoneWarning)
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.getoption("dist") not in GROUPED:
        return None
    from itemwise.plugin.xdist_scheduling import GroupScheduling

    settings = config.stash[WORKER_SESSION].settings
    scheduling = GroupScheduling(config, log, prefixes(settings), settings.planned_batch)
    config.pluginmanager.register(scheduling, "itemwise-scheduling")
    return scheduling


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """``-n auto`` is a worker for each GPU, where models are asked; ordinary suites keep what xdist makes of it."""
    return (gpu_count() or None) if any(config.getoption(destination(name)) for name in OPTION_NAMES) else None


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker(MARK)
    if mark is None:
        return
    worker = metafunc.config.stash[WORKER_SESSION]
    benchmark = mark.kwargs["benchmark"]
    asked = worker.samples.of_function(metafunc.definition, benchmark)
    if isinstance(asked, Fault):
        names = [name for name in ("model", "strategy", "case") if name in metafunc.fixturenames]
        metafunc.parametrize(names, [[asked] * len(names)], ids=[NO_CASES], indirect=True)
        return
    if "model" in metafunc.fixturenames:
        models = worker.settings.models_for(pictures=benchmark.pictures)
        metafunc.parametrize("model", models, ids=[entry.name for entry in models], indirect=True, scope="session")
    if "strategy" in metafunc.fixturenames:
        metafunc.parametrize("strategy", [chosen.name for chosen in worker.settings.strategies], indirect=True, scope="session")
    metafunc.parametrize("case", [each.value for each in asked], ids=[each.id for each in asked], indirect=True)


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> Iterator[Model]:
    """The model under test, loaded once; one is in memory of a process at a time."""
    worker = request.config.stash[WORKER_SESSION]
    entry = _parameter(request)
    yield worker.use(entry)
    worker.unload()


@pytest.fixture(scope="session")
def strategy(request: pytest.FixtureRequest) -> str:
    """The name of the strategy."""
    return str(_parameter(request))


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """The case under test, in the prompt that the model is asked with."""
    _parameter(request)
    request.config.stash[WORKER_SESSION].refuse_crashed(request.node)
    return request.config.stash[WORKER_SESSION].samples.case(request.node)


@pytest.fixture
def reply(request: pytest.FixtureRequest, model: Model, strategy: str, case: Case) -> Reply:  # noqa: ARG001 - it depends on all three
    """The model's reply to the case, with its cost. An infrastructure error is a setup error here, never an empty reply."""
    return request.config.stash[WORKER_SESSION].reply(request.node)


@pytest.fixture
def answer(request: pytest.FixtureRequest, reply: Reply) -> str | None:
    """What the benchmark's extractor reads in the reply; None where it reads nothing."""
    return request.config.stash[VERDICTS].answer(request.node, reply)


def _parameter(request: pytest.FixtureRequest) -> Any:
    try:
        if isinstance(request.param, Fault):
            raise pytest.fail.Exception(request.param.message, pytrace=False)
        return request.param
    except AttributeError:
        said = f"the fixture {request.fixturename!r} belongs to benchmarks: put @cases(...) over the test."
        raise pytest.fail.Exception(said, pytrace=False) from None
