"""The sections of a report in their order, one file each. A new section is its file and a line of BUILDERS; every writer shows it."""

from collections.abc import Callable, Iterator

from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections import (
    accuracy_section,
    batch_check_section,
    causes_section,
    choices_section,
    coverage_section,
    drops_section,
    extractors_section,
    gates_section,
    ladder_section,
    measured_section,
    pins_section,
    replies_section,
    snapshots_section,
    splits_section,
    spread_section,
)
from itemwise.reporting.sections.section import Section

__all__ = ["BUILDERS", "Builder"]

Builder = Callable[[RunFacts], Iterator[Section]]

BUILDERS: tuple[Builder, ...] = (
    accuracy_section.build,
    coverage_section.build,
    choices_section.build,
    splits_section.build,
    causes_section.build,
    ladder_section.build,
    drops_section.build,
    extractors_section.build,
    spread_section.build,
    snapshots_section.build,
    measured_section.build,
    pins_section.build,
    batch_check_section.build,
    replies_section.build,
    gates_section.build,
)
