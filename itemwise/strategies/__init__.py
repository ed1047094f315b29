"""Strategies, the ways of asking a model: one coroutine per file, given the chat, `ask` and the extractor, never the expected answer.

A file of this folder whose coroutine has the file's name is a strategy; nothing else needs to know of it.
"""

import warnings
from typing import Any

from itemwise.strategies.parse import BoundStrategy, ConfiguredStrategy, StrategyError, configured_strategy, strategy_names
from itemwise.strategies.strategy import Ask, Extract, Strategy, Transcript, gather

__all__ = [
    "Ask",
    "BoundStrategy",
    "ConfiguredStrategy",
    "Extract",
    "Strategy",
    "StrategyError",
    "Transcript",
    "configured_strategy",
    "gather",
    "strategy_names",
]

_RENAMED = {"Said": "Transcript", "Read": "Extract", "together": "gather"}


def __getattr__(name: str) -> Any:
    """The new object under its old name, which warns of the new one."""
    if name not in _RENAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(f"itemwise.strategies.{name} is now called {_RENAMED[name]}; import that.", DeprecationWarning, stacklevel=2)
    return globals()[_RENAMED[name]]
