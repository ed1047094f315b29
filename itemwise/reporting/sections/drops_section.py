"""The drop from made problems to their renumbered twins, in words and as plain data."""

from __future__ import annotations

from itemwise.analysis.variant_drops import RenumberedDrop

__all__ = ["drop_record", "drop_text"]


def drop_text(found: RenumberedDrop) -> str:
    """The two accuracies, their difference with its interval and p, and how many problems flipped."""
    drop = found.drop
    low, high = drop.interval
    return (
        f"{', '.join(found.tally.key)}: from {100 * drop.seen:.1f}% to {100 * drop.renumbered:.1f}% with other numbers, "
        f"{100 * drop.difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}), p = {drop.p:.3g}, {drop.pairs} problems with twins; "
        f"{len(drop.lost)} right with a wrong twin, {len(drop.gained)} wrong with a right one"
    )


def drop_record(found: RenumberedDrop) -> dict[str, object]:
    """Everything that drop_text says, with the flipped problems by id."""
    drop, (benchmark, model, strategy) = found.drop, found.tally.key
    return {
        "benchmark": benchmark,
        "model": model,
        "strategy": strategy,
        "problems": drop.pairs,
        "accuracy": drop.seen,
        "renumbered": drop.renumbered,
        "difference": drop.difference,
        "interval": list(drop.interval),
        "p": drop.p,
        "lost": list(drop.lost),
        "gained": list(drop.gained),
    }
