"""bitsandbytes, imported without torch's compiler: it wraps four fallbacks in `torch.compile`, which imports the whole of Inductor at the
start of every run, for code that no kernel of its own runs."""

from collections.abc import Callable
from typing import Any

import torch

__all__ = ["bitsandbytes"]

Function = Callable[..., Any]


def _as_it_is(function: Function | None = None, **_: Any) -> Function:
    """In the place of `torch.compile`: the function itself, or where only options are given, what does nothing to one."""
    return function or _as_it_is


_compile = torch.compile
torch.compile = _as_it_is  # type: ignore[assignment]  # while bitsandbytes is imported
try:
    import bitsandbytes
finally:
    torch.compile = _compile
