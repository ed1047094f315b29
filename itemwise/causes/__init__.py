"""Error analysis: why a reply is not correct, as far as the reply itself shows it, with the words that show it."""

from itemwise.causes.cause import KINDS, Cause

__all__ = ["KINDS", "Cause"]
