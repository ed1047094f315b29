"""Verifiable instructions (Zhou et al. 2023, arXiv:2311.07911): which of those of a prompt a reply follows, and what it lacks."""

from itemwise.instructions.counting import require_libraries
from itemwise.instructions.followed import Followed, followed, followed_scores
from itemwise.instructions.instruction import Instruction

__all__ = ["Followed", "Instruction", "followed", "followed_scores", "require_libraries"]
