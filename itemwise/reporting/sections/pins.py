"""Which hub datasets may be others tomorrow, and how to hold on to those that were read."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["pin_lines"]


def pin_lines(rows: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A line for each benchmark that read a hub dataset without a pinned commit."""
    return [
        f'{label}: {read["unpinned"]} is not pinned and may change; revision="<commit>" in the benchmark\'s Hub(...) pins it '
        f"(read: {read['hub']})"
        for label, read in rows.items()
        if "unpinned" in read
    ]
