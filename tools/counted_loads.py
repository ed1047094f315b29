"""A pytest plugin of `tools.bench_side_by_side`: each process notes the models that it loads and its processor seconds.

They go into the file that `NOTES` names, a line of JSON each. Where `AFTER` is set, workers ask the models one after the other: the
scheduler is told that all cases ask one model.
"""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import itemwise.plugin
import itemwise.plugin.worker
from itemwise.models import Model
from itemwise.models.lazy import LazyModel
from itemwise.plugin.items import prefixes
from itemwise.session.settings import Settings

__all__ = ["AFTER", "NOTES"]

NOTES = "ITEMWISE_COUNTED_LOADS"
AFTER = "ITEMWISE_ONE_AFTER_THE_OTHER"


def pytest_configure() -> None:
    load = LazyModel._load

    def counted(model: LazyModel) -> Model:
        before = time.process_time()
        loaded = load(model)
        _note(load=model.name, seconds=time.process_time() - before)
        return loaded

    setattr(LazyModel, "_load", counted)  # noqa: B010 - mypy refuses the plain assignment
    if AFTER in os.environ:
        for module in (itemwise.plugin, itemwise.plugin.worker):
            setattr(module, "prefixes", _as_one_model)  # noqa: B010 - as above


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _note(seconds=time.process_time())


def _as_one_model(settings: Settings) -> dict[str, str]:
    return dict.fromkeys(prefixes(settings), "all")


def _note(**values: Any) -> None:
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
        notes.write(json.dumps({"process": os.getpid(), **values}) + "\n")


def noted(path: Path) -> Sequence[dict[str, Any]]:
    """What all processes of a run noted in the file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
