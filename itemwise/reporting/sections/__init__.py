"""The sections of a report in their order, one file each. A new section is its file and its name here; every writer shows it."""

from collections.abc import Callable, Iterator
from importlib import import_module

from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Section

__all__ = ["BUILDERS", "Builder"]

Builder = Callable[[RunFacts], Iterator[Section]]

_ORDER = (
    "accuracy", "baseline", "scores", "means", "coverage", "recovery", "repeats", "choices", "yes_no", "likelihood", "calibration",
    "perplexity", "reference", "splits", "causes", "thinking", "ladder", "prompts", "drops", "extractors", "spread", "snapshots",
    "measured", "batch_check", "replies", "gates",
)  # fmt: skip
BUILDERS: tuple[Builder, ...] = tuple(import_module(f"{__name__}.{name}_section").build for name in _ORDER)
