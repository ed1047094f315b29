"""Lookahead over the selected tests: submits the cases that this process will be asked next, so that the batch stays full."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from itemwise.cases.reply import Reply
from itemwise.results.labels import split_node_id
from itemwise.strategies import BoundStrategy

if TYPE_CHECKING:
    from itemwise.engine.engine import Engine  # the plugin looks ahead in ordinary suites too, which ask nothing

__all__ = ["CRASHED", "REGROUPED", "Lookahead", "Upcoming", "block_model", "case_blocks", "case_groups"]

REGROUPED = "itemwise_regrouped"  # in a worker's input: groups of cases whose worker died
CRASHED = "itemwise_crashed"  # in a worker's input: the cases that killed theirs, and what is known of it
WINDOW = 4  # batches in a group that one worker of several takes at a time
HELPED = 2  # groups for each process, where some have other models first


@dataclass(frozen=True)
class Upcoming:
    """A selected test that will want a reply: its node id, the strategy bound to its case, and the group it is run with."""

    key: str
    strategy: BoundStrategy
    group: object


class Lookahead:
    """Replies for tests that ask one at a time, made together with those of the tests ahead.

    `upcoming` is every selected case in running order. Whenever the engine has room, the next cases of the group being
    run are submitted: its batch stays full, what a stop finds unfinished is one batch at most, and no case is asked that
    another process runs.
    """

    def __init__(self, upcoming: Sequence[Upcoming]) -> None:
        self._cases = {case.key: case for case in upcoming}
        self._ahead: dict[object, deque[Upcoming]] = {}
        for case in upcoming:
            self._ahead.setdefault(case.group, deque()).append(case)

    def upcoming(self, key: str) -> Upcoming:
        """The case `key` with its strategy."""
        return self._cases[key]

    def reply(self, key: str, engine: Engine, waiting: Callable[[], AbstractContextManager[None]] = nullcontext) -> Reply:
        """The reply to the case `key`; raises what that case caused, if anything. While the model is asked for it, `waiting` is entered."""
        case = self._cases[key]
        ahead = self._ahead[case.group]
        if not engine.knows(key):
            if case in ahead:
                ahead.remove(case)
            engine.submit(case.key, case.strategy)
        if key not in engine.outcomes:
            with waiting():
                _ask_until(key, engine, ahead)
        outcome = engine.outcomes.pop(key)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def _ask_until(key: str, engine: Engine, ahead: deque[Upcoming]) -> None:
    """Step the engine, kept full with what is `ahead`, until the outcome of the case `key` is there."""
    while key not in engine.outcomes:
        while ahead and engine.capacity > 0:
            following = ahead.popleft()
            engine.submit(following.key, following.strategy)
        engine.step()


def case_blocks(node_ids: Sequence[str], prefixes: Iterable[str]) -> list[str | None]:
    """For each node id the benchmark, model and strategy it belongs to, as text; None for an ordinary test.

    `prefixes` are the run's ``model-strategy-``; a case's node id has one of them right after its bracket.
    """
    known = tuple(prefixes)
    return [_block(node_id, known) for node_id in node_ids]


def case_groups(node_ids: Sequence[str], prefixes: Mapping[str, str], batch_size: int, processes: int) -> dict[str, object]:
    """The group of each node id; the same in every process of a run. `prefixes` have the name of their model each.

    Neighbours of one block are grouped by a few batches, fewer where that would leave one of `processes` without work. Those that
    share a model at the start have equally many groups of each of its blocks; where there are other models, groups are smaller, down to
    a batch, so that whoever is done with its own finds some to help with. An ordinary test is its own group.
    """
    blocks = case_blocks(node_ids, prefixes)
    sizes = Counter(block for block in blocks if block is not None)
    model_of = {block: block_model(block, prefixes) for block in sizes}
    sharing = _processes_of_models([model_of[block] for block in blocks if block is not None], processes)
    lengths = {block: _group_length(size, batch_size, sharing[model_of[block]], processes) for block, size in sizes.items()}
    seen: Counter[str] = Counter()
    groups: dict[str, object] = {}
    for number, (node_id, block) in enumerate(zip(node_ids, blocks, strict=True)):
        if block is None:
            groups[node_id] = number
            continue
        groups[node_id] = block, seen[block] // lengths[block]
        seen[block] += 1
    return groups


def block_model(block: str, prefixes: Mapping[str, str]) -> str:
    """The model of a block of cases."""
    return next(model for prefix, model in prefixes.items() if block.endswith(f"[{prefix}"))


def _group_length(cases: int, batch_size: int, sharing: int, processes: int) -> int:
    """How many cases a group of a block of `cases` has at most, whose model so many of `processes` are `sharing`."""
    if processes == 1:
        return cases
    groups = max(processes, cases / (WINDOW * batch_size))
    if sharing < processes:
        groups = max(groups, min(HELPED * processes, cases // batch_size))
    return ceil(cases / (sharing * ceil(groups / sharing)))


def _processes_of_models(models: Sequence[str], processes: int) -> Mapping[str, int]:
    """How many of `processes` share each of the `models`, which stand here once for each case: in proportion, and at least one."""
    cases = Counter(models)
    sharing = Counter(dict.fromkeys(cases, 1))
    for _ in range(processes - len(cases) if cases else 0):
        sharing[max(cases, key=lambda model: cases[model] / sharing[model])] += 1
    return sharing


def _block(node_id: str, prefixes: tuple[str, ...]) -> str | None:
    test, parameters = split_node_id(node_id)
    prefix = next((prefix for prefix in prefixes if parameters.startswith(prefix)), None)
    return None if prefix is None else f"{test}[{prefix}"
