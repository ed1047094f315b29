"""Text as people read it: Markdown and mathematics as trees of elements that a page builds, never as markup."""

from itemwise.reporting.readable.readable_text import LONGEST, Tree, readable_text, tree_or_reason
from itemwise.reporting.readable.work import Budget, TooMuchError

__all__ = ["LONGEST", "Budget", "TooMuchError", "Tree", "readable_text", "tree_or_reason"]
