"""Formats a duration for people: ``45 s``, ``5 min``, ``1.5 h``."""

from itemwise.language import phrase

__all__ = ["duration_text"]


def duration_text(seconds: float) -> str:
    """A time in the unit that a person would choose: ``45 s``, ``5 min``, ``1.5 h``."""
    if seconds < 90:
        return phrase("{n:.0f} s", n=seconds)
    return phrase("{n:.0f} min", n=seconds / 60) if seconds < 5400 else phrase("{n:.1f} h", n=seconds / 3600)
