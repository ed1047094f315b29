"""Why a reply is not correct, as far as the reply itself shows it: every cause comes with the words that show it."""

from itemwise.causes.cause import KINDS, Cause
from itemwise.causes.find_causes import causes

__all__ = ["KINDS", "Cause", "causes"]
