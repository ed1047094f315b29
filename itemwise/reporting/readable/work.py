"""The work of laying out texts: bounded for each, and for all that stand on one page, by counts and not by a clock."""

from __future__ import annotations

__all__ = ["Budget", "TooMuchError", "Work"]

_ALWAYS = 1000  # steps that each text may take, whatever the others took: some 3,000 characters of an ordinary reply
_MOST = 40_000  # of one text
_TOGETHER = 20_000_000  # of all texts of a page, beyond those; about a minute
_CHARACTERS = 20  # that are read in the time of one step


class TooMuchError(Exception):
    """A text that is shown as it was written, and why."""


class Budget:
    """The steps that the texts of one page may take beyond those that each may always take. It counts the `texts` that asked for some,
    and those that it was `short` for."""

    def __init__(self, left: int = _TOGETHER) -> None:
        self.left = left
        self.texts = 0
        self.short = 0

    def work(self, text: str) -> Work:
        """What laying out `text` may take. Raises TooMuchError where reading it is too much already."""
        self.texts += 1
        return Work(self, len(text) // _CHARACTERS)


class Work:
    """Counts the steps that one text takes: blocks and signs that are looked at, characters of formulas, elements that are made."""

    def __init__(self, budget: Budget, steps: int) -> None:
        self._budget = budget
        self._steps = 0
        self.add(steps)

    def add(self, steps: int = 1) -> None:
        """So many more steps. Raises TooMuchError where they are too many."""
        self._steps += steps
        if self._steps > _MOST:
            raise TooMuchError(f"laying it out takes more than {_MOST:,} steps")
        taken = min(steps, max(self._steps - _ALWAYS, 0))
        if taken > self._budget.left:
            self._budget.short += 1
            raise TooMuchError("laying out the texts before it took the work that one page is given")
        self._budget.left -= taken
