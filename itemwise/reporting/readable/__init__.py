"""Text as people read it: Markdown and mathematics as trees of elements that a page builds, never as markup."""

from itemwise.reporting.readable.readable_text import LONGEST, TooMuchError, Tree, readable_text

__all__ = ["LONGEST", "TooMuchError", "Tree", "readable_text"]
