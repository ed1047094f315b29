"""Formats a duration for people: ``45 s``, ``5 min``, ``1.5 h``, ``3 to 5 min``."""

from itemwise.language import phrase

__all__ = ["duration_text", "range_text"]


def duration_text(seconds: float) -> str:
    """A time in the unit that a person would choose: ``45 s``, ``5 min``, ``1.5 h``."""
    if seconds < 90:
        return phrase("{n:.0f} s", n=seconds)
    return phrase("{n:.0f} min", n=seconds / 60) if seconds < 5400 else phrase("{n:.1f} h", n=seconds / 3600)


def range_text(least: float, most: float) -> str:
    """A time that is known by its bounds only, in seconds: ``3 to 5 min``, ``40 s to 2 min``; ``about 5 min`` where they read the same."""
    low, high = duration_text(least), duration_text(most)
    if low == high:
        return phrase("about {time}", time=high)
    number, unit = low.split()
    return phrase("{low} to {high}", low=number if high.endswith(f" {unit}") else low, high=high)
