"""Formats a duration for people: ``45 s``, ``5 min``, ``1.5 h``."""

__all__ = ["duration_text"]


def duration_text(seconds: float) -> str:
    """A time in the unit that a person would choose: ``45 s``, ``5 min``, ``1.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
