"""Work counted in calls instead of seconds, so that a test of linear time needs no quiet machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from types import FrameType


def calls(read: Callable[[], object]) -> int:
    """How many functions, ours and built in, are called."""
    made = count()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            next(made)

    sys.setprofile(note)
    try:
        read()
    finally:
        sys.setprofile(None)
    return next(made)
