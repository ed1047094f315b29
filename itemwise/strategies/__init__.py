"""Ways of asking: one coroutine per file, given the prompt and `ask`, never the gold answer."""

from itemwise.strategies.direct import direct
from itemwise.strategies.strategy import Ask, Strategy
from itemwise.strategies.tool import tool

__all__ = ["STRATEGIES", "Ask", "Strategy"]

STRATEGIES: dict[str, Strategy] = {"direct": direct, "tool": tool}
