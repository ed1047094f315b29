"""Strategies, the ways of asking a model: one coroutine per file, given the chat, `ask` and the extractor, never the expected answer.

A file of this folder whose coroutine has the file's name is a strategy; nothing else needs to know of it. Two constants of the file
are read by the ladder: `GAIN`, in words, what the strategy adds, and `BEGINS_PLAINLY` where its first request is the chat alone.
"""

import warnings
from typing import Any

from itemwise.strategies.parse import (
    BoundStrategy,
    ConfiguredStrategy,
    StrategyError,
    begins_plainly,
    configured_strategy,
    gain_of,
    scored_by,
    strategy_names,
)
from itemwise.strategies.strategy import Ask, Extract, FileName, Strategy, Transcript, gather, scores

__all__ = ["Ask", "BoundStrategy", "ConfiguredStrategy", "Extract", "FileName", "Strategy", "StrategyError", "Transcript"]
__all__ += ["begins_plainly", "configured_strategy", "gain_of", "gather", "scored_by", "scores", "strategy_names"]

_RENAMED = {"Said": "Transcript", "Read": "Extract", "together": "gather"}
_RENAMED |= {"ChosenStrategy": "ConfiguredStrategy", "chosen_strategy": "configured_strategy"}


def __getattr__(name: str) -> Any:
    """The new object under its old name, with a warning of the new one at the first time: an import asks twice."""
    if name not in _RENAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(f"itemwise.strategies.{name} is now called {_RENAMED[name]}; import that.", DeprecationWarning, stacklevel=2)
    return globals().setdefault(name, globals()[_RENAMED[name]])
