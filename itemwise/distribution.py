"""Which worker of ``-n`` runs which cases: whole groups, so that every worker fills its own batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from itemwise.lookahead import groups

__all__ = ["CaseScheduling", "case_blocks", "case_groups"]

WINDOW = 4  # batches per group, so that short and long prompts can be sorted into batches of a kind


def case_blocks(node_ids: Sequence[str], prefixes: Sequence[str]) -> list[str | None]:
    """For each node id the benchmark, model and strategy it belongs to, as text; None for an ordinary test.

    `prefixes` are the run's ``model-strategy-``; a case's node id has one of them right after its bracket.
    """
    return [_block(node_id, tuple(prefixes)) for node_id in node_ids]


def case_groups(node_ids: Sequence[str], prefixes: Sequence[str], batch_size: int, processes: int) -> dict[str, object]:
    """The group of each node id; the same in every process of a run."""
    found = groups(case_blocks(node_ids, prefixes), WINDOW * batch_size, processes)
    return dict(zip(node_ids, found, strict=True))


def _block(node_id: str, prefixes: tuple[str, ...]) -> str | None:
    test, bracket, parameters = node_id.partition("[")
    prefix = next((prefix for prefix in prefixes if parameters.startswith(prefix)), None) if bracket else None
    return None if prefix is None else f"{test}[{prefix}"


class CaseScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """xdist's scope scheduling with groups of cases as the scopes; ordinary tests are handed out one by one.

    (``--dist loadgroup`` does nothing under pytest 9.2 with xdist 3.8, xdist issue 1386.)
    """

    def __init__(self, config: Any, log: Any, prefixes: Sequence[str], batch_size: int) -> None:
        super().__init__(config, log)
        self._prefixes = prefixes
        self._batch_size = batch_size
        self._group_of: dict[str, object] = {}

    def _split_scope(self, nodeid: str) -> str:
        if not self._group_of:
            collected = next(iter(self.registered_collections.values()))
            self._group_of = case_groups(collected, self._prefixes, self._batch_size, self.numnodes)
        return str(self._group_of[nodeid])
