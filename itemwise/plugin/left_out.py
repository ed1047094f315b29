"""Leaves out benchmarks of which there are no made rows, where made rows are asked for and other cases are selected; and says so."""

import warnings
from collections.abc import Sequence

import pytest

from itemwise.language import Language
from itemwise.plugin.items import is_case, is_unmade, plain_name

__all__ = ["LEFT_OUT", "leave_out"]

LEFT_OUT = pytest.StashKey[str]()  # the line that says which


def leave_out(config: pytest.Config, items: list[pytest.Item], say: Language) -> None:
    """Deselect them. Where nothing else is selected they stay, and fail with what to do."""
    unmade = [item for item in items if is_unmade(item)]
    if not unmade or not any(is_case(item) for item in items):
        return
    items[:] = [item for item in items if not is_unmade(item)]
    config.hook.pytest_deselected(items=unmade)
    config.stash[LEFT_OUT] = _line(unmade, say)
    if getattr(config, "workerinput", {}).get("workerid") == "gw0":  # whose header is written in another process
        message = warnings.WarningMessage(pytest.PytestWarning(config.stash[LEFT_OUT]), pytest.PytestWarning, "", 0)
        told = {"warning_message": message, "nodeid": "", "when": "collect", "location": None}
        config.hook.pytest_warning_recorded.call_historic(kwargs=told)


def _line(unmade: Sequence[pytest.Item], say: Language) -> str:
    names = ", ".join(dict.fromkeys(plain_name(getattr(item, "originalname", item.name)) for item in unmade))
    told = say("left out, as there are no made rows of them: {names}; --source hub or --source PATH asks them", names=names)
    return f"itemwise: {told}"
