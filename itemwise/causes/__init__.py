"""Error analysis: why a reply is not correct, as far as the reply itself shows it, with the words that show it."""

from itemwise.causes.cause import KINDS, Cause
from itemwise.causes.find_causes import find_causes

__all__ = ["KINDS", "Cause", "find_causes"]
