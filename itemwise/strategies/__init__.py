"""Ways of asking: one coroutine per file, given the question, `ask` and the reader, never the expected answer.

A file of this folder whose coroutine has the file's name is a strategy; nothing else needs to know of it.
"""

from itemwise.strategies.parse import ChosenStrategy, StrategyError, chosen_strategy, strategy_names
from itemwise.strategies.strategy import Ask, Read, Said, Strategy, together

__all__ = ["Ask", "ChosenStrategy", "Read", "Said", "Strategy", "StrategyError", "chosen_strategy", "strategy_names", "together"]
