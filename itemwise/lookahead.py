"""From the test about to run to the batch worth running: the cases that this process will be asked next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itemwise.case import Reply
from itemwise.engine import Engine
from itemwise.strategies import Strategy

__all__ = ["Lookahead", "Upcoming", "groups"]


@dataclass(frozen=True)
class Upcoming:
    """A selected test that will want a reply: its node id, what to ask and how, and the group it is run with."""

    key: str
    prompt: str
    strategy: Strategy
    group: object


class Lookahead:
    """Replies for tests that ask one at a time, made in batches of the tests ahead.

    `upcoming` is every selected case in running order. A test whose reply is not there yet brings its whole group
    to the engine, so a batch is never smaller than it need be and never holds a case that another process runs.
    """

    def __init__(self, upcoming: Sequence[Upcoming]) -> None:
        self._groups: dict[object, list[Upcoming]] = {}
        self._group_of: dict[str, object] = {}
        for case in upcoming:
            self._groups.setdefault(case.group, []).append(case)
            self._group_of[case.key] = case.group

    def reply(self, key: str, engine: Engine) -> Reply:
        """The reply to the case `key`; raises what that case caused, if anything."""
        group = self._group_of[key]
        for case in self._groups.pop(group, []):
            engine.submit(case.key, case.prompt, case.strategy)
        while key not in engine.outcomes:
            engine.step()
        outcome = engine.outcomes.pop(key)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def groups(blocks: Sequence[str | None], window: int, processes: int) -> list[object]:
    """The group of each test, given its block (its benchmark, model and strategy; None for an ordinary test).

    Neighbours of one block are grouped by up to `window`, fewer where that would leave one of `processes` without
    work; an ordinary test is its own group. Every process computes the same groups from the same list.
    """
    sizes: dict[str, int] = {}
    for block in blocks:
        if block is not None:
            sizes[block] = sizes.get(block, 0) + 1
    seen: dict[str, int] = {}
    found: list[object] = []
    for number, block in enumerate(blocks):
        if block is None:
            found.append(number)
            continue
        size = max(1, min(window, -(-sizes[block] // processes)))
        found.append((block, seen.get(block, 0) // size))
        seen[block] = seen.get(block, 0) + 1
    return found
