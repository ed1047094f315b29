"""Which worker of ``-n`` runs which cases: whole groups, so that every worker fills its own batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from itemwise.lookahead import case_groups

__all__ = ["CaseScheduling"]


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
